//! The files of a stack: marks are filled on the way to the disk, and what was filled is known again.

use super::record::Recorded;
use crate::system::accounts::Accounts;
use crate::system::files::{Standing, in_the_way};
use crate::system::folder::Access;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::{SeenFiles, Stack};
use piton_plan::stack::StackFile;
use piton_plan::{Digest, FileState, Mode};
use std::collections::BTreeSet;
use zeroize::Zeroizing;

pub(super) fn is_unit_file(path: &str) -> bool {
    path.starts_with("/etc/systemd/system/")
}

/// The files as they are; those with marks as their marked text while they hold what that comes to.
pub(super) fn seen(
    stack: &Stack,
    system: &System,
    accounts: &Accounts,
    recorded: &Recorded,
) -> Result<SeenFiles, Fault> {
    let mut found = SeenFiles::new();
    for file in &stack.files {
        let Some(state) = system.spec_state(&file.file, accounts)? else { continue };
        let state = FileState {
            owner: as_number(&file.file.owner, state.owner, |name| accounts.uid(name)),
            group: as_number(&file.file.group, state.group, |name| accounts.gid(name)),
            ..state
        };
        let state = if file.secret { marked(file, state, system, recorded) } else { state };
        found.insert(file.file.path.clone(), state);
    }
    Ok(found)
}

/// Whom the stack calls by number is told by number.
fn as_number(wanted: &str, seen: String, id: impl Fn(&str) -> Result<u32, Fault>) -> String {
    match wanted.parse::<u32>() {
        Ok(number) if id(&seen).ok() == Some(number) => wanted.to_owned(),
        _ => seen,
    }
}

/// Digests of secrets do not travel: what lies there is either what the marks come to, or not.
fn marked(file: &StackFile, state: FileState, system: &System, recorded: &Recorded) -> FileState {
    let text = Digest::of(&file.file.content);
    let as_wanted = match system.secrets().map(|values| values.fill(&file.file.content)) {
        Some(Ok(filled)) => Digest::of(filled.as_bytes()) == state.digest,
        // Nobody gave the values, as when a change is put back: then it is as it was left, or not.
        Some(Err(_)) | None => recorded.filled(&file.file.path, &text) == Some(&state.digest),
    };
    let digest = if as_wanted { text } else { Digest::of("a file with other secrets, or another text") };
    FileState { digest, text: None, ..state }
}

/// Every mark must have its value before anything is touched.
pub(super) fn check(stack: &Stack, system: &System) -> Result<(), Fault> {
    for file in stack.files.iter().filter(|file| file.secret) {
        if file.file.mode.0 & 0o077 != 0 {
            let what =
                format!("{} holds secrets, and with mode {} others could read it", file.file.path, file.file.mode);
            return Err(Fault::new(FaultCode::Refused, what).help("give it mode 0600 or 0400"));
        }
        filled(system, &file.file.content)?;
    }
    stack.provisions.iter().try_for_each(|step| filled(system, &step.input).map(drop))
}

/// A text with its values in it.
pub(super) fn filled(system: &System, text: &str) -> Result<Zeroizing<String>, Fault> {
    match system.secrets() {
        Some(values) => values.fill(text),
        None => crate::system::SecretValues::default().fill(text),
    }
}

/// Writes the files that are not as they shall be, and answers which those were.
pub(super) fn write(
    stack: &Stack,
    system: &System,
    accounts: &Accounts,
    recorded: &mut Recorded,
) -> Result<BTreeSet<String>, Fault> {
    let now = seen(stack, system, accounts, recorded)?;
    let mut written = BTreeSet::new();
    for file in &stack.files {
        let spec = &file.file;
        if spec.differences(now.get(&spec.path)).is_empty() {
            continue;
        }
        match system.standing(&spec.path)? {
            Standing::Nothing | Standing::File => {}
            other => return Err(in_the_way(&spec.path, other, "file")),
        }
        let content = if file.secret { filled(system, &spec.content)? } else { Zeroizing::new(spec.content.clone()) };
        let access = Access::new(accounts.uid(&spec.owner)?, accounts.gid(&spec.group)?, Mode(spec.mode.0).0);
        system.make_parents(&spec.path)?;
        let (folder, name) = system.existing_folder_above(&spec.path)?;
        folder.replace(name, content.as_bytes(), &access)?;
        if file.secret {
            recorded.note_filled(&spec.path, Digest::of(&spec.content), Digest::of(content.as_bytes()));
        }
        written.insert(spec.path.clone());
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Host;
    use super::*;
    use crate::system::SecretValues;
    use piton_plan::FileSpec;
    use piton_plan::stack::{Phase, Stack};

    const PATH: &str = "/opt/app/app.env";

    fn stack(host: &Host, content: &str, mode: u32) -> Stack {
        let file = FileSpec { mode: Mode(mode), ..host.spec(PATH, content) };
        Stack {
            name: "app".into(),
            phase: Phase::Application,
            directory: "/opt/app".into(),
            requires: Vec::new(),
            networks: Vec::new(),
            own_networks: Vec::new(),
            pools: Vec::new(),
            doubts: Vec::new(),
            directories: Vec::new(),
            files: vec![StackFile { file, secret: true, containers: Vec::new(), units: Vec::new() }],
            compose: None,
            containers: Vec::new(),
            ports: Vec::new(),
            units: Vec::new(),
            provisions: Vec::new(),
            secrets: Vec::new(),
        }
    }

    fn with(host: &Host, value: &str) -> System {
        let mut values = SecretValues::default();
        values.insert("token", value);
        host.system.clone().with_secrets(values)
    }

    fn left(stack: &Stack, system: &System, recorded: &Recorded) -> usize {
        let accounts = Accounts::read(system).unwrap();
        let seen = seen(stack, system, &accounts, recorded).unwrap();
        stack.files[0].file.differences(seen.get(PATH)).len()
    }

    #[test]
    fn a_mark_is_filled_and_known_again_with_the_value_and_without() {
        let host = Host::new();
        let stack = stack(&host, "TOKEN='@secret(token,env)'\n", 0o600);
        let system = with(&host, "canary-1");
        let accounts = Accounts::read(&system).unwrap();
        let mut recorded = Recorded::default();
        assert_eq!(write(&stack, &system, &accounts, &mut recorded).unwrap().len(), 1);
        assert_eq!(std::fs::read_to_string(host.place(PATH)).unwrap(), "TOKEN='canary-1'\n");
        assert_eq!(write(&stack, &system, &accounts, &mut recorded).unwrap().len(), 0, "a second time writes nothing");
        assert_eq!(left(&stack, &system, &recorded), 0);
        assert_eq!(left(&stack, &host.system, &recorded), 0, "as it was left, for whoever has no value");
        assert_eq!(left(&stack, &with(&host, "canary-2"), &recorded), 1, "rotated");
        host.write(PATH, "TOKEN='mine'\n");
        assert_eq!(left(&stack, &host.system, &recorded), 1, "changed by hand");
    }

    #[test]
    fn what_is_told_of_a_file_holds_no_digest_of_its_secret() {
        let host = Host::new();
        let stack = stack(&host, "@secret(token)\n", 0o600);
        host.write(PATH, "guessable\n");
        let accounts = Accounts::read(&host.system).unwrap();
        let seen = seen(&stack, &host.system, &accounts, &Recorded::default()).unwrap();
        assert_ne!(seen[PATH].digest, Digest::of("guessable\n"));
        assert_eq!(seen[PATH].text, None);
    }

    #[test]
    fn a_missing_value_and_a_file_that_others_read_are_refused_before_anything_is_touched() {
        let host = Host::new();
        let fault = check(&stack(&host, "@secret(other)\n", 0o600), &with(&host, "x")).unwrap_err();
        assert!(fault.what.contains("`other` is not set"), "{fault}");
        let fault = check(&stack(&host, "@secret(token)\n", 0o640), &with(&host, "x")).unwrap_err();
        assert!(fault.what.contains("0640"), "{fault}");
    }
}
