use crate::rules::prelude::*;

rule! {
    /// The ssh port is moved before the firewall lets the new one in.
    ///
    /// Between the two lines nobody gets in, and if the second one fails, nobody ever does.
    ///
    /// ```sh harden.sh bad
    /// #!/bin/bash
    /// sed -i 's/^#\?Port .*/Port 2222/' /etc/ssh/sshd_config
    /// systemctl restart ssh
    /// ufw allow 2222/tcp
    /// ```
    ///
    /// ```sh harden.sh good
    /// #!/bin/bash
    /// ufw allow 2222/tcp
    /// sed -i 's/^#\?Port .*/Port 2222/' /etc/ssh/sshd_config
    /// systemctl restart ssh
    /// ```
    ///
    /// Source: one lock-out; `piton apply` opens first for the same reason. Tried with ufw 0.36.2, 2026-11-28: what no rule
    /// names is denied. Evidence: the order of the lines; nothing else has to be known.
    RULE = "script-ssh-restart-before-ufw", Error, Medium, Look::File(&[Kind::Shell], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let all = project.commands(document);
    let moves = all.iter().position(|command| {
        matches!(command.program(), "sed" | "echo" | "printf" | "tee" | "perl")
            && command.line.contains("Port ")
            && command.line.contains("sshd_config")
    });
    let restarts = all.iter().position(|command| {
        let again = ["restart", "reload", "reload-or-restart"].iter().any(|verb| command.has(verb));
        let unit = ["ssh", "sshd", "ssh.service", "sshd.service"].iter().any(|unit| command.has(unit));
        matches!(command.program(), "systemctl" | "service") && again && unit
    });
    let allows =
        all.iter().position(|command| command.program() == "ufw" && command.has("allow") && port(command).is_some());
    if let (Some(moves), Some(restarts), Some(allows)) = (moves, restarts, allows)
        && moves < restarts
        && restarts < allows
        && all[moves].line.contains(port(&all[allows]).unwrap_or("?"))
    {
        report
            .at(
                (document, all[restarts].range.clone()),
                "from here until the firewall lets the new port in nobody can log in",
            )
            .related((document, all[allows].range.clone()), "this comes too late");
    }
}

/// The port that a command of ufw is about, unless it is the web's.
fn port<'a>(command: &crate::command::Command<'a>) -> Option<&'a str> {
    let bare = command.words.iter().map(|word| word.strip_suffix("/tcp").unwrap_or(word));
    bare.into_iter().find(|word| word.parse::<u16>().is_ok_and(|port| port != 80 && port != 443))
}
