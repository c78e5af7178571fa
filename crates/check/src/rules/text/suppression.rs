//! What is said about the comments that silence rules; `suppress.rs` reports these itself.

use crate::rules::prelude::*;

rule! {
    /// A comment silences nothing.
    ///
    /// `# piton: ignore[rule]` stayed when the trouble went, and would hide the next one. Or it names no rule and no
    /// family of rules, and what it was to silence is told all the same.
    ///
    /// Fix: take the comment out, or write the rule as the finding names it. Evidence: piton's own run, in which nothing was silenced (looked through 2026-11-28).
    UNUSED = "suppression-unused", Warning, High, Look::File(&[], |_, _, _| {})
}

rule! {
    /// A comment that silences a rule gives no reason.
    ///
    /// Whoever reads the file next will ask why; write it behind the bracket:
    /// `# piton: ignore[compose-privileged] the exporter reads /dev/kmsg`. Evidence: the comment itself.
    WITHOUT_REASON = "suppression-without-reason", Info, High, Look::File(&[], |_, _, _| {})
}
