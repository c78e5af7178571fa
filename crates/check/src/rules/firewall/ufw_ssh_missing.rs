use super::is_never_ssh;
use crate::rules::prelude::*;

rule! {
    /// A script switches ufw on without a rule for ssh.
    ///
    /// `ufw --force enable` does not ask, and what no rule lets in is denied: the session that runs the script goes on,
    /// and the next one does not get through.
    ///
    /// ```sh firewall.sh bad
    /// #!/bin/sh
    /// ufw default deny incoming
    /// ufw allow 80/tcp
    /// ufw allow 443/tcp
    /// ufw --force enable
    /// ```
    ///
    /// ```sh firewall.sh good
    /// #!/bin/sh
    /// ufw default deny incoming
    /// ufw allow OpenSSH
    /// ufw allow 80/tcp
    /// ufw allow 443/tcp
    /// ufw --force enable
    /// ```
    ///
    /// Told only where each `allow` and `limit` can be seen not to be ssh's, and no other script beside it has one. An
    /// interface, a source, a variable or a port that is not a known service's may be it. Tried with ufw 0.36.2,
    /// 2026-11-28: what no rule names is denied.
    RULE = "ufw-enable-without-ssh", Warning, Medium, Look::File(&[Kind::Shell], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("ufw") || !document.templated.is_empty() {
        return;
    }
    let all = project.commands(document);
    let of_ufw = || all.iter().filter(|command| command.program() == "ufw");
    let denies =
        of_ufw().any(|command| command.has_run(&["default", "deny"]) || command.has_run(&["default", "reject"]));
    let enables = of_ufw().find(|command| command.has("--force") && command.has("enable"));
    let Some(enables) = enables.filter(|_| denies) else { return };
    // Whatever else speaks of a rule, in this script or beside it, may be the one.
    let mut others =
        project.documents.iter().filter(|other| other.path != document.path && Project::are_related(other, document));
    let is_elsewhere =
        others.any(|other| ["ufw allow", "ufw limit", "ufw insert"].iter().any(|rule| other.text.contains(rule)));
    let rules = document.lines().map(|(_, line)| line).filter(|line| !line.trim_start().starts_with('#'));
    let may_let_in = rules.filter(|line| ["allow", "limit"].iter().any(|verb| line.contains(verb))).any(may_be_ssh);
    let calls =
        ["source ", "\n. ", "/etc/ufw/", "application", "ufw app "].iter().any(|word| document.text.contains(word));
    if !may_let_in && !is_elsewhere && !calls {
        report
            .at((document, enables.range.clone()), "no rule lets ssh in: the next login does not get through")
            .help("ufw allow OpenSSH, before it is switched on");
    }
}

/// Whether a line that lets something in may let ssh in: all but `ufw allow PORT` of a known service.
fn may_be_ssh(line: &str) -> bool {
    let code = line.split(" #").next().unwrap_or_default();
    let mut words = code.split_whitespace().skip_while(|word| matches!(*word, "sudo" | "-n"));
    if words.next().and_then(|word| word.rsplit('/').next()) != Some("ufw") {
        return true;
    }
    let rest: Vec<&str> = words.collect();
    if rest.starts_with(&["default"]) {
        return false;
    }
    let [verb, what, after @ ..] = rest.as_slice() else { return true };
    let what = what.trim_matches(['"', '\'']);
    let (port, protocol) = what.split_once('/').unwrap_or((what, "tcp"));
    let is_service = matches!(port, "http" | "https") || port.split(',').all(is_never_ssh);
    let is_commented = matches!(after, [] | ["comment", ..] | ["||", ..] | ["&&", "echo", ..])
        || after.first().is_some_and(|word| word.starts_with('>'));
    let is_plain = matches!(*verb, "allow" | "limit") && is_commented;
    !(is_plain && (is_service || protocol == "udp"))
}

#[cfg(test)]
mod tests {
    use super::may_be_ssh;

    #[test]
    fn only_a_known_services_port_is_surely_not_ssh() {
        for line in [
            "ufw allow 80/tcp",
            "sudo ufw allow 443",
            "  /usr/sbin/ufw allow 80,443/tcp comment 'web'",
            "ufw allow 51820/udp",
        ] {
            assert!(!may_be_ssh(line), "{line}");
        }
        for line in [
            "ufw allow 22/tcp",
            "ufw limit ssh",
            "ufw allow OpenSSH",
            "ufw allow \"$SSH_PORT\"/tcp",
            "ufw allow 2222",
            "ufw allow in on wg0",
            "ufw allow from 10.0.0.0/8",
            "allow_port 80",
            "ufw allow 80; ufw allow ssh",
        ] {
            assert!(may_be_ssh(line), "{line}");
        }
    }
}
