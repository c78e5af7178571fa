//! `[[users]]`, `[[files]]` and the like: entries with their defaults, each name and path once.

use super::Context;
use super::access::{keys, source_text};
use crate::layers::View;
use crate::problem::{Problem, Problems};
use crate::tree::{Data, Node};
use crate::{
    Access, CronJob, ExtraDirectory, ExtraFile, ExtraGroup, ExtraLink, ExtraUnit, ExtraUser, Origin, TimerJob, Valued,
};

pub(super) struct Entries {
    pub(super) users: Vec<ExtraUser>,
    pub(super) groups: Vec<ExtraGroup>,
    pub(super) directories: Vec<ExtraDirectory>,
    pub(super) files: Vec<ExtraFile>,
    pub(super) links: Vec<ExtraLink>,
    pub(super) cron: Vec<CronJob>,
    pub(super) timers: Vec<TimerJob>,
    pub(super) units: Vec<ExtraUnit>,
}

impl Entries {
    pub(super) fn read(context: &Context, access: Option<&Access>, problems: &mut Problems) -> Self {
        let views = |section, identity| context.layers.entries(section, identity);
        let users: Vec<_> = views("users", "name").iter().map(|view| user(view, context, access, problems)).collect();
        let entries = Entries {
            users,
            groups: views("groups", "name").iter().map(group).collect(),
            directories: views("directories", "path").iter().map(directory).collect(),
            files: views("files", "path").iter().map(|view| file(view, context, problems)).collect(),
            links: views("links", "path").iter().map(link).collect(),
            cron: views("cron", "name").iter().map(cron).collect(),
            timers: views("timers", "name").iter().map(timer).collect(),
            units: views("units", "name").iter().map(|view| unit(view, problems)).collect(),
        };
        entries.report_twins(problems);
        entries
    }

    fn report_twins(&self, problems: &mut Problems) {
        let directories = self.directories.iter().map(|entry| &entry.path);
        let files = self.files.iter().map(|entry| &entry.path);
        let paths = directories.chain(files).chain(self.links.iter().map(|entry| &entry.path));
        once("path", "two entries would overwrite each other", paths, problems);
        let advice = "two entries would overwrite each other";
        once("user", advice, self.users.iter().map(|entry| &entry.name), problems);
        once("group", advice, self.groups.iter().map(|entry| &entry.name), problems);
        once("cron job", advice, self.cron.iter().map(|entry| &entry.name), problems);
        once("timer", advice, self.timers.iter().map(|entry| &entry.name), problems);
        once("unit", advice, self.units.iter().map(|entry| &entry.name), problems);
    }
}

fn once<'a>(noun: &str, because: &str, names: impl Iterator<Item = &'a Valued<String>>, problems: &mut Problems) {
    let mut seen: Vec<&Valued<String>> = Vec::new();
    let mut names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    names.sort_by_key(|name| name.origin.span().map(|span| span.range.start));
    for name in names {
        match seen.iter().find(|known| known.value == name.value) {
            None => seen.push(name),
            Some(first) => {
                let code = if noun == "path" { "site/duplicate-path" } else { "site/duplicate-name" };
                problems.push(
                    Problem::new(code, format!("the {noun} `{}` is there twice", name.value))
                        .at(&name.origin, "again here")
                        .related(&first.origin, "first here")
                        .help(format!("remove one of them: {because}")),
                );
            }
        }
    }
}

fn user(view: &View, context: &Context, access: Option<&Access>, problems: &mut Problems) -> ExtraUser {
    let name: Valued<String> = view.known("name");
    report_taken(&name, access, problems);
    let home = view.value("home").unwrap_or_else(|| Valued::default(format!("/home/{}", name.value)));
    ExtraUser {
        uid: view.value("uid"),
        shell: view.known("shell"),
        home,
        home_mode: view.mode("home_mode"),
        groups: view.added("groups"),
        keys: keys(view, "keys", "users.keys", context.sources, problems),
        sudo: view.node("sudo").and_then(|node| sudo(node, problems)),
        name,
    }
}

fn report_taken(name: &Valued<String>, access: Option<&Access>, problems: &mut Problems) {
    let admin = access.map(|access| ("the admin of [access]", &access.admin));
    let service =
        access.and_then(|access| access.service.as_ref()).map(|service| ("the service user of [access]", service));
    let taken = [admin, service].into_iter().flatten().find(|(_, user)| user.value == name.value && !name.is_empty());
    let problem = match taken {
        Some((who, user)) => Problem::new("site/duplicate-name", format!("`{}` is already {who}", name.value))
            .related(&user.origin, "here"),
        None if name.value == "root" => Problem::new("site/duplicate-name", "`root` is not a user that piton makes"),
        None => return,
    };
    problems.push(problem.at(&name.origin, "taken").help("remove this entry, or give the user another name"));
}

/// Reads `"all"` or commands; sudo ignores the whole file when one of them has no full path.
fn sudo(node: &Node, problems: &mut Problems) -> Option<Valued<Vec<String>>> {
    let commands: Vec<String> = match &node.data {
        Data::Text(text) => vec![text.clone()],
        Data::List(nodes) => nodes.iter().filter_map(|node| command(node, problems)).collect(),
        _ => return None,
    };
    Some(Valued { value: commands, origin: node.origin.clone() })
}

fn command(node: &Node, problems: &mut Problems) -> Option<String> {
    let text = node.text()?;
    if text.starts_with('/') {
        return Some(text.to_owned());
    }
    let help = if text == "all" {
        "write sudo = \"all\", without brackets"
    } else {
        "write the full path, as `which` shows it"
    };
    problems.push(
        Problem::new("site/bad-path", format!("sudo wants `{text}` with its full path"))
            .at(&node.origin, "no full path")
            .help(help),
    );
    None
}

fn group(view: &View) -> ExtraGroup {
    ExtraGroup { name: view.known("name"), gid: view.value("gid"), system: view.known("system") }
}

fn directory(view: &View) -> ExtraDirectory {
    ExtraDirectory {
        path: view.known("path"),
        owner: view.known("owner"),
        group: view.known("group"),
        mode: view.mode("mode"),
    }
}

fn file(view: &View, context: &Context, problems: &mut Problems) -> ExtraFile {
    let path: Valued<String> = view.known("path");
    let content = match (view.node("content"), view.node("source")) {
        (Some(content), Some(source)) => {
            problems.push(
                Problem::new("site/content-twice", format!("`{}` has both `content` and `source`", path.value))
                    .at(&source.origin, "and a source")
                    .related(&content.origin, "a content")
                    .help("keep one of them"),
            );
            None
        }
        (Some(content), None) => content.text().map(|text| (text, &content.origin)),
        (None, Some(source)) => {
            source_text(source, "files.source", context.sources, problems).map(|text| (text, &source.origin))
        }
        (None, None) if view.has("content") || view.has("source") => None,
        (None, None) => {
            problems.push(
                Problem::new("site/missing-key", format!("`{}` has neither `content` nor `source`", path.value))
                    .at(&view.origin, "what is in it?")
                    .help("add content = \"…\", or source = \"files/NAME\""),
            );
            None
        }
    };
    let (text, origin) = content.unwrap_or(("", &Origin::Default));
    ExtraFile {
        path,
        content: Valued { value: text.to_owned(), origin: origin.clone() },
        owner: view.known("owner"),
        group: view.known("group"),
        mode: view.mode("mode"),
        reloads: view.added("reloads"),
    }
}

fn link(view: &View) -> ExtraLink {
    ExtraLink { path: view.known("path"), target: view.known("target") }
}

fn cron(view: &View) -> CronJob {
    CronJob {
        name: view.known("name"),
        schedule: view.known("schedule"),
        user: view.known("user"),
        command: view.known("command"),
    }
}

fn timer(view: &View) -> TimerJob {
    TimerJob {
        name: view.known("name"),
        calendar: view.known("calendar"),
        user: view.known("user"),
        command: view.known("command"),
    }
}

fn unit(view: &View, problems: &mut Problems) -> ExtraUnit {
    let unit = ExtraUnit { name: view.known("name"), enabled: view.value("enabled"), active: view.value("active") };
    if !view.has("enabled") && !view.has("active") {
        problems.push(
            Problem::new(
                "site/missing-key",
                format!("the unit `{}` is named, but nothing is said about it", *unit.name),
            )
            .at(&view.origin, "neither `enabled` nor `active`")
            .help("add enabled = true, or active = true, or both"),
        );
    }
    unit
}
