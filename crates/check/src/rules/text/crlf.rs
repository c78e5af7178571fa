use crate::rules::prelude::*;

rule! {
    /// Lines end as on Windows.
    ///
    /// A carriage return at the end of a line becomes part of it: `#!/bin/sh\r` names no program, a command in a
    /// crontab gets a letter that nobody sees, and an entrypoint dies with "not found". Editors on Windows and
    /// `core.autocrlf` bring it.
    ///
    /// An error where the reader keeps the letter: scripts and crontabs. Compose, Docker's builder, systemd, YAML and JSON take
    /// it away themselves, so there it is an information; a warning in what is copied to a host. Fix: line ends become LF;
    /// nothing else changes. Unsafe where only some lines end so. Source: the shells' readers; BuildKit's Dockerfile parser and Compose's env reader, which
    /// drop it (read 2026-11-27).
    RULE = "text-crlf", Warning, High, Look::File(&[], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if document.line_ends == LineEnds::Unix {
        return;
    }
    let Some(first) = document.text.find("\r\n") else { return };
    let severity = match document.kind {
        // Ansible writes LF, whatever the template has.
        _ if [".j2", ".jinja", ".jinja2"].iter().any(|end| document.path.ends_with(end)) => return,
        Kind::Shell | Kind::Crontab => Severity::Error,
        // Nobody knows here who reads it.
        Kind::Sshd | Kind::Iptables | Kind::Nftables | Kind::WireGuard | Kind::Makefile => Severity::Warning,
        Kind::Markdown | Kind::Other | Kind::Json => return,
        _ => Severity::Info,
    };
    let edit = Edit::at(document, 0..document.text.len(), document.text.replace("\r\n", "\n"));
    let finding = report.at((document, first..first + 1), "the lines of this file end with CR LF");
    finding.severity(severity);
    // A few among others may be what somebody wants to send.
    match document.line_ends {
        LineEnds::Mixed => finding.unsafe_fix("let lines end with LF", vec![edit]),
        _ => finding.safe_fix("let lines end with LF", vec![edit]),
    };
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
        assert!(finding.has_safe_fix());
    }

    #[test]
    fn a_few_lines_among_others_may_be_what_is_sent() {
        let documents = [read("run.sh", b"#!/bin/sh\ncat <<E\nGET /\r\nE\n", None)];
        let findings = Project::new(&documents).check(&Selection::default());
        let finding = findings.iter().find(|finding| finding.rule.id == "text-crlf").unwrap();
        assert!(finding.fix.is_some() && !finding.has_safe_fix());
    }
}
