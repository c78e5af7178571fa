//! A Unix user with a home directory.
//!
//! Changed with the distribution's own programs, so that its defaults (uid ranges, subordinate
//! ids, the skeleton) hold. Nothing here removes a home: it is people's data.

mod session;

use self::session::Running;
use super::{HostKind, Look, confirm};
use crate::saved::{self, AccountLines, Footprint, Saved, Subject, Undo};
use crate::system::accounts::{Accounts, UserEntry};
use crate::system::files::{Standing, in_the_way};
use crate::system::folder::Access;
use crate::system::{Call, Fault, FaultCode, System};
use piton_plan::Mode;
use piton_plan::kind::User;
use piton_plan::kind::user::{Account, Observed};
use std::collections::BTreeSet;

impl HostKind for User {
    fn observe(&self, system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let accounts = look.accounts()?;
        let Some(entry) = accounts.users.get(&self.name) else {
            return Ok(Observed { account: None });
        };
        let home = match system.stat(&entry.home) {
            // A home whose way somebody blocks is no home, and not a host that cannot be read.
            Err(fault) if fault.in_the_way().is_some() => None,
            stat => stat?,
        };
        let its_own = home.filter(|stat| stat.st_uid == entry.uid && Standing::of(Some(stat)) == Standing::Directory);
        Ok(Observed {
            account: Some(Account {
                uid: entry.uid,
                shell: entry.shell.clone(),
                home: entry.home.clone(),
                home_mode: its_own.map(|stat| Mode(stat.st_mode & 0o7777)),
                groups: accounts.groups_of(&self.name),
            }),
        })
    }

    fn footprint(&self) -> Footprint {
        // The group of its own name comes and goes with it.
        let (account, group) = (Subject::Account(self.name.clone()), Subject::Group(self.name.clone()));
        Footprint::of([group, account, Subject::Home(self.home.clone())])
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        check(self, system)?;
        match Accounts::read(system)?.users.get(&self.name) {
            None => add(self, system)?,
            Some(entry) => modify(self, entry, system)?,
        }
        set_groups(self, system)?;
        set_home(self, system)?;
        confirm::took_effect(self, system)
    }

    fn remove(&self, system: &System, original: &[Saved]) -> Result<(), Fault> {
        let accounts = Accounts::read(system)?;
        let Some(entry) = accounts.users.get(&self.name) else {
            return Ok(());
        };
        let before = original.iter().find_map(|saved| match saved {
            Saved::Account { lines, .. } if lines.passwd.is_some() => Some(lines),
            _ => None,
        });
        match before {
            Some(before) => {
                give_back(self, system, entry, before)?;
                let home: Vec<Saved> = original.iter().filter(|saved| is_old_home(saved)).cloned().collect();
                saved::restore(system, &home, &[], Undo::Later)
            }
            // Its home stays.
            None => delete(self, entry.uid, &accounts, system),
        }
    }
}

fn delete(user: &User, uid: u32, accounts: &Accounts, system: &System) -> Result<(), Fault> {
    let call = Call::new(&["userdel", "--", &user.name]);
    let ran = system.call(&call)?;
    match ran.status {
        Some(0) => {}
        Some(BUSY) => match session::running(system, uid) {
            // piton itself may have come in as this user, and whoever follows has been proved by now.
            Running::OnlyLogin if !lends_its_group(&user.name, accounts) => {
                system.run_ok(&["userdel", "--force", "--", &user.name])?;
            }
            running => return Err(busy(&user.name, running, ran.fault(&call))),
        },
        _ => return Err(ran.fault(&call)),
    }
    system.tell(&format!("{} is gone; its home {} is kept", user.name, user.home));
    Ok(())
}

/// What userdel ends with when the user runs something.
const BUSY: i32 = 8;

/// Whether its own group is another user's first one too: only a forced userdel takes that away.
fn lends_its_group(name: &str, accounts: &Accounts) -> bool {
    let lent = |gid| accounts.users.iter().any(|(other, entry)| other != name && entry.gid == gid);
    accounts.groups.get(name).is_some_and(|group| lent(group.gid))
}

/// What it runs may be people's work, so ending it is a person's decision.
fn busy(name: &str, running: Running, fault: Fault) -> Fault {
    let fault = match running {
        Running::Work { name: program, process } => {
            fault.because(format!("{name} is currently used by process {process}, {program}"))
        }
        Running::OnlyLogin | Running::Nothing => fault,
    };
    Fault { code: FaultCode::Busy, retry: true, ..fault }
        .help(format!("end what it runs (`loginctl terminate-user {name}`), then apply again"))
}

fn is_old_home(saved: &Saved) -> bool {
    matches!(saved, Saved::Home { before: Some(_), .. })
}

/// Refuses what useradd would take and sshd would not let in.
fn check(user: &User, system: &System) -> Result<(), Fault> {
    let place = system.path(&user.shell);
    match place.metadata() {
        Ok(shell) if shell.is_file() => Ok(()),
        _ => {
            let what = format!("the shell of {} shall be {}, which is not on this host", user.name, user.shell);
            Err(Fault::new(FaultCode::Refused, what).help("name a shell that is there, or the package that brings it"))
        }
    }
}

fn add(user: &User, system: &System) -> Result<(), Fault> {
    system.make_parents(&user.home)?;
    let accounts = Accounts::read(system)?;
    let uid = match user.uid {
        Some(uid) => Some(uid),
        None => heir(system, &user.home, &accounts)?,
    };
    let uid = uid.map(|uid| uid.to_string());
    let mut argv = vec!["useradd", "--create-home", "--home-dir", &user.home, "--shell", &user.shell];
    argv.extend(uid.iter().flat_map(|uid| ["--uid", uid]));
    match accounts.groups.contains_key(&user.name) {
        true => argv.extend(["--gid", &user.name]),
        false => argv.push("--user-group"),
    }
    argv.extend(["--", &user.name]);
    system.run_ok(&argv).map(drop)
}

/// Whoever comes back to a home that stayed gets the uid that its files have.
fn heir(system: &System, home: &str, accounts: &Accounts) -> Result<Option<u32>, Fault> {
    let owner = system.stat(home)?.map(|stat| stat.st_uid);
    Ok(owner.filter(|uid| *uid >= 1000 && !accounts.users.values().any(|entry| entry.uid == *uid)))
}

fn modify(user: &User, entry: &UserEntry, system: &System) -> Result<(), Fault> {
    if let Some(uid) = user.uid.filter(|uid| *uid != entry.uid) {
        let what = format!("{} has the uid {}, and shall have {uid}", user.name, entry.uid);
        return Err(Fault::new(FaultCode::Refused, what)
            .because("its files all over the host would not be its own any more")
            .help(format!("write `uid = {}`, or change it by hand", entry.uid)));
    }
    let mut argv = vec!["usermod"];
    if entry.shell != user.shell {
        argv.extend(["--shell", &user.shell]);
    }
    if entry.home != user.home {
        argv.extend(["--home", &user.home]);
    }
    if argv.len() == 1 {
        return Ok(());
    }
    argv.extend(["--", &user.name]);
    system.run_ok(&argv).map(drop)
}

fn set_groups(user: &User, system: &System) -> Result<(), Fault> {
    let now = Accounts::read(system)?.groups_of(&user.name);
    join(system, &user.name, &user.groups.difference(&now).cloned().collect())?;
    leave(system, &user.name, &user.forbidden_groups.intersection(&now).cloned().collect())
}

fn join(system: &System, user: &str, groups: &BTreeSet<String>) -> Result<(), Fault> {
    if groups.is_empty() {
        return Ok(());
    }
    let list = groups.iter().cloned().collect::<Vec<_>>().join(",");
    system.run_ok(&["usermod", "--append", "--groups", &list, "--", user]).map(drop)
}

fn leave(system: &System, user: &str, groups: &BTreeSet<String>) -> Result<(), Fault> {
    groups.iter().try_for_each(|group| system.run_ok(&["gpasswd", "--delete", user, group]).map(drop))
}

/// The home itself, not what is in it.
fn set_home(user: &User, system: &System) -> Result<(), Fault> {
    let accounts = Accounts::read(system)?;
    let Some(entry) = accounts.users.get(&user.name) else {
        return Err(Fault::new(FaultCode::NotEffective, format!("{} was made, and is not there", user.name)));
    };
    let stat = system.stat(&user.home)?;
    match (Standing::of(stat.as_ref()), &stat) {
        (Standing::Directory, Some(stat)) if stat.st_uid == entry.uid && stat.st_mode & 0o7777 == user.home_mode.0 => {
            return Ok(());
        }
        (Standing::Directory | Standing::Nothing, _) => {}
        (other, _) => return Err(in_the_way(&user.home, other, "directory")),
    }
    // A group that people set on a home of its own owner is left alone.
    let group = stat.filter(|stat| stat.st_uid == entry.uid).map_or(entry.gid, |stat| stat.st_gid);
    system.make_parents(&user.home)?;
    let (above, name) = system.existing_folder_above(&user.home)?;
    above.make(name, &Access::new(entry.uid, group, user.home_mode.0)).map(drop)
}

/// Gives a user that was there before piton its shell, home and memberships back. Its password is
/// its own, and may be a newer one.
fn give_back(user: &User, system: &System, now: &UserEntry, before: &AccountLines) -> Result<(), Fault> {
    let line = before.passwd.as_deref().unwrap_or_default();
    if let Some(was) = Accounts::parse(line, "").users.get(&user.name)
        && (&was.shell, &was.home) != (&now.shell, &now.home)
    {
        system.run_ok(&["usermod", "--shell", &was.shell, "--home", &was.home, "--", &user.name])?;
    }
    let had: BTreeSet<String> = before.groups.iter().cloned().collect();
    let groups = Accounts::read(system)?.groups_of(&user.name);
    let given = user.groups.difference(&had).filter(|group| groups.contains(*group) && **group != user.name);
    leave(system, &user.name, &given.cloned().collect())?;
    let taken = had.intersection(&user.forbidden_groups).filter(|group| !groups.contains(*group));
    join(system, &user.name, &taken.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_is_another_users_first_one_is_lent() {
        let passwd = "ada:x:1001:1001::/home/ada:/bin/sh\nbob:x:1002:1001::/home/bob:/bin/sh\n";
        let accounts = Accounts::parse(passwd, "ada:x:1001:\nbob:x:1002:ada\n");
        assert!(lends_its_group("ada", &accounts));
        assert!(!lends_its_group("bob", &accounts));
        assert!(!lends_its_group("eve", &accounts));
    }

    #[test]
    fn the_work_that_keeps_a_user_is_named() {
        let fault = || Fault::new(FaultCode::CommandFailed, "`userdel` failed").because("used by process 7");
        let work = busy("ada", Running::Work { name: "rsync".into(), process: 11 }, fault());
        assert_eq!(work.because.as_deref(), Some("ada is currently used by process 11, rsync"));
        let other = busy("ada", Running::Nothing, fault());
        assert_eq!(other.because.as_deref(), Some("used by process 7"));
        for fault in [work, other] {
            assert_eq!((fault.code, fault.retry), (FaultCode::Busy, true));
            assert!(fault.help.is_some_and(|help| help.contains("loginctl terminate-user ada")));
        }
    }
}
