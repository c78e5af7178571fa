//! The tree against the list of keys: what does not exist, what is of the wrong type, what is missing.
//!
//! Everything found is reported and marked broken, so that `resolve/` only meets values of the
//! right type. What depends on other values is not looked at here.

use crate::Origin;
use crate::keys::{Form, Key, REQUIRED, SECTIONS, Section, section};
use crate::kind::{Kind, text_fault};
use crate::near::nearest;
use crate::problem::{Problem, Problems};
use crate::tree::{Data, Entry, Node, Table};

/// Checks a site file, and that what must be there is there.
pub(crate) fn check_site(root: &mut Table, problems: &mut Problems) {
    check_layer(root, problems);
    for section in SECTIONS.iter().filter(|section| section.form == Form::Once) {
        let entry = root.entry(section.name);
        let table = entry.and_then(|entry| entry.node.table());
        for key in section.keys.iter().filter(|key| key.otherwise == REQUIRED) {
            let wrong_type = entry.is_some() && table.is_none();
            if !wrong_type && table.is_none_or(|table| table.entry(key.name).is_none()) {
                problems.push(missing(
                    section,
                    key,
                    entry.map(|entry| &entry.key_origin),
                    &format!("[{}]", section.name),
                ));
            }
        }
    }
}

/// Checks one layer, ours or the user's; a layer may leave anything out.
pub(crate) fn check_layer(root: &mut Table, problems: &mut Problems) {
    let names: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
    refuse_unknown_keys(root, "a site", &names, problems);
    for entry in &mut root.entries {
        match section(&entry.key) {
            Some(section) if section.form == Form::Hosts => check_hosts(entry, section, problems),
            Some(section) if section.form == Form::Named => check_named(entry, section, problems),
            Some(section) => check_section(entry, section, section.name, problems),
            None => {}
        }
    }
}

/// Checks a file that says what counts for `piton check`; what it says to the gate is the gate's to judge.
pub(crate) fn check_settings(root: &mut Table, problems: &mut Problems) {
    refuse_unknown_keys(root, "piton.toml", &["check", "gate"], problems);
    for entry in &mut root.entries {
        if let Some(section) = section(&entry.key) {
            check_section(entry, section, section.name, problems);
        }
    }
}

fn check_section(entry: &mut Entry, section: &Section, path: &str, problems: &mut Problems) {
    match (section.form, &mut entry.node.data) {
        (_, Data::Broken) => {}
        (Form::Layered | Form::Parameters, Data::Bool(_)) | (Form::Parameters, Data::Table(_)) => {}
        (Form::Entries, Data::List(nodes)) => {
            for node in nodes {
                check_entry(node, section, path, problems);
            }
        }
        (Form::Once | Form::Layered, Data::Table(table)) => {
            check_keys(table, section.keys, path, &format!("[{path}]"), problems)
        }
        _ => {
            let (wanted, help) = match section.form {
                Form::Entries => ("a list of tables", format!("write [[{path}]] above each entry")),
                Form::Once => ("a table", format!("write [{path}] and its keys below")),
                _ => ("a table, or false to switch it off", format!("write [{path}] and its keys below")),
            };
            wrong_type(entry, path, wanted, help, problems);
        }
    }
}

fn wrong_type(entry: &mut Entry, path: &str, wanted: &str, help: String, problems: &mut Problems) {
    let what = format!("`{path}` must be {wanted}, not {}", entry.node.type_name());
    let under = format!("this is {}", entry.node.type_name());
    problems.push(Problem::new("site/wrong-type", what).at(&entry.node.origin, under).help(help));
    entry.node.data = Data::Broken;
}

fn check_entry(node: &mut Node, section: &Section, path: &str, problems: &mut Problems) {
    let origin = node.origin.clone();
    let Data::Table(table) = &mut node.data else {
        let what = format!("each entry of `{path}` must be a table, not {}", node.type_name());
        problems.push(
            Problem::new("site/wrong-type", what)
                .at(&origin, format!("this is {}", node.type_name()))
                .help(format!("write [[{path}]] above each entry")),
        );
        node.data = Data::Broken;
        return;
    };
    check_keys(table, section.keys, path, &format!("[[{path}]]"), problems);
    // Our own layers hold one nameless entry, from which the others start.
    if origin.span().is_some() {
        for key in section.keys.iter().filter(|key| key.otherwise == REQUIRED && table.entry(key.name).is_none()) {
            problems.push(missing(section, key, Some(&origin), &format!("this entry of `{path}`")));
        }
    }
}

fn check_keys(table: &mut Table, keys: &[Key], path: &str, place: &str, problems: &mut Problems) {
    let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
    refuse_unknown_keys(table, place, &names, problems);
    for entry in &mut table.entries {
        if let Some(key) = keys.iter().find(|key| key.name == entry.key) {
            key.kind.check(&mut entry.node, &format!("{path}.{}", key.name), problems);
        }
    }
}

fn check_hosts(entry: &mut Entry, section: &Section, problems: &mut Problems) {
    let Data::Table(hosts) = &mut entry.node.data else {
        let help = "write [hosts.NAME] and its keys below".to_owned();
        return wrong_type(entry, "hosts", "a table of hosts", help, problems);
    };
    for host in &mut hosts.entries {
        check_host_name(host, problems);
        let path = format!("hosts.{}", host.key);
        let origin = host.key_origin.clone();
        let Data::Table(table) = &mut host.node.data else {
            let help = format!("write [{path}] and address = \"…\" below");
            wrong_type(host, &path, "a table", help, problems);
            continue;
        };
        refuse_unknown_keys(table, "a host", &host_keys(section), problems);
        for entry in &mut table.entries {
            check_host_key(entry, section, &path, problems);
        }
        if origin.span().is_some() {
            for key in section.keys.iter().filter(|key| key.otherwise == REQUIRED && table.entry(key.name).is_none()) {
                problems.push(missing(section, key, Some(&origin), &format!("the host `{}`", host.key)));
            }
        }
    }
}

/// `[services.NAME]` and its like: the names are the user's, the keys below them are not.
fn check_named(entry: &mut Entry, section: &Section, problems: &mut Problems) {
    let name = section.name;
    let Data::Table(tables) = &mut entry.node.data else {
        let help = format!("write [{name}.NAME] and its keys below");
        return wrong_type(entry, name, "a table of tables", help, problems);
    };
    for named in &mut tables.entries {
        let path = format!("{name}.{}", named.key);
        if let Some(fault) = text_fault(Kind::Name, &named.key) {
            let what = format!("`{path}` does not work as a name");
            problems.push(Problem::new(fault.code, what).at(&named.key_origin, fault.under).help(fault.help));
        }
        let origin = named.key_origin.clone();
        let Data::Table(table) = &mut named.node.data else {
            let help = format!("write [{path}] and its keys below");
            wrong_type(named, &path, "a table", help, problems);
            continue;
        };
        check_keys(table, section.keys, &path, &format!("[{path}]"), problems);
        if origin.span().is_some() {
            for key in section.keys.iter().filter(|key| key.otherwise == REQUIRED && table.entry(key.name).is_none()) {
                problems.push(missing(section, key, Some(&origin), &format!("[{path}]")));
            }
        }
    }
}

fn check_host_key(entry: &mut Entry, hosts: &Section, path: &str, problems: &mut Problems) {
    let place = format!("{path}.{}", entry.key);
    if entry.key == "mesh" && matches!(entry.node.data, Data::Bool(false)) {
        return;
    }
    if let Some(key) = hosts.key(&entry.key) {
        key.kind.check(&mut entry.node, &place, problems);
    } else if let Some(section) = section(&entry.key) {
        check_section(entry, section, &place, problems);
    }
}

/// Lists what may stand under a host: its own keys, and every section that is not for the whole site.
fn host_keys(hosts: &Section) -> Vec<&'static str> {
    let sections = SECTIONS.iter().filter(|section| section.per_host() && hosts.key(section.name).is_none());
    hosts.keys.iter().map(|key| key.name).chain(sections.map(|section| section.name)).collect()
}

/// A host's name is used in file names, as a word in rules, and as the lab's host name.
fn check_host_name(host: &Entry, problems: &mut Problems) {
    let fits = !host.key.is_empty()
        && host.key.len() <= 63
        && host.key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        && !host.key.starts_with('-')
        && !host.key.ends_with('-');
    let taken = ["mesh", "any", "anywhere"].contains(&host.key.as_str());
    if !fits {
        problems.push(
            Problem::new("site/bad-host-name", format!("`{}` does not work as the name of a host", host.key))
                .at(&host.key_origin, "not a host name")
                .help("use letters, digits and `-`, at most 63; dots belong into `address`"),
        );
    } else if taken && host.key_origin.span().is_some() {
        problems.push(
            Problem::new(
                "site/bad-host-name",
                format!("a host cannot be called `{}`: the word means something in rules", host.key),
            )
            .at(&host.key_origin, "taken")
            .help("give the host another name"),
        );
    }
}

/// Reports keys that do not exist where they stand. A misspelt key then stands for the one that was
/// meant, so that nobody complains a second time that it is missing.
pub(crate) fn refuse_unknown_keys(table: &mut Table, place: &str, names: &[&str], problems: &mut Problems) {
    for position in 0..table.entries.len() {
        let entry = &table.entries[position];
        if names.contains(&entry.key.as_str()) {
            continue;
        }
        let meant = nearest(&entry.key, names.iter().copied());
        problems.push(unknown_key(entry, place, meant, names));
        let free = meant.filter(|name| table.entry(name).is_none()).map(str::to_owned);
        let entry = &mut table.entries[position];
        entry.node.data = Data::Broken;
        if let Some(name) = free {
            entry.key = name;
        }
    }
}

fn unknown_key(entry: &Entry, place: &str, meant: Option<&str>, names: &[&str]) -> Problem {
    let elsewhere: Vec<String> = SECTIONS
        .iter()
        .filter(|section| section.form != Form::Entries && section.key(&entry.key).is_some())
        .map(|section| format!("`{}`", section.path(&entry.key)))
        .collect();
    let help = match (meant, elsewhere.is_empty()) {
        (Some(_), _) => "check the spelling, or remove the line".to_owned(),
        (None, true) => "remove the line".to_owned(),
        (None, false) => format!("if {} is meant, move the line there", elsewhere.join(" or ")),
    };
    Problem::new("site/unknown-key", format!("{place} has no key `{}`", entry.key))
        .at(&entry.key_origin, "not a known key")
        .note(format!("keys: {}", names.join(", ")))
        .suggest(meant)
        .help(help)
}

fn missing(section: &Section, key: &Key, origin: Option<&Origin>, place: &str) -> Problem {
    let problem = Problem::new("site/missing-key", format!("{place} has no `{}`", key.name));
    let problem = match origin {
        Some(origin) => problem.at(origin, format!("`{}` is missing", key.name)),
        None => problem,
    };
    let lead = if section.form == Form::Once && origin.is_none() {
        format!("write [{}] and ", section.name)
    } else {
        "add ".to_owned()
    };
    problem.note(format!("{}: {}", key.name, key.brief)).help(format!("{lead}{} = {}", key.name, key.example))
}
