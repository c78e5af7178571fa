//! Either half is killed at every step: the journal says what was done, and the next plan is right.

use crate::rehearsal::{Rehearsal, Said, skipped, steps};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// A site that needs no package that is not there, so that killing at every step stays affordable;
/// its steps are of every sort: plain, guarded, bridged, narrowing.
const SITE: &str = r#"
[site]
name = "NAME"

[access]
admin = "adminclaw"
keys = ["keys/operator.pub"]

[ssh]
port = 222

[ssh.settings]
PermitRootLogin = "no"
MaxAuthTries = 3

[sysctl]
"net.ipv4.tcp_syncookies" = 1

[hosts.one]
address = "203.0.113.10"

[[hosts.one.directories]]
path = "/srv/data"
owner = "root"
group = "root"
mode = "0750"

[[hosts.one.files]]
path = "/srv/data/one"
content = "one\n"

[[hosts.one.files]]
path = "/srv/data/two"
content = "two\n"

[[hosts.one.cron]]
name = "tidy"
schedule = "@daily"
user = "root"
command = "/bin/true"
"#;

#[test]
fn a_host_whose_half_dies_at_any_step_puts_itself_back() {
    if skipped() {
        return;
    }
    let rehearsal = Rehearsal::of(&SITE.replace("NAME", "half-dies"), "debian-12");
    let plan = rehearsal.plan();
    let whole = steps(&plan, "one");
    assert!(whole.len() >= 8, "the site has steps enough to be cut at: {whole:?}");
    // The first change brings the guard's units, which stay.
    die(&rehearsal, "die-before:0");
    let before = fingerprint(&rehearsal);
    for number in 0..told(&plan) {
        for when in ["before", "after"] {
            let drill = format!("die-{when}:{number}");
            let said = die(&rehearsal, &drill);
            assert_eq!(said.code, 5, "{drill}: {}{}", said.out, said.err);
            assert_eq!(fingerprint(&rehearsal), before, "{drill}");
            assert_eq!(last_outcome(&rehearsal), "undone", "{drill}");
            assert_eq!(rehearsal.planned("one"), whole, "{drill}");
        }
    }
    rehearsal.apply().ok();
}

/// Without the guard the journal alone says how far it came, and the next plan starts from there.
#[test]
fn without_a_guard_a_dead_half_leaves_a_true_journal_and_a_right_next_plan() {
    if skipped() {
        return;
    }
    let rehearsal = Rehearsal::of(&SITE.replace("NAME", "no-guard"), "debian-12");
    let whole = rehearsal.planned("one");
    let unguarded = |drill: &str| rehearsal.piton(&["apply", "--lab", "--yes", "--no-guard", "--drill", drill]);
    let mut left = whole.clone();
    let mut cuts = 0;
    while !left.is_empty() {
        // Cut before the first step that is left: it is begun in the journal, and was not done.
        let said = unguarded("die-before:0");
        assert_eq!(said.code, 7, "{}{}", said.out, said.err);
        assert_eq!(rehearsal.planned("one"), left, "a step that never ran is planned again");
        // Cut after it: it was done, and not noted as done.
        unguarded("die-after:0");
        let next = rehearsal.planned("one");
        // A bridge is the first half of a step, so the step is still there after it.
        assert!(next == left[1..] || next == left, "after {:?} came {next:?}", left.first());
        assert_eq!(last_outcome(&rehearsal), "interrupted");
        left = next;
        cuts += 1;
        assert!(cuts <= 2 * whole.len(), "it does not come closer: {left:?}");
    }
    let said = rehearsal.apply().ok();
    assert!(said.to_lowercase().contains("nothing to do"), "{said}");
}

/// How many steps the host will be told to do; bridges are steps of their own here.
fn told(plan: &serde_json::Value) -> usize {
    let stages = plan["hosts"][0]["stages"].as_array().unwrap();
    stages.iter().map(|stage| stage["steps"].as_array().unwrap().len()).sum()
}

fn die(rehearsal: &Rehearsal, drill: &str) -> Said {
    rehearsal.piton(&["apply", "--lab", "--yes", "--drill", drill])
}

#[test]
fn an_operator_who_is_killed_at_any_step_leaves_the_host_as_it_was() {
    if skipped() {
        return;
    }
    let rehearsal = Rehearsal::of(&SITE.replace("NAME", "operator-dies"), "debian-12");
    let plan = rehearsal.plan();
    let whole = steps(&plan, "one");
    let before = fingerprint(&rehearsal);
    for number in 0..told(&plan) {
        kill_operator_at(&rehearsal, number);
        // The host half hears that nobody is there and puts everything back, with its lock held.
        assert_eq!(fingerprint(&rehearsal), before, "killed at step {number}");
        assert_eq!(last_outcome(&rehearsal), "undone", "killed at step {number}");
        assert_eq!(rehearsal.planned("one"), whole, "killed at step {number}");
    }
    rehearsal.apply().ok();
}

/// Starts an apply and kills it, with nothing to say first, when a step is announced.
fn kill_operator_at(rehearsal: &Rehearsal, number: usize) {
    let mut command = rehearsal.command(&["apply", "--lab", "--yes", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = false;
    let mut heard = Vec::new();
    for line in lines.map_while(Result::ok) {
        let event: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        if event["event"] == "step_started" && event["step"] == number {
            child.kill().unwrap();
            seen = true;
            break;
        }
        heard.push(line);
    }
    child.wait().unwrap();
    assert!(seen, "step {number} was never announced, but:\n{}", heard.join("\n"));
}

fn last_outcome(rehearsal: &Rehearsal) -> String {
    let said = rehearsal.piton(&["history", "one", "--lab", "--json", "--limit", "1"]).ok();
    let history: serde_json::Value = serde_json::from_str(&said).unwrap();
    history["hosts"][0]["changes"][0]["outcome"].as_str().unwrap_or_else(|| panic!("no outcome in {said}")).to_owned()
}

/// What a reasonable person would compare: the files that the site touches, and what sshd does.
fn fingerprint(rehearsal: &Rehearsal) -> String {
    rehearsal.until_closed("one");
    let look = "getent passwd; getent group; find /etc/ssh /etc/sudoers.d /etc/cron.d /etc/sysctl.d /srv /home -xdev \
                -printf '%p %M %u %g %s\\n' | sort; sshd -T; ss -Hltn; sysctl -n net.ipv4.tcp_syncookies";
    rehearsal.on("one", look).ok()
}
