//! What `piton check`, `piton plan` and the language server do alike: files in, findings out.
//!
//! `settings.rs` knows what a repository decided, `walk.rs` finds the files, `crowd.rs` reads and
//! judges them on as many threads as there are cores, `mend.rs` puts fixes in. Nothing here prints.

pub(crate) mod crowd;
pub(crate) mod mend;
mod settings;
mod walk;

pub(crate) use settings::Settings;
pub(crate) use walk::{Found, files};

use piton_check::{Finding, Project, Selection};

/// All findings, sorted, without those that a comment silences.
pub(crate) fn judge(project: &Project, selection: &Selection) -> Vec<Finding> {
    let mut findings = crowd::check(project, selection);
    findings.append(&mut project.check_whole(selection));
    piton_check::sort(&mut findings);
    piton_check::suppress(project, findings)
}
