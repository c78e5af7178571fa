use crate::rules::prelude::*;
use piton_config::read::Syntax;

rule! {
    /// The file is not UTF-8.
    ///
    /// A dash or a quotation mark that was pasted from a word processor is one byte in Windows-1252 and no
    /// letter at all in UTF-8. YAML and JSON readers stop there; the message they give names a byte and not
    /// the dash.
    ///
    /// A warning in files that are read line by line. Fix: save the file as UTF-8. Tried 2026-11-28: docker-compose 2.40.3
    /// ("invalid leading UTF-8 octet", in a comment too), PyYAML and Python's json stop. Source: YAML 1.2.2, RFC 8259.
    RULE = "text-not-utf8", Error, High, Look::File(&[], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if matches!(document.kind, Kind::Other | Kind::Markdown) {
        return;
    }
    for fault in document.faults.iter().filter(|fault| fault.kind == FaultKind::Encoding) {
        let finding = report.at((document, fault.range.clone()), fault.what.clone());
        finding.help("save the file as UTF-8");
        // Readers of lines take any byte; what becomes of it is another matter.
        if !matches!(document.kind.syntax(), Syntax::Yaml | Syntax::Json | Syntax::Toml | Syntax::FrontMatter) {
            finding.severity(Severity::Warning);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Project, Selection};
    use piton_config::read::read;

    #[test]
    fn an_em_dash_of_windows_is_named() {
        let documents = [read("compose.yaml", b"services:\n  a: { image: redis } # the cache \x97 fast\n", None)];
        let findings = Project::new(&documents).check(&Selection::default());
        let finding = findings.iter().find(|finding| finding.rule.id == "text-not-utf8").unwrap();
        assert!(finding.message.contains("em dash"), "{}", finding.message);
    }
}
