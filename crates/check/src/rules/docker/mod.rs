//! Rules for Dockerfiles. One file a rule; `rules/mod.rs` has the list.

pub(super) mod copy_needs_slash;
pub(super) mod glibc_mismatch;
pub(super) mod healthcheck_localhost;
pub(super) mod install_after_user;
pub(super) mod node_require;
pub(super) mod stage_later;
pub(super) mod sudo_nopasswd;
pub(super) mod workspace_copy_order;

use crate::rules::prelude::*;

/// The image that the last stage is made from, followed through the stages of the file.
pub(crate) fn base(document: &Document) -> Option<&str> {
    let mut stages: Vec<(&str, &str)> = Vec::new();
    for line in document.root().lines().filter(|line| line.word_text(0).eq_ignore_ascii_case("from")) {
        let words: Vec<&str> =
            line.words().skip(1).filter_map(Value::text).filter(|word| !word.starts_with("--")).collect();
        let Some(image) = words.first() else { continue };
        let image = stages.iter().find(|(name, _)| name.eq_ignore_ascii_case(image)).map_or(*image, |(_, image)| image);
        stages.push((words.get(2).copied().unwrap_or_default(), image));
    }
    stages.last().map(|(_, image)| *image)
}
