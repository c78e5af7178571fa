//! The ssh keys that may log in as a user.
//!
//! The file lies in a folder that is the user's, so it is only ever touched through a descriptor
//! of that folder. Keys that piton did not bring are left alone, unless the site says `exclusive`.

use super::{HostKind, Look, confirm};
use crate::saved::{self, Content, Entry, Footprint, Saved, Subject};
use crate::system::accounts::{Accounts, UserEntry};
use crate::system::files::Standing;
use crate::system::folder::{Access, Folder, set_access};
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::AuthorizedKeys;
use piton_plan::kind::authorized_keys::{Observed, has};
use rustix::fs::Stat;

const FOLDER: &str = ".ssh";
const FILE: &str = "authorized_keys";

impl HostKind for AuthorizedKeys {
    fn observe(&self, system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let Some(user) = look.accounts()?.users.get(&self.user) else {
            return Ok(Observed::default());
        };
        let mut seen = Observed::default();
        match see(self, user, system, &mut seen) {
            // A link in the way is something to see and to mend, not a host that cannot be read.
            Err(fault) if fault.code == FaultCode::Refused => seen.faults.push(fault.what),
            result => result?,
        }
        Ok(seen)
    }

    fn footprint(&self) -> Footprint {
        // Of the home only its mode: sshd takes no keys from a home that others may write to.
        Footprint::of([Subject::Home(self.home.clone()), Subject::Path(folder_path(self)), Subject::Path(path(self))])
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        let accounts = Accounts::read(system)?;
        let missing = |what: &str| {
            let what = format!("{} has no {what} on this host, so there is no place for its keys", self.user);
            Fault::new(FaultCode::Refused, what).help("add the user to the site, or take its keys out")
        };
        let user = accounts.users.get(&self.user).ok_or_else(|| missing("account"))?;
        let home = home(self, system)?.ok_or_else(|| missing("home"))?;
        let stat = home.own_stat()?;
        if home_fault(&stat, user).is_some() {
            let access = Access::new(user.uid, stat.st_gid, stat.st_mode & 0o7755);
            set_access(home.fd(), &access)
                .map_err(|error| Fault::file("cannot change", &system.path(&self.home), error))?;
        }
        // Refuses a link, by its name.
        keys_folder(&home, &self.home)?;
        let folder = home.make(FOLDER, &Access::new(user.uid, user.gid, 0o700))?;
        let before = text(self, &folder)?;
        let after = wanted_text(self, &before);
        let safe = folder.stat(FILE)?.is_some_and(|stat| access_fault(&stat, user, 0o600).is_none());
        if after != before || !safe {
            folder.replace(FILE, after.as_bytes(), &Access::new(user.uid, user.gid, 0o600))?;
        }
        confirm::took_effect(self, system)
    }

    fn remove(&self, system: &System, original: &[Saved]) -> Result<(), Fault> {
        let Some(folder) = home(self, system)?.map(|home| keys_folder(&home, &self.home)).transpose()?.flatten() else {
            return Ok(());
        };
        let Some(stat) = folder.stat(FILE)? else {
            return Ok(());
        };
        let after = text_without(self, &text(self, &folder)?, &former_text(self, original)?);
        if !after.is_empty() || !matches!(saved::entry(original, &path(self)), Some(Entry::Nothing { .. })) {
            // Owner and mode stay as they are: what sshd refuses helps nobody.
            return folder.replace(FILE, after.as_bytes(), &Access::of(&stat));
        }
        folder.unlink(FILE)?;
        // The folder as well, if piton made it and nothing else has come into it.
        match saved::entry(original, &folder_path(self)) {
            Some(Entry::Nothing { .. }) => {
                home(self, system)?.map(|home| home.remove_empty(FOLDER)).transpose().map(drop)
            }
            _ => Ok(()),
        }
    }
}

fn see(wanted: &AuthorizedKeys, user: &UserEntry, system: &System, seen: &mut Observed) -> Result<(), Fault> {
    let Some(home) = home(wanted, system)? else {
        return Ok(());
    };
    let fault = home_fault(&home.own_stat()?, user);
    seen.faults.extend(fault.map(|fault| format!("{} {fault}", wanted.home)));
    let Some(folder) = keys_folder(&home, &wanted.home)? else {
        return Ok(());
    };
    let fault = access_fault(&folder.own_stat()?, user, 0o700);
    seen.faults.extend(fault.map(|fault| format!("{} {fault}", folder_path(wanted))));
    let Some(stat) = folder.stat(FILE)? else {
        return Ok(());
    };
    let fault = access_fault(&stat, user, 0o600);
    seen.faults.extend(fault.map(|fault| format!("{} {fault}", path(wanted))));
    seen.keys = Some(keys(&text(wanted, &folder)?).into_iter().map(str::to_owned).collect());
    Ok(())
}

fn folder_path(wanted: &AuthorizedKeys) -> String {
    format!("{}/{FOLDER}", wanted.home)
}

fn path(wanted: &AuthorizedKeys) -> String {
    format!("{}/{FOLDER}/{FILE}", wanted.home)
}

fn home(wanted: &AuthorizedKeys, system: &System) -> Result<Option<Folder>, Fault> {
    system.open_folder(std::path::Path::new(&wanted.home))
}

fn keys_folder(home: &Folder, path: &str) -> Result<Option<Folder>, Fault> {
    match Standing::of(home.stat(FOLDER)?.as_ref()) {
        Standing::Nothing => Ok(None),
        Standing::Directory => home.below(FOLDER),
        other => {
            let what = format!("{path}/{FOLDER} is a {}, and shall be a directory", other.word());
            Err(Fault::new(FaultCode::Refused, what).help("replace it by a real directory, then plan again"))
        }
    }
}

fn text(wanted: &AuthorizedKeys, folder: &Folder) -> Result<String, Fault> {
    match Standing::of(folder.stat(FILE)?.as_ref()) {
        Standing::Nothing => Ok(String::new()),
        Standing::File => {
            let bytes = folder.read(FILE)?.unwrap_or_default();
            // Rewriting it would lose what is not text.
            String::from_utf8(bytes)
                .map_err(|_| Fault::new(FaultCode::Refused, format!("{} is not UTF-8", path(wanted))))
        }
        other => {
            let what = format!("{} is a {}, and shall be a file", path(wanted), other.word());
            Err(Fault::new(FaultCode::Refused, what).help("replace it by a real file, then plan again"))
        }
    }
}

/// What sshd's StrictModes would refuse of a home.
fn home_fault(stat: &Stat, user: &UserEntry) -> Option<String> {
    let mode = stat.st_mode & 0o7777;
    match () {
        () if stat.st_uid != user.uid && stat.st_uid != 0 => Some(format!("belongs to uid {}", stat.st_uid)),
        () if mode & 0o022 != 0 => Some(format!("is {mode:04o}, so others may write to it")),
        () => None,
    }
}

fn access_fault(stat: &Stat, user: &UserEntry, wanted: u32) -> Option<String> {
    let mode = stat.st_mode & 0o7777;
    match () {
        () if stat.st_uid != user.uid => Some(format!("belongs to uid {}", stat.st_uid)),
        () if mode != wanted => Some(format!("is {mode:04o}, not {wanted:04o}")),
        () => None,
    }
}

fn is_key(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

fn keys(text: &str) -> Vec<&str> {
    text.lines().filter(|line| is_key(line)).collect()
}

/// The file with the wanted keys in it; comments stay, and strangers unless they may not.
fn wanted_text(wanted: &AuthorizedKeys, before: &str) -> String {
    let stays = |line: &&str| !is_key(line) || !wanted.takes(line);
    let there = keys(before);
    let missing = wanted.keys.iter().map(String::as_str).filter(|key| !has(&there, key));
    before.lines().filter(stays).chain(missing).map(|line| format!("{line}\n")).collect()
}

/// The file as it was when piton first took it.
fn former_text(wanted: &AuthorizedKeys, original: &[Saved]) -> Result<String, Fault> {
    match saved::entry(original, &path(wanted)) {
        Some(Entry::File { content: Content::Inline(bytes), .. }) => {
            Ok(String::from_utf8_lossy(&bytes.bytes()?).into_owned())
        }
        _ => Ok(String::new()),
    }
}

/// The file without what piton brought, and with what it took away.
fn text_without(wanted: &AuthorizedKeys, now: &str, former: &str) -> String {
    let (there, before) = (keys(now), keys(former));
    let brought = |line: &str| has(&wanted.keys, line) && !has(&before, line);
    let kept = now.lines().filter(|line| !is_key(line) || !brought(line));
    let taken = before.iter().copied().filter(|line| wanted.takes(line) && !has(&there, line));
    kept.chain(taken).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Host, cycle};
    use super::*;
    use piton_plan::kind::Kind;

    const OURS: &str = "ssh-ed25519 AAAAours ada@laptop";
    const THEIRS: &str = "from=\"10.0.0.1\" ssh-rsa AAAAtheirs bob";

    fn wanted(exclusive: bool) -> AuthorizedKeys {
        AuthorizedKeys { user: "ada".into(), home: "/home/ada".into(), keys: vec![OURS.into()], exclusive }
    }

    #[test]
    fn other_keys_and_comments_stay() {
        let before = format!("# by hand\n{THEIRS}\n");
        assert_eq!(wanted_text(&wanted(false), &before), format!("# by hand\n{THEIRS}\n{OURS}\n"));
    }

    #[test]
    fn an_exclusive_list_takes_other_keys_away_and_gives_them_back_when_it_leaves() {
        let before = format!("# by hand\n{THEIRS}\n");
        let after = wanted_text(&wanted(true), &before);
        assert_eq!(after, format!("# by hand\n{OURS}\n"));
        assert_eq!(text_without(&wanted(true), &after, &before), before);
    }

    #[test]
    fn leaving_takes_only_what_piton_brought() {
        let now = format!("{THEIRS}\n{OURS}\nssh-ed25519 AAAAlater carol\n");
        assert_eq!(text_without(&wanted(false), &now, THEIRS), format!("{THEIRS}\nssh-ed25519 AAAAlater carol\n"));
        let had_it = format!("{THEIRS}\n{OURS}\n");
        assert_eq!(text_without(&wanted(false), &had_it, &had_it), had_it);
    }

    #[test]
    fn a_key_with_other_options_makes_way_and_comes_back_when_ours_leaves() {
        let before = "command=\"echo a b\" ssh-ed25519 AAAAours backup\n";
        let after = wanted_text(&wanted(false), before);
        assert_eq!(after, format!("{OURS}\n"));
        assert_eq!(text_without(&wanted(false), &after, before), before);
    }

    #[test]
    fn a_key_with_another_comment_is_the_same_key() {
        let before = "ssh-ed25519 AAAAours old-laptop\n";
        assert_eq!(wanted_text(&wanted(false), before), before);
    }

    #[test]
    fn the_file_comes_and_goes_with_its_folder() {
        let host = Host::new();
        std::fs::create_dir_all(host.place("/home/ada")).unwrap();
        cycle(&host, &wanted(false));
        assert!(!host.system.exists("/home/ada/.ssh"));
    }

    #[test]
    fn what_sshd_would_refuse_is_seen_and_mended() {
        use std::os::unix::fs::PermissionsExt;
        let host = Host::new();
        host.write("/home/ada/.ssh/authorized_keys", OURS);
        for path in ["/home/ada", "/home/ada/.ssh", "/home/ada/.ssh/authorized_keys"] {
            std::fs::set_permissions(host.place(path), std::fs::Permissions::from_mode(0o775)).unwrap();
        }
        assert_eq!(host.observe(&wanted(false)).faults.len(), 3);
        wanted(false).apply(&host.system).unwrap();
        assert_eq!(wanted(false).differences(&host.observe(&wanted(false))), []);
    }

    #[test]
    fn keys_are_never_written_through_a_link() {
        let host = Host::new();
        std::fs::create_dir_all(host.place("/home/ada")).unwrap();
        std::fs::create_dir_all(host.place("/root/.ssh")).unwrap();
        std::os::unix::fs::symlink("/root/.ssh", host.place("/home/ada/.ssh")).unwrap();
        assert_eq!(host.observe(&wanted(false)).faults, ["/home/ada/.ssh is a link, and shall be a directory"]);
        assert_eq!(wanted(false).apply(&host.system).unwrap_err().code, FaultCode::Refused);
        assert!(!host.system.exists("/root/.ssh/authorized_keys"));
    }
}
