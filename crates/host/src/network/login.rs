//! Who may log in: sshd's rules as they are for the caller, accounts, keys, sudo.

use super::About;
use crate::kind::ssh_ports;
use crate::system::accounts::Accounts;
use crate::system::{Call, Fault, System};
use piton_reach::State;
use piton_reach::access::{Access, Account, Line, Ssh};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

pub(super) fn read(system: &System, about: &About) -> Result<Access, Fault> {
    let accounts = Accounts::read(system)?;
    let found = about.users.iter().filter_map(|name| account(system, &accounts, name).transpose());
    Ok(Access {
        ssh: ssh(system, about)?,
        accounts: found.collect::<Result<_, Fault>>()?,
        sudo: sudo(system)?,
        key: key(system, about),
    })
}

/// Sockets of sshd's are named so, also those that systemd holds for it.
pub(super) fn name_sockets(system: &System, state: &mut State) {
    let Some(ssh) = &mut state.access.ssh else { return };
    ssh.ports = ssh_ports(system).unwrap_or_default();
    for listener in &mut state.sockets {
        let held = matches!(listener.program.as_deref(), None | Some("systemd" | "sshd"));
        if held && listener.protocol == piton_reach::Protocol::Tcp && ssh.ports.contains(&listener.port) {
            listener.program = Some("sshd".into());
        }
    }
}

fn ssh(system: &System, about: &About) -> Result<Option<Ssh>, Fault> {
    if system.program("sshd").is_none() {
        return Ok(None);
    }
    crate::kind::look::make_sshd_folder(system)?;
    let mut spec = format!("user={}", about.login);
    if let Some(connection) = &about.connection {
        spec.push_str(&format!(
            ",addr={0},host={0},laddr={1},lport={2}",
            connection.client, connection.server, connection.port
        ));
    }
    let matched = system.run(&["sshd", "-T", "-C", &spec])?;
    if !matched.ok() {
        return Ok(None);
    }
    Ok(Some(Ssh {
        effective: effective(&matched.stdout),
        ports: BTreeSet::new(),
        seen_by: Some(about.login.clone()),
        socket: system.is_host() && system.unit("ssh.socket").is_ok_and(|unit| unit.is_active()),
        matches: matches(system)?,
    }))
}

/// Keyword to value; lists that stand on several lines are put together.
fn effective(printed: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (keyword, value) in printed.lines().filter_map(|line| line.trim().split_once(' ')) {
        let keyword = keyword.to_ascii_lowercase();
        match found.get_mut(&keyword) {
            Some(known) => {
                known.push(' ');
                known.push_str(value.trim());
            }
            None => drop(found.insert(keyword, value.trim().to_owned())),
        }
    }
    found
}

/// The `Match` lines of sshd's files.
fn matches(system: &System) -> Result<Vec<Line>, Fault> {
    let mut files = vec!["/etc/ssh/sshd_config".to_owned()];
    files.extend(names(system, "/etc/ssh/sshd_config.d").into_iter().filter(|name| name.ends_with(".conf")));
    let mut found = Vec::new();
    for file in files {
        let text = system.read_text(&file)?.unwrap_or_default();
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().get(..6).is_some_and(|word| word.eq_ignore_ascii_case("match ")) {
                found.push(Line { place: format!("{file}:{number}"), text: line.trim().to_owned() });
            }
        }
    }
    Ok(found)
}

fn names(system: &System, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(system.path(folder)).into_iter().flatten().flatten();
    let mut found: Vec<String> =
        entries.map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy())).collect();
    found.sort();
    found
}

fn account(system: &System, accounts: &Accounts, name: &str) -> Result<Option<Account>, Fault> {
    let Some(user) = accounts.users.get(name) else { return Ok(None) };
    let path = format!("{}/.ssh/authorized_keys", user.home.trim_end_matches('/'));
    let text = system.read_text(&path)?.unwrap_or_default();
    let is_key = |line: &&str| !line.is_empty() && !line.starts_with('#');
    Ok(Some(Account {
        name: name.to_owned(),
        uid: user.uid,
        shell: user.shell.clone(),
        home: user.home.clone(),
        groups: accounts.groups_of(name),
        keys: text.lines().map(str::trim).filter(is_key).map(str::to_owned).collect(),
        faults: faults(system, &user.home, user.uid),
    }))
}

/// What sshd's StrictModes refuses: a home, folder or file that others may write.
fn faults(system: &System, home: &str, uid: u32) -> Vec<String> {
    let home = home.trim_end_matches('/');
    let mut found = Vec::new();
    for path in [home.to_owned(), format!("{home}/.ssh"), format!("{home}/.ssh/authorized_keys")] {
        let Ok(metadata) = std::fs::metadata(system.path(&path)) else { continue };
        if metadata.mode() & 0o022 != 0 {
            found.push(format!("{path} is {:04o}: others may write it", metadata.mode() & 0o7777));
        }
        if metadata.uid() != uid && metadata.uid() != 0 {
            found.push(format!("{path} belongs to user {}", metadata.uid()));
        }
    }
    found
}

/// The lines of sudo's files that give a right.
fn sudo(system: &System) -> Result<Vec<Line>, Fault> {
    let mut files = vec!["/etc/sudoers".to_owned()];
    let ignored = |path: &String| path.rsplit('/').next().is_some_and(|name| name.contains('.') || name.ends_with('~'));
    files.extend(names(system, "/etc/sudoers.d").into_iter().filter(|path| !ignored(path)));
    let mut found = Vec::new();
    for file in files {
        let text = system.read_text(&file)?.unwrap_or_default();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') && !line.starts_with('@') && !line.starts_with("Defaults") {
                found.push(Line { place: format!("{file}:{number}"), text: line.to_owned() });
            }
        }
    }
    Ok(found)
}

/// The key by which the caller came in, as sshd noted it in its log.
fn key(system: &System, about: &About) -> Option<String> {
    let (connection, port) = (about.connection.as_ref()?, about.client_port?);
    system.program("journalctl")?;
    let pattern = format!("^Accepted publickey for {} from {} port {port} ", about.login, connection.client);
    let argv = [
        "journalctl",
        "-q",
        "-o",
        "cat",
        "--no-pager",
        "-r",
        "-n",
        "1",
        "-t",
        "sshd",
        "-t",
        "sshd-session",
        "--since",
        "-2d",
        "-g",
        &pattern,
    ];
    let ran = system.call(&Call::new(&argv).deadline(Duration::from_secs(5))).ok()?;
    fingerprint(&ran.stdout)
}

fn fingerprint(line: &str) -> Option<String> {
    line.split_whitespace().find(|word| word.starts_with("SHA256:")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sshd_s_own_words_name_the_key() {
        let line = "Accepted publickey for root from 10.77.0.1 port 40022 ssh2: ED25519 SHA256:abc/DEF+1\n";
        assert_eq!(fingerprint(line).as_deref(), Some("SHA256:abc/DEF+1"));
        assert_eq!(fingerprint(""), None);
    }

    #[test]
    fn settings_over_several_lines_are_one() {
        let found = effective("Port 22\nallowusers ada\nallowusers bob\npermitrootlogin without-password\n");
        assert_eq!(found["allowusers"], "ada bob");
        assert_eq!(found["permitrootlogin"], "without-password");
    }
}
