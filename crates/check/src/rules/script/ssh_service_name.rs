use crate::rules::prelude::*;

rule! {
    /// The ssh unit is called otherwise on Debian and Ubuntu.
    ///
    /// It is `ssh`. `sshd` is an alias that exists only while the unit is enabled, and not where ssh is started by its socket:
    /// then the restart fails, and the new port is not in force.
    ///
    /// ```sh harden.sh bad
    /// #!/bin/bash
    /// apt-get install -y ufw
    /// systemctl restart sshd
    /// ```
    ///
    /// ```sh harden.sh good
    /// #!/bin/bash
    /// apt-get install -y ufw
    /// systemctl restart ssh
    /// ```
    ///
    /// Told where the file shows that it is for Debian or Ubuntu, and does not try both. Tried with Debian 13's
    /// openssh-server (Alias=sshd.service), 2026-11-28: with `ssh.socket` instead of the service, sshd.service "does not exist".
    RULE = "script-ssh-service-name", Warning, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("sshd") {
        return;
    }
    let debian = ["apt-get", "apt install", "apt update", "apt:", "dpkg", "ufw ", "debian", "ubuntu"]
        .iter()
        .any(|word| document.text.to_ascii_lowercase().contains(word));
    let others = ["yum ", "dnf ", "rhel", "centos", "fedora", "pacman", "zypper", "apk add", "RedHat"]
        .iter()
        .any(|word| document.text.contains(word));
    if !debian || others {
        return;
    }
    if matches!(document.kind, Kind::Tasks | Kind::Playbook) {
        return tasks(project, document, report);
    }
    if !matches!(document.kind, Kind::Shell | Kind::Makefile) {
        return;
    }
    for command in
        project.commands(document).iter().filter(|command| matches!(command.program(), "systemctl" | "service"))
    {
        let unit = command.words.iter().find(|word| matches!(**word, "sshd" | "sshd.service"));
        let verb = command
            .words
            .iter()
            .any(|word| matches!(*word, "restart" | "reload" | "enable" | "start" | "reload-or-restart"));
        let both = command.line.contains("restart ssh ")
            || command.line.ends_with("restart ssh")
            || command.line.contains("ssh||")
            || command.line.contains("||")
            || document.text.contains("systemctl restart ssh\n")
            || command.has("ssh")
            || names_ssh_nearby(document, command.range.start);
        let unit = unit.filter(|_| verb && !both);
        if let Some((unit, place)) = unit.and_then(|unit| Some((unit, command.place_of(document, unit)?))) {
            report
                .at((document, place.clone()), "on Debian and Ubuntu the unit is `ssh`")
                .severity(severity(project, document))
                .safe_fix("ssh", vec![Edit::at(document, place, unit.replace("sshd", "ssh"))]);
        }
    }
}

/// Whether a line around does the same with `ssh`: then both names are tried, or each has its branch.
fn names_ssh_nearby(document: &Document, at: usize) -> bool {
    let before = document.text[..at].lines().rev().take(5);
    let after = document.text[at..].lines().skip(1).take(5);
    let is_it = |line: &str| {
        let manages = line.contains("systemctl") || line.contains("service ");
        manages && line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').any(|word| word == "ssh")
    };
    before.chain(after).any(is_it)
}

/// The modules of Ansible; where families are told apart, somebody has thought of it.
fn tasks(project: &Project, document: &Document, report: &mut Report) {
    if ["os_family", "ansible_distribution", "['distribution']"].iter().any(|word| document.text.contains(word)) {
        return;
    }
    let names = ["service", "systemd", "systemd_service"];
    for (key, module) in document.maps().flat_map(Value::entries) {
        let is_module = key.text().is_some_and(|key| names.contains(&key.trim_start_matches("ansible.builtin.")));
        if let Some(name) = module.get("name").filter(|name| is_module && name.literal() == Some("sshd")) {
            report
                .at(name, "on Debian and Ubuntu the unit is `ssh`")
                .severity(severity(project, document))
                .safe_fix("ssh", vec![Edit::replace(name, "ssh")]);
        }
    }
}

/// On Debian `sshd` is another name of the unit that is enabled, and restarting it works. On Ubuntu the socket is enabled
/// instead, and that name is not there. Where the file names neither, the other files say which of them it is.
fn severity(project: &Project, document: &Document) -> Severity {
    let ubuntu = |file: &Document| file.text.contains("buntu") || file.text.contains("UBUNTU");
    let debian = |file: &Document| ["ebian", "aspberry", "aspbian"].iter().any(|word| file.text.contains(word));
    let is_debian = match (debian(document), ubuntu(document)) {
        (true, false) => true,
        (_, true) => false,
        (false, false) => {
            let count = |names: &dyn Fn(&Document) -> bool| project.documents.iter().filter(|file| names(file)).count();
            count(&debian) > 3 * count(&ubuntu)
        }
    };
    if is_debian { Severity::Info } else { Severity::Warning }
}
