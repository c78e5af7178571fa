//! Rules for Dockerfiles. One file a rule; `rules/mod.rs` has the list.

pub(super) mod copy_needs_slash;
pub(super) mod glibc_mismatch;
pub(super) mod healthcheck_localhost;
pub(super) mod healthcheck_missing_tool;
pub(super) mod install_after_user;
pub(super) mod node_require;
pub(super) mod stage_later;
pub(super) mod sudo_nopasswd;
pub(super) mod workspace_copy_order;

use crate::rules::prelude::*;

/// The lines of the last stage and of those that it is made from, and the image below them all.
pub(crate) fn last_stage(document: &Document) -> Option<(&str, Vec<Value<'_>>)> {
    let mut stages: Vec<(&str, &str, Vec<Value>)> = Vec::new();
    for line in document.root().lines() {
        if !line.word_text(0).eq_ignore_ascii_case("from") {
            if let Some((_, _, lines)) = stages.last_mut() {
                lines.push(line);
            }
            continue;
        }
        let words: Vec<&str> =
            line.words().skip(1).filter_map(Value::text).filter(|word| !word.starts_with("--")).collect();
        let named = *words.first()?;
        let below = stages.iter().find(|(name, _, _)| !name.is_empty() && name.eq_ignore_ascii_case(named));
        let (image, lines) = below.map_or((named, Vec::new()), |(_, image, lines)| (*image, lines.clone()));
        if stages.len() >= MOST_STAGES {
            return None;
        }
        stages.push((words.get(2).copied().unwrap_or_default(), image, lines));
    }
    stages.pop().map(|(_, image, lines)| (image, lines))
}

/// A file with more stages than this is looked at no further.
const MOST_STAGES: usize = 50;

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
