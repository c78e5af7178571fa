//! Canaries: every secret of a rehearsal, looked for wherever anybody could come across it.
//!
//! The values are those of the lab's own `secrets.age`, opened with its key. They may be where a program reads them: in files
//! of root's or their owner's alone, and in what Docker shows to root of a container's variables. Nowhere else: not in a word
//! that piton said in the whole run, nor in its plans, nor in any process's arguments, journal, log or label.

use crate::rehearsal::Rehearsal;
use piton_secrets::{Identity, Secrets, open};
use std::collections::BTreeMap;

/// Where on a host nobody may find one, and what prints it.
const PLACES: &[(&str, &str)] = &[
    ("the process list", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"),
    ("what was ever started while it was watched", "cat /run/canaries/seen"),
    ("the journal", "journalctl --no-pager --output=cat"),
    ("what containers said", "for it in $(docker ps --all --quiet); do docker logs $it; done"),
    (
        "what Docker tells of containers besides their variables",
        "docker inspect --format '{{json .Args}} {{json .Config.Cmd}} {{json .Config.Entrypoint}} {{json .Config.Labels}} \
         {{json .Config.Healthcheck}} {{json .State}} {{json .Mounts}} {{json .HostConfig}}' $(docker ps --all --quiet)",
    ),
    ("what Docker noted of what was run in them", "docker events --since 0 --until $(date +%s)"),
    (
        "how images were made",
        "docker image ls --quiet | sort -u | xargs -r -n1 docker image history --no-trunc --format '{{.CreatedBy}}'",
    ),
    ("the compose files", "find / -xdev -name 'docker-compose.yml' -exec cat {} +"),
    (
        "piton's journal, ledger and notes",
        "find /var/lib/piton -name kept -prune -o -path /var/lib/piton/bin -prune -o -path /var/lib/piton/images -prune \
         -o -type f -size -8M -exec cat {} +",
    ),
    (
        "files that all may read",
        "find / -xdev -type f -perm -o+r -not -path '/proc/*' -not -path '/sys/*' -not -path '/run/canaries/*' \
         -size -2M -exec cat {} +",
    ),
];

/// Notes every command line that comes by, fifty times a second.
const WATCH: &str = r#"
import glob, time
seen = set()
out = open("/run/canaries/seen", "a", buffering=1)
while True:
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            line = open(path, "rb").read().replace(b"\0", b" ")
        except OSError:
            continue
        if line and line not in seen:
            seen.add(line)
            out.write(line.decode(errors="replace") + "\n")
    time.sleep(0.02)
"#;

/// From here on what is started on a host is noted.
pub fn watch(rehearsal: &Rehearsal, host: &str) {
    let line = format!(
        "install -d -m 700 /run/canaries && cat > /run/canaries/watch.py <<'END'\n{WATCH}\nEND\n\
         systemd-run -q --collect --unit=canaries python3 /run/canaries/watch.py"
    );
    rehearsal.on(host, &line).ok();
}

/// The secrets of the rehearsal by their names.
fn values(rehearsal: &Rehearsal) -> BTreeMap<String, String> {
    let list = rehearsal.piton(&["lab", "list", "--json"]).ok();
    let told: serde_json::Value = serde_json::from_str(&list).unwrap();
    let lab = piton_lab::Lab::open(told["lab"].as_str().unwrap()).unwrap();
    let keys = Identity::read(&std::fs::read_to_string(lab.identity()).unwrap(), None).unwrap();
    let sealed = std::fs::read(lab.identity().with_file_name("secrets.age")).unwrap();
    let opened = open(&sealed, &keys).unwrap();
    let secrets = Secrets::read(std::str::from_utf8(&opened).unwrap()).unwrap();
    let of = |name: &str| (name.to_owned(), secrets.get(name).unwrap().reveal().to_owned());
    secrets.names().map(of).collect()
}

pub fn no_secret_is_seen(rehearsal: &Rehearsal, hosts: &[&str]) {
    let values = values(rehearsal);
    assert!(!values.is_empty() && values.values().all(|value| value.len() >= 16), "there are canaries to look for");
    // What piton can be asked about secrets and all that is made of them.
    for words in [
        &["plan", "--lab", "--diff"][..],
        &["plan", "--lab", "--json"],
        &["render", "--lab"],
        &["show", "--explain"],
        &["history", "--lab", "--json"],
        &["secrets", "list", "--lab", "--json"],
    ] {
        rehearsal.piton(words);
    }
    let said = rehearsal.said();
    for (name, value) in &values {
        assert!(!said.contains(value), "{name} is in what piton said");
    }
    let canaries: Vec<&str> = values.values().map(String::as_str).collect();
    for host in hosts {
        // The watch ends before the line comes by that brings the values themselves.
        rehearsal.on(host, "! systemctl is-active -q canaries || systemctl stop canaries").ok();
        let plant = format!(
            "install -d -m 700 /run/canaries && umask 077 && cat > /run/canaries/values <<'END'\n{}\nEND",
            canaries.join("\n")
        );
        rehearsal.on(host, &plant).ok();
        // A search that finds nothing anywhere has not searched: the files that programs read have them all.
        let kept = "find / -xdev -type f -not -perm /o+r -not -path '/proc/*' -not -path '/run/canaries/*' -size -2M -exec cat {} +";
        assert!(rehearsal.on(host, &search(kept)).out.lines().count() > 0, "{host} has been given secrets");
        for (place, shows) in PLACES {
            let found = rehearsal.on(host, &search(shows)).out;
            let names = values.iter().filter(|(_, value)| found.lines().any(|line| line == value.as_str()));
            let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
            assert!(names.is_empty(), "{host}: {place}: {}", names.join(", "));
        }
        rehearsal.on(host, "rm -r /run/canaries").ok();
    }
    eprintln!("{} secrets were looked for in {} places of {}", values.len(), PLACES.len(), hosts.join(", "));
}

fn search(shows: &str) -> String {
    format!("{{ {shows}; }} 2>&1 | grep -aoFf /run/canaries/values | sort -u")
}
