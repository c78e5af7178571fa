//! The files that commands name: which they are, what is done to them, and what they hold that were written before.

use super::data::Data;
use super::{Walker, Written};
use crate::argv::Argv;
use crate::effect::Effect;
use crate::families::Program;
use crate::paths::own::{self, Work};
use crate::paths::{self, Access, Sort};
use crate::pattern::{self, Fit};
use crate::place::{Place, Reach};
use crate::policy::Environment;
use crate::read::HOLE;
use crate::{File, World, shown};

impl Walker<'_> {
    /// Remembers what a file holds that this command wrote.
    pub(super) fn remember(&mut self, path: &str, content: Data, append: bool) {
        if path.contains(HOLE) || !self.place.is_here() {
            return;
        }
        match self.written.get_mut(path) {
            Some(Written::Text(before)) if append => before.append(&content),
            _ => {
                self.written.insert(path.to_owned(), Written::Text(content));
            }
        }
    }

    /// What comes from the network, put where it runs later.
    pub(super) fn put_in_the_way(&mut self, path: &str, content: &Data) {
        let sort = paths::sort(path);
        if sort == Sort::Shell && content.text.contains("--dangerously-") {
            self.found(Effect::AgentUnguarded, "makes every later agent one without its permissions", "");
        }
        if !content.is_from_network() {
            return;
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if sort == Sort::Shell || folder.ends_with("/sbin") || folder.ends_with("/bin") && sort != Sort::Deployed {
            self.found(Effect::RemoteCode, "puts code from the network where it is run later", "");
        }
    }

    /// Resolves a path as it was written in a command.
    pub(super) fn path(&self, written: &str) -> String {
        let path = self.named_path(written);
        if self.written.is_empty() {
            return path;
        }
        // A link, or something below one.
        let mut above = path.as_str();
        loop {
            if let Some(Written::Same(other)) = self.written.get(above) {
                return format!("{other}{}", &path[above.len()..]);
            }
            match above.rsplit_once('/') {
                Some((folder, _)) if !folder.is_empty() => above = folder,
                _ => return path,
            }
        }
    }

    fn named_path(&self, written: &str) -> String {
        let path = paths::resolve(self.folder.as_deref(), written);
        match self.home.as_deref() {
            Some(home) if path == home => "~".to_owned(),
            Some(home) => match path.strip_prefix(home).and_then(|rest| rest.strip_prefix('/')) {
                Some(rest) => format!("~/{rest}"),
                None => path,
            },
            None => path,
        }
    }

    pub(super) fn judge_secret(&mut self, path: &str) {
        let path = self.path(path);
        self.access(&path, Access::Read);
    }

    /// Judges an access to a resolved path.
    pub(super) fn access(&mut self, path: &str, access: Access) {
        match self.files_left {
            0 => return,
            1 => self.unknown("it names more files than anybody looks at", ""),
            _ => {}
        }
        self.files_left -= 1;
        if self.is_loading
            && access == Access::Read
            && path.rsplit('/').next().is_some_and(|name| name.starts_with(".env"))
        {
            self.has_secrets = true;
            return;
        }
        if let Some((outside, place)) = self.outside(path) {
            let inside = std::mem::replace(&mut self.place, place);
            let mounts = std::mem::take(&mut self.mounts);
            self.access(&outside, access);
            (self.place, self.mounts) = (inside, mounts);
            return;
        }
        let own = self.own(path).map(|(rest, work)| own::effect(rest, access, work));
        let effect = match own {
            Some(Ok(effect)) => effect,
            Some(Err(own::Strict)) => paths::effect(path, access),
            None => paths::effect(self.seen_from_here(path), access).or_else(|| self.all_of_it(path, access)),
        };
        if let Some((effect, why)) = effect {
            self.found(effect, &format!("{why}: {}", shown(path)), "");
        }
    }

    /// A path in a container by the name that it has outside, and where that is.
    fn outside(&self, path: &str) -> Option<(String, Place)> {
        let outside = crate::walk::containers::outside_of(path, &self.mounts);
        (outside != path).then(|| Some((outside, self.mounted_from.clone()?)))?
    }

    /// The folder that the session works in goes as a whole, or with what is around it.
    fn all_of_it(&self, path: &str, access: Access) -> Option<(Effect, &'static str)> {
        let recursive = access == Access::Delete { recursive: true };
        let started = self.started.as_deref().filter(|_| recursive && self.place.is_here())?;
        let started = self.path(started);
        let holds = path == started || started.starts_with(&format!("{path}/"));
        (holds && !paths::is_thrown_away(&started))
            .then_some((Effect::DataLoss, "deletes the folder that the session works in"))
    }

    /// What a folder is called in which a project lies says nothing of the project: `~/build/src` is `src`.
    fn seen_from_here<'p>(&self, path: &'p str) -> &'p str {
        let below = || {
            let started = self.path(self.started.as_deref().filter(|_| self.place.is_here())?);
            let rest = path.strip_prefix(&started)?.strip_prefix('/')?;
            let is_named = matches!(paths::sort(path), Sort::Scratch | Sort::Sources | Sort::Other);
            (is_named && !paths::is_thrown_away(&started)).then_some(rest)
        };
        below().unwrap_or(path)
    }

    /// The rest of a path below the folder that the session was started in, when that lies among deployed things.
    pub(super) fn own<'p>(&mut self, path: &'p str) -> Option<(&'p str, Work)> {
        let started = self.started.as_deref().filter(|_| self.place.is_here())?.trim_end_matches('/');
        let rest = path.strip_prefix(started)?;
        let rest = if rest.is_empty() { rest } else { rest.strip_prefix('/')? };
        if paths::sort(path) != Sort::Data || !own::is_work(started) {
            return None;
        }
        if self.policy.environment(&self.place, Some(started)) == Environment::Production {
            return None;
        }
        let started = started.to_owned();
        let work = *self.work.get_or_insert_with(|| work(self.world, &started));
        Some((rest, work))
    }

    /// Judges what a command does to the files that it is given.
    pub(super) fn files(&mut self, program: Program, argv: &Argv) {
        // Options behind a wrapped command are that command's own.
        let wrapped = super::rules::wrapped_from(program);
        for (pattern, access) in program.files() {
            if pattern::fit(pattern, argv, program.style, wrapped) == Fit::No {
                continue;
            }
            let (access, which) = access.split_once(' ').unwrap_or((access, "all"));
            let recursive = access.ends_with('*');
            let kind = match access.trim_end_matches('*') {
                "read" => Access::Read,
                "write" => Access::Write,
                "empty" => Access::Empty,
                "delete" => Access::Delete { recursive },
                "modify" => Access::Modify { recursive },
                "publish" => Access::Publish,
                // A test of the families says that there is no other word.
                _ => Access::Write,
            };
            let from_template =
                kind == Access::Write && argv.positionals.iter().any(|at| is_template(&argv.words[*at]));
            for name in chosen(which, argv) {
                if from_template && paths::sort(&name) == Sort::Secret {
                    continue;
                }
                let path = self.path(&name);
                let is_away = self.place.reach == Reach::Fresh && self.outside(&path).is_none();
                if is_away || !self.is_file(&name, kind) {
                    continue;
                }
                let empties = kind == Access::Write && argv.words.iter().any(|word| word == "/dev/null");
                self.access(&path, if empties { Access::Empty } else { kind });
            }
        }
    }

    /// Leaves out what only looks like a file: another host's, an option's value, a link.
    fn is_file(&mut self, name: &str, access: Access) -> bool {
        let remote = name.split_once(':').filter(|(host, _)| !host.contains('/') && !host.is_empty());
        let Some((host, path)) = remote else { return !name.contains("://") };
        if let Access::Delete { .. } = access {
            let place = self.place.on_host(host);
            let path = paths::resolve(None, path);
            self.elsewhere(place, |inner| inner.access(&path, access));
        } else if access == Access::Write {
            let host = host.to_owned();
            let path = path.to_owned();
            self.elsewhere(self.place.on_host(&host), |inner| inner.deployed_to(&path));
        } else if matches!(access, Access::Read) {
            let path = self.path(path);
            self.access(&path, access);
        }
        false
    }

    /// A file that is put on another host.
    fn deployed_to(&mut self, path: &str) {
        let path = crate::paths::resolve(None, path);
        let sort = match path.as_str() {
            "/srv" | "/opt" | "/data" => Sort::Data,
            other => paths::sort(other),
        };
        match sort {
            Sort::Data | Sort::Deployed => {
                self.found(
                    Effect::DeployAroundCi,
                    &format!("copies to where production runs from: {}", shown(&path)),
                    "",
                );
            }
            _ => self.access(&path, Access::Write),
        }
    }
}

/// A repository has its `.git` in the folder or in one above it.
fn work(world: &dyn World, folder: &str) -> Work {
    const MOST_ABOVE: usize = 6;
    let above = std::iter::successors(Some(folder), |folder| folder.rsplit_once('/').map(|(above, _)| above));
    let is_repository = above.take(MOST_ABOVE).filter(|folder| own::is_work(folder)).any(|folder| {
        // A worktree has a file there instead of a folder.
        [".git/HEAD", ".git"].iter().any(|name| matches!(world.file(&format!("{folder}/{name}")), File::Text(_)))
    });
    if is_repository { Work::Repository } else { Work::Deployed }
}

/// A file that shows how one with secrets is to look.
fn is_template(name: &str) -> bool {
    [".example", ".sample", ".template", ".dist", ".defaults"].iter().any(|end| name.ends_with(end))
}

/// Which words of a command an access is about.
fn chosen(which: &str, argv: &Argv) -> Vec<String> {
    let all: Vec<&str> = argv.positionals.iter().map(|at| argv.words[*at].as_str()).collect();
    if which.starts_with('-') {
        return which.split('|').flat_map(|name| argv.values(name)).map(str::to_owned).collect();
    }
    let chosen: &[&str] = match which {
        "all" => &all,
        "first" => all.get(..1).unwrap_or_default(),
        "second" => all.get(1..2).unwrap_or_default(),
        "last" => all.get(all.len().saturating_sub(1)..).unwrap_or_default(),
        "rest" => all.get(1..).unwrap_or_default(),
        "rest2" => all.get(2..).unwrap_or_default(),
        "rest3" => all.get(3..).unwrap_or_default(),
        "butlast" => all.get(..all.len().saturating_sub(1)).unwrap_or_default(),
        _ => &[],
    };
    chosen.iter().map(|name| (*name).to_owned()).collect()
}
