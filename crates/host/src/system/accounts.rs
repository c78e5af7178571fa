//! Users and groups, read from the files themselves.
//!
//! Not through NSS: the binary is static, and what piton makes is in these files. Changing them
//! is left to `useradd` and its like, and to [`crate::saved`] when a change is taken back.

use super::{Fault, FaultCode, System};
use std::collections::{BTreeMap, BTreeSet};

/// All users and groups of a host at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    pub users: BTreeMap<String, UserEntry>,
    pub groups: BTreeMap<String, GroupEntry>,
    /// The first name that each id has, in the order of the files; some hosts have two.
    user_names: BTreeMap<u32, String>,
    group_names: BTreeMap<u32, String>,
}

/// A line of /etc/passwd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEntry {
    pub uid: u32,
    pub gid: u32,
    pub home: String,
    pub shell: String,
}

/// A line of /etc/group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEntry {
    pub gid: u32,
    pub members: BTreeSet<String>,
}

impl Accounts {
    pub fn read(system: &System) -> Result<Accounts, Fault> {
        let passwd = system.read_text("/etc/passwd")?.unwrap_or_default();
        let group = system.read_text("/etc/group")?.unwrap_or_default();
        Ok(Accounts::parse(&passwd, &group))
    }

    /// Lines that make no sense are passed over, as the C library does.
    pub fn parse(passwd: &str, group: &str) -> Accounts {
        let mut accounts = Accounts::default();
        for (name, entry) in passwd.lines().filter_map(user) {
            accounts.user_names.entry(entry.uid).or_insert_with(|| name.clone());
            accounts.users.entry(name).or_insert(entry);
        }
        for (name, entry) in group.lines().filter_map(parse_group) {
            accounts.group_names.entry(entry.gid).or_insert_with(|| name.clone());
            accounts.groups.entry(name).or_insert(entry);
        }
        accounts
    }

    /// The name of a user id; the number itself when nobody has it.
    pub fn user_name(&self, uid: u32) -> String {
        self.user_names.get(&uid).cloned().unwrap_or_else(|| unnamed(uid))
    }

    /// The name of a group id; the number itself when no group has it.
    pub fn group_name(&self, gid: u32) -> String {
        self.group_names.get(&gid).cloned().unwrap_or_else(|| unnamed(gid))
    }

    /// The id of a user that is there, or of a number.
    pub fn uid(&self, name: &str) -> Result<u32, Fault> {
        let found = self.users.get(name).map(|entry| entry.uid).or_else(|| numeric(name));
        found.ok_or_else(|| nobody("user", name))
    }

    /// The id of a group that is there, or of a number.
    pub fn gid(&self, name: &str) -> Result<u32, Fault> {
        let found = self.groups.get(name).map(|entry| entry.gid).or_else(|| numeric(name));
        found.ok_or_else(|| nobody("group", name))
    }

    /// Every group that a user is in: its own, and those that list it.
    pub fn groups_of(&self, name: &str) -> BTreeSet<String> {
        let own = self.users.get(name).map(|entry| entry.gid);
        let of = |entry: &GroupEntry| Some(entry.gid) == own || entry.members.contains(name);
        self.groups.iter().filter(|(_, entry)| of(entry)).map(|(group, _)| group.clone()).collect()
    }
}

fn user(line: &str) -> Option<(String, UserEntry)> {
    let fields: Vec<&str> = line.split(':').collect();
    let [name, _, uid, gid, _, home, shell] = fields.as_slice() else {
        return None;
    };
    let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
    let shell = if shell.is_empty() { "/bin/sh" } else { shell };
    Some(((*name).to_owned(), UserEntry { uid, gid, home: (*home).to_owned(), shell: shell.to_owned() }))
}

fn parse_group(line: &str) -> Option<(String, GroupEntry)> {
    let fields: Vec<&str> = line.split(':').collect();
    let [name, _, gid, members] = fields.as_slice() else {
        return None;
    };
    let members = members.split(',').filter(|member| !member.is_empty()).map(str::to_owned).collect();
    Some(((*name).to_owned(), GroupEntry { gid: gid.parse().ok()?, members }))
}

/// `root` is 0 even where /etc/passwd is missing.
fn unnamed(id: u32) -> String {
    match id {
        0 => "root".into(),
        id => id.to_string(),
    }
}

fn numeric(name: &str) -> Option<u32> {
    match name {
        "root" => Some(0),
        name => name.parse().ok(),
    }
}

fn nobody(kind: &str, name: &str) -> Fault {
    Fault::new(FaultCode::Unsupported, format!("this host has no {kind} `{name}`"))
        .help(format!("add the {kind} to the site, or write its number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n+nis\nada:x:1001:1001::/home/ada:\nbroken:x:nan:1:::\n";
    const GROUP: &str = "root:x:0:\nsudo:x:27:ada,bob\nada:x:1001:\n";

    #[test]
    fn a_user_is_in_its_own_group_and_in_those_that_list_it() {
        let accounts = Accounts::parse(PASSWD, GROUP);
        assert_eq!(accounts.groups_of("ada"), BTreeSet::from(["ada".to_owned(), "sudo".to_owned()]));
    }

    #[test]
    fn an_empty_shell_is_sh_and_lines_without_sense_are_passed_over() {
        let accounts = Accounts::parse(PASSWD, GROUP);
        assert_eq!(accounts.users["ada"].shell, "/bin/sh");
        assert_eq!(accounts.users.keys().collect::<Vec<_>>(), ["ada", "root"]);
    }

    #[test]
    fn of_two_names_for_one_id_the_first_counts() {
        let accounts = Accounts::parse("root:x:0:0::/root:/bin/sh\nalso:x:0:0::/root:/bin/sh\n", "");
        assert_eq!(accounts.user_name(0), "root");
        assert_eq!(accounts.uid("also").unwrap(), 0);
    }

    #[test]
    fn ids_without_a_name_are_numbers_both_ways() {
        let accounts = Accounts::parse(PASSWD, GROUP);
        assert_eq!(accounts.user_name(4242), "4242");
        assert_eq!(accounts.uid("4242").unwrap(), 4242);
        assert!(accounts.uid("nobody-here").unwrap_err().what.contains("nobody-here"));
    }
}
