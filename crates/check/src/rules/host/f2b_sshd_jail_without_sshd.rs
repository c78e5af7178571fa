use crate::rules::prelude::*;

rule! {
    /// fail2ban is installed where no ssh is, with its jail for ssh on.
    ///
    /// Debian's package turns the sshd jail on. Without sshd there is no log to watch, and fail2ban does not start: "Have not
    /// found any log file for sshd jail".
    ///
    /// ```dockerfile Dockerfile bad
    /// FROM debian:bookworm-slim
    /// RUN apt-get update && apt-get install -y caddy fail2ban
    /// ```
    ///
    /// ```dockerfile Dockerfile good
    /// FROM debian:bookworm-slim
    /// RUN apt-get update && apt-get install -y caddy fail2ban
    /// COPY jail.local /etc/fail2ban/jail.local
    /// RUN printf '[sshd]\nenabled = false\n' > /etc/fail2ban/jail.d/defaults-debian.conf
    /// ```
    ///
    /// Source: Debian's package fail2ban, `/etc/fail2ban/jail.d/defaults-debian.conf`
    /// (`[sshd] enabled = true`); read 2026-11-27; one production incident.
    RULE = "f2b-sshd-jail-without-sshd", Warning, Medium, Look::File(&[Kind::Dockerfile], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let has = |word: &&str| document.text.contains(*word);
    if !has(&"fail2ban") || ["jail", "openssh-server", "rsyslog", "defaults-debian"].iter().any(has) {
        return;
    }
    for command in project.commands(document).iter().filter(|command| matches!(command.program(), "apt-get" | "apt")) {
        if command.has("install") && command.has("fail2ban") {
            report
                .at(
                    (document, command.range.clone()),
                    "its jail for ssh is on, and there is no ssh: fail2ban does not start",
                )
                .help("[sshd] enabled = false in jail.d/defaults-debian.conf");
        }
    }
}
