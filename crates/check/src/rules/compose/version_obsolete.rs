use crate::rules::prelude::*;

rule! {
    /// The file says which version of Compose's format it is in.
    ///
    /// Nobody reads it any more: Compose says "the attribute `version` is obsolete" at every run.
    ///
    /// ```yaml compose.yaml bad
    /// version: "3.8"
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0" } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0" } }
    /// ```
    ///
    /// Told with `--strict`. Fix: safe, the line goes, where it holds nothing else. The idea is dclint's `no-version-field`. Tried with Compose 2.26.1,
    /// 2026-11-27.
    RULE = "compose-version-obsolete", Info, High, Look::File(&[Kind::Compose], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some((key, value)) = document.root().entry("version").filter(|(key, _)| !key.is_quoted()) {
        let line = key.range().start..value.range().end;
        let finding = report.at(key, "nobody reads this any more, and Compose says so at every run");
        finding.help("take the line out");
        let is_one_line = !document.text[line.clone()].contains('\n');
        if let Some(edit) = Edit::remove_lines(document, line).filter(|_| is_one_line) {
            finding.safe_fix("take the line out", vec![edit]);
        }
    }
}
