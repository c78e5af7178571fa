use crate::rules::prelude::*;

rule! {
    /// An acl in CoreDNS lets everybody in who is not named.
    ///
    /// A query that no line takes is allowed. A list of `allow` lines without a `block` at the end does nothing at all.
    ///
    /// ```coredns Corefile bad
    /// . {
    ///     acl {
    ///         allow net 10.0.0.0/8
    ///     }
    ///     forward . 9.9.9.9
    ///     errors
    ///     cache
    /// }
    /// ```
    ///
    /// ```coredns Corefile good
    /// . {
    ///     acl {
    ///         allow net 10.0.0.0/8
    ///         block
    ///     }
    ///     forward . 9.9.9.9
    ///     errors
    ///     cache
    /// }
    /// ```
    ///
    /// Fix: unsafe, since who is not named gets no answers any more. Source: CoreDNS `plugin/acl/README.md` ("the default action is
    /// allow"); read 2026-11-27.
    RULE = "coredns-acl-no-block", Error, High, Look::File(&[Kind::Corefile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for server in document.root().lines() {
        for acl in server.block().into_iter().flat_map(Value::lines).filter(|line| line.word_text(0) == "acl") {
            let rules: Vec<Value> = acl.block().into_iter().flat_map(Value::lines).collect();
            let ends = rules.iter().any(|rule| matches!(rule.word_text(0), "block" | "drop" | "filter"));
            if let Some(last) = rules.last().filter(|last| !ends && last.word_text(0) == "allow") {
                let start = document.text[..last.range().start].rfind('\n').map_or(0, |newline| newline + 1);
                let rest = document.text[last.range().end..].lines().next().unwrap_or_default().trim_start();
                // In braces on one line a new line would be none of its own.
                let is_alone = document.text[start..last.range().start].trim().is_empty()
                    && (rest.is_empty() || rest.starts_with('#'));
                let finding = report.at(acl.word(0).unwrap_or(acl), "who is not named is let in too");
                finding.help("`block` at the end");
                if is_alone {
                    let edit = Edit::line_below(document, last.range(), "block");
                    finding.unsafe_fix("block the others", vec![edit]);
                }
            }
        }
    }
}
