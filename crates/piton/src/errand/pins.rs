//! `piton.lock`: what the names of images led to, so that every host runs the same, today and in a year.
//!
//! A plan uses what the file says, and asks registries about what it does not say and a host would have to fetch. Reading
//! never writes: the file is written by `piton apply`, which notes what it has pulled, and by `piton lock`. An entry that
//! is there changes only where somebody says `piton lock --update`.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::plain_file::{LARGEST, read_text, replace};
use crate::site_folder::SiteFolder;
use piton_config::read::{Kind, Value, read};
use piton_host::fleet::{self, Target};
use piton_host::session::{Session, SessionError};
use piton_host::wire::Led;
use piton_plan::kind::stack::Observed as SeenStack;
use piton_plan::{HostView, Observed, Plan, Resource, Wanted};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::PathBuf;

/// Beside site.toml.
const FILE: &str = "piton.lock";

const HEAD: &str = "# Written by piton: what the names of images lead to. `piton lock --update` asks the registries again.\n\n[images]\n";

/// Names of images and the digests that they led to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pins {
    path: PathBuf,
    pub(crate) images: BTreeMap<String, String>,
}

/// What registries were asked, and what nobody could say.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) images: BTreeMap<String, String>,
    /// Name to why.
    pub(crate) open: BTreeMap<String, String>,
}

type Answered = (Target, Result<Session, SessionError>);

impl Pins {
    pub(super) fn beside(folder: &SiteFolder) -> Result<Pins, Failure> {
        let path = folder.beside(FILE);
        let text = match read_text(&path, LARGEST) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Pins { path, images: BTreeMap::new() }),
            Err(error) => return Err(Failure::file("read", &path, &error)),
        };
        let images = entries(&text).map_err(|(line, what)| {
            let what = format!("{}:{line}: {what}", path.display());
            let help = "put it back as it was committed; or delete it, and `piton lock` makes it anew";
            Failure::new(Exit::Usage, "lock/unreadable", what, help)
        })?;
        Ok(Pins { path, images })
    }

    /// Says of every image that a registry has which one it must be.
    pub(super) fn settle(&self, wanted: &mut Wanted) {
        pin(wanted, &self.images);
    }

    /// Adds what a plan has pinned; what is there already stays. Answers how many came.
    pub(crate) fn note(&mut self, plan: &Plan) -> Result<usize, Failure> {
        let before = self.images.len();
        for image in plan.hosts.iter().flat_map(|host| host.steps()).filter_map(|step| match &step.resource {
            Resource::Stack(stack) => Some(stack),
            _ => None,
        }) {
            for image in image.containers.iter().map(|container| &container.image) {
                if let Some(digest) = &image.digest {
                    self.images.entry(image.reference.clone()).or_insert_with(|| digest.clone());
                }
            }
        }
        let new = self.images.len() - before;
        if new > 0 {
            self.write()?;
        }
        Ok(new)
    }

    pub(crate) fn write(&self) -> Result<(), Failure> {
        let lines = self.images.iter().map(|(name, digest)| format!("\"{name}\" = \"{digest}\"\n"));
        let text = HEAD.to_owned() + &lines.collect::<String>();
        replace(&self.path, text.as_bytes()).map_err(|error| Failure::file("write", &self.path, &error))
    }

    pub(crate) fn file(&self) -> String {
        self.path.display().to_string()
    }
}

/// The entries of the file, or the line that is none.
fn entries(text: &str) -> Result<BTreeMap<String, String>, (usize, String)> {
    let document = read(FILE, text.as_bytes(), Some(Kind::Toml));
    let line = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    if let Some(fault) = document.faults.first() {
        return Err((line(fault.range.start), fault.what.clone()));
    }
    let images = document.root().get("images").map(Value::entries).unwrap_or_default();
    let mut found = BTreeMap::new();
    for (name, digest) in images {
        let strange = || (line(name.range().start), "an image and its digest, `sha256:…`, belong here".to_owned());
        let (name, digest) = (name.text().ok_or_else(strange)?, digest.text().ok_or_else(strange)?);
        let is_plain = |name: &str| !name.is_empty() && !name.contains(['"', '\\']) && !name.contains(char::is_control);
        if !is_plain(name) || !is_digest(digest) {
            return Err(strange());
        }
        found.insert(name.to_owned(), digest.to_owned());
    }
    Ok(found)
}

fn is_digest(text: &str) -> bool {
    let hex = |letter: u8| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter);
    text.strip_prefix("sha256:").is_some_and(|rest| rest.len() == 64 && rest.bytes().all(hex))
}

fn pin(wanted: &mut Wanted, images: &BTreeMap<String, String>) {
    for stack in stacks_mut(wanted) {
        for image in stack.containers.iter_mut().map(|container| &mut container.image) {
            if image.is_open() {
                image.digest = images.get(&image.reference).cloned();
            }
        }
    }
}

fn stacks_mut(wanted: &mut Wanted) -> impl Iterator<Item = &mut piton_plan::stack::Stack> {
    wanted.resources.iter_mut().filter_map(|resource| match resource {
        Resource::Stack(stack) => Some(stack),
        _ => None,
    })
}

/// The names of a host's images of which only a registry can say more.
pub(crate) fn open(wanted: &Wanted) -> BTreeSet<String> {
    of(wanted, |_, _| true)
}

/// Those of them that the host would have to fetch.
fn to_fetch(wanted: &Wanted, view: &HostView) -> BTreeSet<String> {
    let seen = |stack: &piton_plan::stack::Stack| -> Option<&SeenStack> {
        let key = Resource::Stack(stack.clone()).key();
        view.observed.iter().find_map(|(known, observed)| match observed {
            Observed::Stack(seen) if *known == key => Some(seen),
            _ => None,
        })
    };
    of(wanted, |stack, container| {
        let runs = seen(stack).and_then(|seen| seen.containers.get(&container.name));
        runs.is_none_or(|runs| runs.image != container.image.reference)
    })
}

fn of(
    wanted: &Wanted,
    counts: impl Fn(&piton_plan::stack::Stack, &piton_plan::stack::Container) -> bool,
) -> BTreeSet<String> {
    let stacks = wanted.resources.iter().filter_map(|resource| match resource {
        Resource::Stack(stack) => Some(stack),
        _ => None,
    });
    stacks
        .flat_map(|stack| stack.containers.iter().map(move |container| (stack, container)))
        .filter(|(stack, container)| container.image.is_open() && counts(stack, container))
        .map(|(_, container)| container.image.reference.clone())
        .collect()
}

/// Has the hosts ask about what they would have to fetch and the lock does not name, and pins what they find out. A
/// registry that does not answer leaves the name as it is.
pub(super) fn resolve_missing(
    looked: &mut [(Wanted, HostView)],
    sessions: Vec<Answered>,
    jobs: usize,
) -> (Vec<Answered>, Resolved) {
    let names: BTreeMap<String, BTreeSet<String>> =
        looked.iter().map(|(wanted, view)| (wanted.host.clone(), to_fetch(wanted, view))).collect();
    if names.values().all(BTreeSet::is_empty) {
        return (sessions, Resolved::default());
    }
    let (sessions, resolved) = resolve(&names, sessions, jobs);
    looked.iter_mut().for_each(|(wanted, _)| pin(wanted, &resolved.images));
    (look_again(looked, sessions, &resolved, jobs), resolved)
}

/// What is wanted decides how it is seen: a stack with a digest is seen with those of its images, and a plan must be made
/// over what the host will see when it carries it out.
fn look_again(
    looked: &mut [(Wanted, HostView)],
    sessions: Vec<Answered>,
    resolved: &Resolved,
    jobs: usize,
) -> Vec<Answered> {
    let is_pinned = |resource: &&Resource| match resource {
        Resource::Stack(stack) => stack.containers.iter().any(|it| resolved.images.contains_key(&it.image.reference)),
        _ => false,
    };
    let mut targets = Vec::new();
    let mut asked = Vec::new();
    let mut others = Vec::new();
    for (target, session) in sessions {
        let wanted = looked.iter().map(|(wanted, _)| wanted).find(|wanted| wanted.host == target.host);
        let stacks: Vec<Resource> =
            wanted.iter().flat_map(|wanted| &wanted.resources).filter(is_pinned).cloned().collect();
        match session {
            Ok(session) if !stacks.is_empty() => {
                asked.push((target.host.clone(), session, stacks));
                targets.push(target);
            }
            other => others.push((target, other)),
        }
    }
    for (target, (host, session, seen)) in targets.into_iter().zip(fleet::look(asked, jobs)) {
        let session = seen.map(|seen| {
            let view = looked.iter_mut().find(|(wanted, _)| wanted.host == host).map(|(_, view)| view);
            for (key, observed) in view.into_iter().flat_map(|view| &mut view.observed) {
                if let Some((_, anew)) = seen.iter().find(|(known, _)| known == key) {
                    *observed = anew.clone();
                }
            }
            session
        });
        others.push((target, session));
    }
    others
}

/// Has each host ask about its names. Where two know an answer, the first host's holds for both: a name that moves in
/// between must not make two of them.
pub(crate) fn resolve(
    names: &BTreeMap<String, BTreeSet<String>>,
    sessions: Vec<Answered>,
    jobs: usize,
) -> (Vec<Answered>, Resolved) {
    let (reached, lost): (Vec<_>, Vec<_>) = sessions.into_iter().partition(|(_, session)| session.is_ok());
    let mut targets = Vec::new();
    let mut asked = Vec::new();
    for (target, session) in reached {
        if let Ok(session) = session {
            let mine = names.get(&target.host).cloned().unwrap_or_default();
            asked.push((target.host.clone(), session, mine.into_iter().collect()));
            targets.push(target);
        }
    }
    let mut resolved = Resolved::default();
    let mut sessions = lost;
    for (target, (_, session, found)) in targets.into_iter().zip(fleet::digests(asked, jobs)) {
        let session = match found {
            Ok(found) => {
                for (name, led) in found {
                    match led {
                        Led::To(digest) => _ = resolved.images.entry(name).or_insert(digest),
                        Led::Nowhere(why) => _ = resolved.open.insert(name, why),
                    }
                }
                Ok(session)
            }
            Err(error) => Err(error),
        };
        sessions.push((target, session));
    }
    resolved.open.retain(|name, _| !resolved.images.contains_key(name));
    (sessions, resolved)
}

impl Resolved {
    /// What nobody could say, a sentence for each reason.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        self.open.iter().for_each(|(name, why)| by_reason.entry(why).or_default().push(name));
        let sentence =
            |(why, names): (&str, Vec<&str>)| format!("not pinned, by its name only: {} ({why})", names.join(", "));
        by_reason.into_iter().map(sentence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let images = [("redis:8.0.2-alpine", DIGEST), ("127.0.0.1:5000/page:1", DIGEST)];
        let images: BTreeMap<String, String> =
            images.iter().map(|(name, digest)| ((*name).to_owned(), (*digest).to_owned())).collect();
        let pins = Pins { path: folder.path().join(FILE), images: images.clone() };
        pins.write().unwrap();
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert_eq!(entries(&text).unwrap(), images);
    }

    #[test]
    fn a_line_that_is_no_entry_is_named() {
        for (text, line) in [
            ("[images]\n\"redis:8\" = \"sha256:12\"\n", 2),
            ("[images]\n\n\"redis:8\" = 5\n", 3),
            ("[images]\nredis\n", 2),
            ("[images]\n\"\" = \"sha256:0\"\n", 2),
        ] {
            assert_eq!(entries(text).unwrap_err().0, line, "{text}");
        }
        assert!(entries("").unwrap().is_empty());
    }

    #[test]
    fn names_that_are_not_pinned_for_one_reason_are_one_note() {
        let open = [("redis:8", "no way out"), ("caddy:2", "no way out"), ("own:1", "denied")];
        let open = open.iter().map(|(name, why)| ((*name).to_owned(), (*why).to_owned())).collect();
        let notes = Resolved { images: BTreeMap::new(), open }.notes();
        assert_eq!(
            notes,
            [
                "not pinned, by its name only: own:1 (denied)",
                "not pinned, by its name only: caddy:2, redis:8 (no way out)"
            ]
        );
    }
}
