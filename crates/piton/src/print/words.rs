//! A step in words: what kind of thing, which one, and what becomes of it.

use super::text::count;
use piton_plan::kind::Sshd;
use piton_plan::stack::Stack;
use piton_plan::{Difference, Resource, Step, Verb};

/// How many differences are told; the rest is counted, and `--diff` shows the texts.
const TOLD: usize = 8;

/// What a step says of itself in one line.
#[derive(Debug, PartialEq)]
pub(super) struct Words {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) what: String,
}

pub(super) fn of(step: &Step) -> Words {
    let name = name(&step.resource);
    let what = match step.verb {
        Verb::Add => made(step).unwrap_or_else(|| differences(&name, &step.differences)),
        Verb::Change => differences(&name, &step.differences),
        Verb::Remove => removed(&step.resource),
    };
    Words { kind: kind(&step.resource), name, what }
}

pub(super) fn kind(resource: &Resource) -> &'static str {
    kind_word(&resource.key().kind)
}

/// The short word for a kind, for whoever has only its key.
pub(super) fn kind_word(kind: &str) -> &'static str {
    match kind {
        "package" => "package",
        "group" => "group",
        "user" => "user",
        "authorized_keys" => "keys",
        "sudoers" => "sudo",
        "directory" => "folder",
        "file" => "file",
        "link" => "link",
        "sysctl" => "sysctl",
        "time_zone" => "clock",
        "updates" => "updates",
        "wireguard" => "mesh",
        "docker_daemon" => "docker",
        "cron" => "cron",
        "timer" => "timer",
        "unit" => "unit",
        "filter_rule" | "filter_policy" => "filter",
        "sshd" => "ssh",
        "jail" => "fail2ban",
        "stack" => "stack",
        _ => "resource",
    }
}

fn name(resource: &Resource) -> String {
    match resource {
        // Their kind says it all.
        Resource::Sshd(_)
        | Resource::Jail(_)
        | Resource::Updates(_)
        | Resource::TimeZone(_)
        | Resource::DockerDaemon(_) => String::new(),
        other => other.key().name,
    }
}

/// What is made where nothing was, when that says more than its differences from nothing.
fn made(step: &Step) -> Option<String> {
    match &step.resource {
        Resource::Sshd(sshd) => Some(sshd_words(sshd, &step.differences)),
        Resource::Package(_) => Some("installed".into()),
        Resource::FilterRule(rule) => Some(rule.comment.as_ref().map(|why| format!("({why})")).unwrap_or_default()),
        Resource::FilterPolicy(policy) => {
            let others = if policy.only.is_some() { "; rules that the site does not name go" } else { "" };
            Some(format!("on, incoming {}, outgoing {}{others}", policy.incoming, policy.outgoing))
        }
        Resource::File(file) => Some(format!(
            "{} {}:{}, {}",
            file.file.mode,
            file.file.owner,
            file.file.group,
            count(file.file.content.lines().count(), "line")
        )),
        Resource::Sysctl(sysctl) => Some(count(sysctl.values.len(), "kernel parameter")),
        Resource::Updates(_) => Some("security updates install themselves".into()),
        Resource::Wireguard(mesh) => {
            let peers: Vec<&str> = mesh.peers.iter().map(|peer| peer.host.as_str()).collect();
            let peers = if peers.is_empty() { "no peer yet".into() } else { format!("joined to {}", peers.join(", ")) };
            Some(format!("{} by udp {}, {peers}", mesh.address, mesh.port))
        }
        Resource::DockerDaemon(_) => Some("daemon.json, and the engine runs".into()),
        Resource::Sudoers(_) => Some("checked by visudo".into()),
        Resource::Jail(_) => Some("bans who guesses passwords".into()),
        Resource::Cron(job) => Some(format!("{} as {}: {}", job.schedule, job.user, job.command)),
        Resource::Timer(job) => Some(format!("{} as {}: {}", job.calendar, job.user, job.command)),
        Resource::Link(link) => Some(format!("to {}", link.target)),
        Resource::Stack(stack) => Some(stack_words(stack)),
        _ => None,
    }
}

/// What a stack brings: its containers by name and version, or its units.
fn stack_words(stack: &Stack) -> String {
    let version = |reference: &str| reference.rsplit('/').next().unwrap_or(reference).to_owned();
    let containers = stack.containers.iter().map(|it| version(&it.image.reference));
    let units = stack.units.iter().map(|unit| unit.name.clone());
    enumerated(containers.chain(units).collect())
}

/// sshd's settings by what they will be, those first that decide who gets in.
fn sshd_words(sshd: &Sshd, found: &[Difference]) -> String {
    const FIRST: [&str; 4] = ["permitrootlogin", "passwordauthentication", "pubkeyauthentication", "allowusers"];
    let mut settings: Vec<&(String, String)> = sshd.settings.iter().collect();
    let place = |keyword: &str| FIRST.iter().position(|first| keyword.eq_ignore_ascii_case(first));
    settings.sort_by_key(|(keyword, _)| place(keyword).unwrap_or(FIRST.len()));
    let port = found.iter().find(|found| found.field == "port").map(|found| difference("", found));
    let told = settings.iter().map(|(keyword, value)| format!("{keyword} {}", short(value)));
    enumerated(port.into_iter().chain(told).collect())
}

fn removed(resource: &Resource) -> String {
    match resource {
        Resource::Package(_) => "taken away again".into(),
        Resource::FilterRule(_) => "no longer in the site".into(),
        Resource::Stack(_) => "left the site: its containers go, its data stays".into(),
        Resource::User(user) => {
            format!("left the site: becomes what it was before piton; what is in {} stays", user.home)
        }
        _ => "left the site: becomes what it was before piton".into(),
    }
}

/// The differences of a resource that is called `name`.
pub(super) fn differences(name: &str, found: &[Difference]) -> String {
    // What a file of a resource says is what its other differences say, where there are any; what the
    // file says that is itself the resource, nothing else does.
    let facts = found.iter().filter(|difference| !is_content(difference)).count();
    let told = found.iter().filter(|difference| facts == 0 || !is_content(difference) || difference.field == name);
    let (stopped, others): (Vec<&Difference>, Vec<&Difference>) = told.partition(|found| is_stopped_container(found));
    match stopped.len() {
        0 | 1 => enumerated(stopped.into_iter().chain(others).map(|found| difference(name, found)).collect()),
        _ => {
            // All by name, however many there are: each is something that is away right now.
            let names: Vec<&str> = stopped.iter().map(|found| found.field.trim_start_matches(CONTAINER)).collect();
            let words = format!("{}s {} stopped → running", CONTAINER.trim_end(), names.join(", "));
            enumerated(std::iter::once(words).chain(others.into_iter().map(|found| difference(name, found))).collect())
        }
    }
}

const CONTAINER: &str = "container ";

fn is_stopped_container(found: &Difference) -> bool {
    found.field.starts_with(CONTAINER)
        && found.from.as_deref() == Some("stopped")
        && found.to.as_deref() == Some("running")
}

/// The first few, and how many more there are.
fn enumerated(told: Vec<String>) -> String {
    let surplus = told.len().saturating_sub(TOLD + 1);
    let mut words = told.iter().take(told.len() - surplus).cloned().collect::<Vec<_>>().join(", ");
    if surplus > 0 {
        words.push_str(&format!(", and {surplus} more"));
    }
    words
}

/// Whether this is the text of a file, told by its path.
fn is_content(difference: &Difference) -> bool {
    difference.field.starts_with('/') && !difference.field.contains(' ')
}

fn difference(name: &str, found: &Difference) -> String {
    if is_content(found) {
        return content(name, found);
    }
    // Its own name has been said already.
    let field = found.field.strip_prefix(name).filter(|_| !name.is_empty()).and_then(|rest| rest.strip_prefix(' '));
    let field = field.unwrap_or(&found.field);
    match (&found.from, &found.to) {
        (Some(from), Some(to)) if !from.is_empty() => format!("{field} {} → {}", short(from), short(to)),
        (_, Some(to)) => format!("{field} {}", short(to)),
        (Some(from), None) => format!("no {field} {}", short(from)),
        (None, None) => field.to_owned(),
    }
}

/// How much of a file changes; its own name is left out where it has been said already.
fn content(name: &str, found: &Difference) -> String {
    let file = found.field.rsplit('/').next().unwrap_or(&found.field);
    let file = if found.field == name { String::new() } else { format!("{file} ") };
    let lines = |sign: char, header: &str| {
        let text = found.text.as_deref().unwrap_or_default();
        text.lines().filter(|line| line.starts_with(sign) && !line.starts_with(header)).count()
    };
    match (&found.from, &found.text) {
        (None, _) => format!("{file}is missing"),
        (_, None) => format!("{file}has other content"),
        _ => format!("{file}+{} −{} lines", lines('+', "+++"), lines('-', "---")),
    }
}

/// Long values by how they begin, and lists such as ciphers by how many there are.
fn short(value: &str) -> String {
    const LONGEST: usize = 40;
    match value.char_indices().nth(LONGEST) {
        Some(_) if value.contains(',') && !value.contains(' ') => format!("({})", value.split(',').count()),
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_plan::Mode;
    use piton_plan::kind::User;

    #[test]
    fn every_container_that_stopped_is_named() {
        let stopped = |name: u32| Difference::change(&format!("container c{name}"), "stopped", "running");
        let many: Vec<Difference> = (0..16).map(stopped).collect();
        let said = differences("infra", &many);
        assert!(said.starts_with("containers c0, c1, ") && said.ends_with(", c15 stopped → running"), "{said}");
        assert_eq!(differences("infra", &many[..1]), "container c0 stopped → running");
    }

    #[test]
    fn of_a_user_who_leaves_the_site_it_is_said_what_stays() {
        let user = User {
            name: "backup".into(),
            uid: None,
            shell: "/bin/bash".into(),
            home: "/home/backup".into(),
            home_mode: Mode(0o750),
            groups: Default::default(),
            forbidden_groups: Default::default(),
        };
        let said = removed(&user.into());
        assert!(said.contains("what is in /home/backup stays"), "{said}");
    }
}
