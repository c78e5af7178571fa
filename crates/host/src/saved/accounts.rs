//! One user's and one group's own lines, so that putting them back leaves everybody else's alone.

use super::{AccountLines, GroupLines};
use crate::system::folder::Access;
use crate::system::{Fault, FaultCode, System};
use rustix::fs::{FlockOperation, Mode, OFlags, fcntl_lock, open};
use rustix::io::Errno;
use std::fs::File;
use std::time::{Duration, Instant};

const PASSWD: &str = "/etc/passwd";
const SHADOW: &str = "/etc/shadow";
const GROUP: &str = "/etc/group";
const GSHADOW: &str = "/etc/gshadow";

/// As long as lckpwdf waits. The kernel can wait for this lock too, but not with a deadline.
const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(50);

pub(super) fn read_account(system: &System, name: &str) -> Result<AccountLines, Fault> {
    let groups = lines(system, GROUP)?;
    Ok(AccountLines {
        passwd: own_lines(&lines(system, PASSWD)?, name).into_iter().next(),
        shadow: own_lines(&lines(system, SHADOW)?, name).into_iter().next(),
        subuid: own_lines(&lines(system, "/etc/subuid")?, name),
        subgid: own_lines(&lines(system, "/etc/subgid")?, name),
        groups: groups.iter().filter(|line| members(line).contains(&name)).map(|line| key(line).to_owned()).collect(),
    })
}

pub(super) fn read_group(system: &System, name: &str) -> Result<GroupLines, Fault> {
    let own = |file| Ok(own_lines(&lines(system, file)?, name).into_iter().next());
    Ok(GroupLines { group: own(GROUP)?.map(without_members), gshadow: own(GSHADOW)?.map(without_members) })
}

pub(super) fn restore_account(system: &System, name: &str, before: &AccountLines) -> Result<(), Fault> {
    let _lock = lock(system)?;
    edit(system, PASSWD, |lines| put(lines, name, before.passwd.as_slice()))?;
    edit(system, SHADOW, |lines| put(lines, name, before.shadow.as_slice()))?;
    edit(system, "/etc/subuid", |lines| put(lines, name, &before.subuid))?;
    edit(system, "/etc/subgid", |lines| put(lines, name, &before.subgid))?;
    for file in [GROUP, GSHADOW] {
        edit(system, file, |lines| {
            lines
                .into_iter()
                .map(|line| with_membership(&line, name, before.groups.iter().any(|group| group == key(&line))))
                .collect()
        })?;
    }
    Ok(())
}

pub(super) fn restore_group(system: &System, name: &str, before: &GroupLines) -> Result<(), Fault> {
    let _lock = lock(system)?;
    for (file, line) in [(GROUP, &before.group), (GSHADOW, &before.gshadow)] {
        edit(system, file, |lines| {
            // Who is in it is the members' business.
            let now =
                lines.iter().find(|line| key(line) == name).map(|line| members(line).join(",")).unwrap_or_default();
            let whole: Vec<String> = line.iter().map(|line| format!("{line}{now}")).collect();
            put(lines, name, &whole)
        })?;
    }
    Ok(())
}

/// The lock that `passwd`, `useradd` and PAM take as well (lckpwdf); held until it is dropped.
fn lock(system: &System) -> Result<File, Fault> {
    let place = system.path("/etc/.pwd.lock");
    let failed = |error: Errno| Fault::file("cannot lock", &place, error);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = open(&place, flags, Mode::from_raw_mode(0o600)).map_err(failed)?;
    let until = Instant::now() + PATIENCE;
    loop {
        match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(File::from(file)),
            Err(Errno::AGAIN | Errno::ACCESS) if Instant::now() < until => std::thread::sleep(PAUSE),
            Err(Errno::AGAIN | Errno::ACCESS) => {
                let what = "somebody else is changing users or groups, and has not finished";
                return Err(Fault::new(FaultCode::Busy, what).retry().help("see who: `fuser -v /etc/.pwd.lock`"));
            }
            Err(error) => return Err(failed(error)),
        }
    }
}

fn lines(system: &System, file: &str) -> Result<Vec<String>, Fault> {
    Ok(text(system, file)?.unwrap_or_default().lines().map(str::to_owned).collect())
}

/// These files decide who may log in, so one that is not understood is left alone.
fn text(system: &System, file: &str) -> Result<Option<String>, Fault> {
    let unreadable = |_| Fault::new(FaultCode::Unreadable, format!("{file} is not UTF-8"));
    system.read(file)?.map(|bytes| String::from_utf8(bytes).map_err(unreadable)).transpose()
}

/// Rewrites a file if that changes it; owner, mode and attributes stay.
fn edit(system: &System, file: &str, change: impl FnOnce(Vec<String>) -> Vec<String>) -> Result<(), Fault> {
    let Some(before) = text(system, file)? else {
        return Ok(());
    };
    let after: String = change(lines(system, file)?).into_iter().map(|line| line + "\n").collect();
    if after == before {
        return Ok(());
    }
    let (folder, name) = system.existing_folder_above(file)?;
    let super::Entry::File { attributes, .. } = super::paths::read(system, file)? else {
        return Err(Fault::new(FaultCode::Unsupported, format!("{file} is not a plain file")));
    };
    let access: Access = super::paths::access(&attributes)?;
    folder.replace(name, after.as_bytes(), &access)
}

/// Makes exactly these lines be the ones of this name, where the first of them stands now.
fn put(lines: Vec<String>, name: &str, wanted: &[String]) -> Vec<String> {
    let place = lines.iter().position(|line| key(line) == name);
    let (before, after) = lines.split_at(place.unwrap_or(lines.len()));
    let others = after.iter().filter(|line| key(line) != name);
    before.iter().chain(wanted).chain(others).cloned().collect()
}

fn own_lines(lines: &[String], name: &str) -> Vec<String> {
    lines.iter().filter(|line| key(line) == name).cloned().collect()
}

fn key(line: &str) -> &str {
    line.split(':').next().unwrap_or(line)
}

/// The last field of a line of group or gshadow.
fn members(line: &str) -> Vec<&str> {
    let last = line.split(':').nth(3).unwrap_or_default();
    last.split(',').filter(|member| !member.is_empty()).collect()
}

fn without_members(line: String) -> String {
    match line.rfind(':') {
        Some(end) => line.get(..=end).unwrap_or(&line).to_owned(),
        None => line,
    }
}

fn with_membership(line: &str, name: &str, belongs: bool) -> String {
    let mut all = members(line);
    if all.contains(&name) == belongs || line.split(':').count() != 4 {
        return line.to_owned();
    }
    match belongs {
        true => all.push(name),
        false => all.retain(|member| *member != name),
    }
    format!("{}{}", without_members(line.to_owned()), all.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved::{Footprint, Subject, Undo, restore, save};
    use std::fs::{create_dir, read_to_string, write};

    const FILES: [(&str, &str); 6] = [
        ("passwd", "root:x:0:0:root:/root:/bin/bash\nada:x:1001:1001::/home/ada:/bin/bash\n"),
        ("shadow", "root:*:1::::::\nada:!:2::::::\n"),
        ("group", "root:x:0:\nsudo:x:27:ada\ndocker:x:999:\nada:x:1001:\n"),
        ("gshadow", "root:*::\nsudo:*::ada\ndocker:!::\nada:!::\n"),
        ("subuid", "ada:100000:65536\n"),
        ("subgid", "ada:100000:65536\n"),
    ];

    fn host() -> (tempfile::TempDir, System) {
        let root = tempfile::tempdir().unwrap();
        create_dir(root.path().join("etc")).unwrap();
        for (name, text) in FILES {
            write(root.path().join("etc").join(name), text).unwrap();
        }
        let system = System::at(root.path());
        (root, system)
    }

    fn change(root: &tempfile::TempDir, name: &str, from: &str, to: &str) {
        let path = root.path().join("etc").join(name);
        let text = read_to_string(&path).unwrap();
        assert!(text.contains(from), "{name} has {from}");
        write(path, text.replace(from, to)).unwrap();
    }

    fn etc(root: &tempfile::TempDir, name: &str) -> String {
        read_to_string(root.path().join("etc").join(name)).unwrap()
    }

    #[test]
    fn a_new_user_goes_and_what_others_did_meanwhile_stays() {
        let (root, system) = host();
        let subjects = [Subject::Group("bob".into()), Subject::Account("bob".into())];
        let before = save(&system, &Footprint::of(subjects)).unwrap();
        change(&root, "passwd", "ada:x:", "bob:x:1002:1002::/home/bob:/bin/sh\nada:x:");
        change(&root, "shadow", "ada:!", "bob:secret:3::::::\nada:!");
        change(&root, "group", "sudo:x:27:ada", "sudo:x:27:ada,bob\nbob:x:1002:");
        change(&root, "gshadow", "sudo:*::ada", "sudo:*::ada,bob\nbob:!::");
        change(&root, "group", "docker:x:999:", "docker:x:999:ada");
        restore(&system, &before, &[], Undo::Open).unwrap();
        assert_eq!(etc(&root, "passwd"), FILES[0].1);
        assert_eq!(etc(&root, "shadow"), FILES[1].1);
        assert_eq!(etc(&root, "group"), "root:x:0:\nsudo:x:27:ada\ndocker:x:999:ada\nada:x:1001:\n");
        assert_eq!(etc(&root, "gshadow"), FILES[3].1);
    }

    #[test]
    fn a_changed_user_gets_its_lines_and_memberships_back() {
        let (root, system) = host();
        let subjects = [Subject::Group("ada".into()), Subject::Account("ada".into())];
        let before = save(&system, &Footprint::of(subjects)).unwrap();
        change(&root, "passwd", "/home/ada:/bin/bash", "/home/ada:/usr/sbin/nologin");
        change(&root, "group", "sudo:x:27:ada", "sudo:x:27:root");
        change(&root, "group", "docker:x:999:", "docker:x:999:ada");
        change(&root, "subuid", "ada:100000:65536\n", "");
        restore(&system, &before, &[], Undo::Open).unwrap();
        assert_eq!(etc(&root, "passwd"), FILES[0].1);
        assert_eq!(etc(&root, "group"), "root:x:0:\nsudo:x:27:root,ada\ndocker:x:999:\nada:x:1001:\n");
        assert_eq!(etc(&root, "subuid"), FILES[4].1);
    }

    #[test]
    fn a_removed_user_comes_back() {
        let (root, system) = host();
        let subjects = [Subject::Group("ada".into()), Subject::Account("ada".into())];
        let before = save(&system, &Footprint::of(subjects)).unwrap();
        for (name, text) in FILES {
            let kept: String =
                text.lines().filter(|line| !line.starts_with("ada")).map(|line| format!("{line}\n")).collect();
            write(root.path().join("etc").join(name), kept.replace("27:ada", "27:")).unwrap();
        }
        restore(&system, &before, &[], Undo::Open).unwrap();
        for name in ["passwd", "shadow", "group", "subuid", "subgid"] {
            let (_, text) = FILES.iter().find(|(file, _)| *file == name).unwrap();
            assert_eq!(etc(&root, name), *text);
        }
    }
}
