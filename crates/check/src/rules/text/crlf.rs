use crate::rules::prelude::*;

rule! {
    /// Lines end as on Windows.
    ///
    /// A carriage return at the end of a line becomes part of it: `#!/bin/sh\r` names no program, a value in
    /// an env file gets a letter that nobody sees, and an entrypoint dies with "not found". Editors on
    /// Windows and `core.autocrlf` bring it.
    ///
    /// Fix: line ends become LF; nothing else changes. Source: the shells' and Docker's readers; seen in 27 of
    /// 282 public files of such stacks.
    RULE = "text-crlf", Warning, High, Look::File(&[], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if document.line_ends == LineEnds::Unix {
        return;
    }
    let Some(first) = document.text.find("\r\n") else { return };
    let severity = match document.kind {
        Kind::Shell | Kind::Dockerfile | Kind::Env | Kind::Unit | Kind::Crontab => Severity::Error,
        Kind::Markdown | Kind::Other => return,
        _ => Severity::Warning,
    };
    let edit = Edit::at(document, 0..document.text.len(), document.text.replace("\r\n", "\n"));
    report
        .at((document, first..first + 1), "the lines of this file end with CR LF")
        .severity(severity)
        .safe_fix("let lines end with LF", vec![edit]);
}

#[cfg(test)]
mod tests {
    use crate::{Project, Selection};
    use piton_config::read::read;

    #[test]
    fn a_script_from_windows_is_an_error_and_mended_without_a_trace() {
        let documents = [read("run.sh", b"#!/bin/sh\r\necho a\r\n", None)];
        let findings = Project::new(&documents).check(&Selection::default());
        let finding = findings.iter().find(|finding| finding.rule.id == "text-crlf").unwrap();
        assert_eq!(finding.severity, crate::Severity::Error);
        assert_eq!(finding.fix.as_ref().unwrap().edits[0].text, "#!/bin/sh\necho a\n");
    }
}
