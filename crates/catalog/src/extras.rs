//! What a site adds of its own: users, groups, directories, files, links, cron entries, timers
//! and the state of units.
//!
//! These are passed on nearly as written; the site file's reader has checked names and paths.

use crate::context::Context;
use crate::{CatalogProblem, access, docker};
use piton_config::{CronJob, ExtraFile, ExtraUser, TimerJob, Valued};
use piton_plan::kind::{AuthorizedKeys, Cron, Directory, File, Group, Link, Sudoers, Timer, Unit, User};
use piton_plan::{FileSpec, Mode, Resource};

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let settings = context.settings();
    let mut wanted: Vec<Resource> = Vec::new();
    for user in &settings.users {
        wanted.push(account(context, user).into());
        wanted.extend(keys(user).map(Resource::from));
        wanted.extend(sudo(user).map(Resource::from));
    }
    wanted.extend(settings.groups.iter().map(|group| {
        let gid = group.gid.as_ref().map(|gid| gid.value);
        Resource::from(Group { name: text(&group.name), gid, system: *group.system })
    }));
    wanted.extend(settings.directories.iter().map(|directory| {
        let (owner, group) = (text(&directory.owner), text(&directory.group));
        Resource::from(Directory { path: text(&directory.path), owner, group, mode: Mode(*directory.mode) })
    }));
    wanted.extend(settings.files.iter().map(|written| Resource::from(file(written))));
    wanted.extend(
        settings.links.iter().map(|link| Resource::from(Link { path: text(&link.path), target: text(&link.target) })),
    );
    wanted.extend(settings.cron.iter().map(|job| Resource::from(cron(job))));
    wanted.extend(settings.timers.iter().map(|job| Resource::from(timer(job))));
    wanted.extend(settings.units.iter().map(|unit| {
        let (enabled, active) = (unit.enabled.as_ref(), unit.active.as_ref());
        let (enabled, active) = (enabled.map(|on| on.value), active.map(|on| on.value));
        Resource::from(Unit { name: text(&unit.name), enabled, active })
    }));
    wanted
}

/// A line break would end the entry and start another one, which nobody wrote.
pub(crate) fn problems(context: &Context) -> Vec<CatalogProblem> {
    let settings = context.settings();
    let cron = settings.cron.iter().flat_map(|job| [&job.schedule, &job.user, &job.command]);
    let timers = settings.timers.iter().flat_map(|job| [&job.calendar, &job.user, &job.command]);
    let keys = settings.users.iter().flat_map(|user| &user.keys);
    let access = settings.access.iter().flat_map(|access| &access.keys);
    let lines = cron.chain(timers).chain(keys).chain(access);
    let broken = lines.filter(|line| line.contains(['\n', '\r', '\0']));
    broken
        .map(|line| {
            let first = line.lines().next().unwrap_or_default();
            let what = format!("`{first:.40}…` goes on after a line break, where one line is meant");
            context.problem("catalog/line-break", what, "write it in one line, or call a script").at(&line.origin)
        })
        .collect()
}

fn account(context: &Context, user: &ExtraUser) -> User {
    let mut groups = docker::groups(context, &user.name);
    groups.extend(user.groups.iter().map(text));
    let mut forbidden_groups = docker::forbidden_groups(context, &user.name);
    forbidden_groups.retain(|group| !groups.contains(group));
    User {
        name: text(&user.name),
        uid: user.uid.as_ref().map(|uid| uid.value),
        shell: text(&user.shell),
        home: text(&user.home),
        home_mode: Mode(*user.home_mode),
        groups,
        forbidden_groups,
    }
}

fn keys(user: &ExtraUser) -> Option<AuthorizedKeys> {
    let keys: Vec<String> = user.keys.iter().map(text).collect();
    let (name, home) = (text(&user.name), text(&user.home));
    (!keys.is_empty()).then_some(AuthorizedKeys { user: name, home, keys, exclusive: false })
}

fn sudo(user: &ExtraUser) -> Option<Sudoers> {
    let commands = user.sudo.as_ref()?;
    if commands.iter().any(|command| command == "all") {
        return Some(access::sudo_without_password(&user.name));
    }
    let line = |command: &String| format!("{} ALL=(root) NOPASSWD: {command}", user.name.value);
    let lines: Vec<String> = commands.iter().map(line).collect();
    (!lines.is_empty()).then(|| access::sudo(&user.name, &lines))
}

fn file(written: &ExtraFile) -> File {
    File {
        file: FileSpec {
            path: text(&written.path),
            content: text(&written.content),
            owner: text(&written.owner),
            group: text(&written.group),
            mode: Mode(*written.mode),
        },
        reloads: written.reloads.iter().map(text).collect(),
    }
}

fn cron(job: &CronJob) -> Cron {
    Cron { name: text(&job.name), schedule: text(&job.schedule), user: text(&job.user), command: text(&job.command) }
}

fn timer(job: &TimerJob) -> Timer {
    Timer { name: text(&job.name), calendar: text(&job.calendar), user: text(&job.user), command: text(&job.command) }
}

fn text(value: &Valued<String>) -> String {
    value.value.clone()
}
