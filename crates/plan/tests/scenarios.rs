//! Scenario scripts: what people and hosts do, and the plans that follow, recorded.
//!
//! `tests/scenarios/NAME.txt` is the script, `NAME.snap` beside it what was said. A line is one command:
//!
//! ```text
//! want {"kind": "package", "name": "ufw"}     wants it, instead of what has the same name
//! drop package ufw                            wants it no longer
//! wait wireguard wg0: REASON                  wants it, but it cannot be decided yet
//! by-hand {"kind": …}                         somebody makes it, without piton
//! lose package ufw                            somebody takes it away
//! drift sshd ssh /listening = [22]            somebody changes one field of what is there
//! plan · apply                                shows the plan; carries it out
//! ```
#![allow(clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod sample;

use piton_plan::fake::FakeHost;
use piton_plan::{HostPlan, Key, Observed, Resource, StageName, Step, Verb, Wait};
use std::fmt::Write;
use std::path::Path;

struct Scenario {
    host: FakeHost,
    resources: Vec<Resource>,
    waits: Vec<Wait>,
}

impl Scenario {
    fn run(&mut self, line: &str) -> String {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        match command {
            "want" => {
                let resource: Resource = serde_json::from_str(rest).unwrap_or_else(|error| panic!("{line}: {error}"));
                self.forget(&resource.key());
                self.resources.push(resource);
            }
            "drop" => {
                let key = self.known(rest).key();
                self.forget(&key);
            }
            "wait" => {
                let (key, reason) = rest.split_once(": ").expect("wait KIND NAME: REASON");
                let key = self.known(key).key();
                self.forget(&key);
                self.waits.push(Wait { key, reason: reason.into() });
            }
            "by-hand" => {
                let resource: Resource = serde_json::from_str(rest).unwrap_or_else(|error| panic!("{line}: {error}"));
                self.host.drift(resource.key(), resource.settled(&resource.nothing()));
            }
            "lose" => {
                let resource = self.known(rest);
                self.host.drift(resource.key(), resource.nothing());
            }
            "drift" => self.drift(rest),
            "plan" => return listing(&self.plan()),
            "apply" => {
                let plan = self.plan();
                self.host.apply(&plan);
                return format!("now in generation {}\n", self.host.generation);
            }
            other => panic!("`{other}` is no command of a scenario"),
        }
        String::new()
    }

    fn plan(&self) -> HostPlan {
        let wanted = piton_plan::Wanted { waits: self.waits.clone(), ..sample::wanted(self.resources.clone()) };
        sample::plan(&wanted, &self.host).hosts.remove(0)
    }

    fn forget(&mut self, key: &Key) {
        self.resources.retain(|other| other.key() != *key);
        self.waits.retain(|other| other.key != *key);
    }

    /// A resource by `KIND NAME`, wanted or owned.
    fn known(&self, name: &str) -> Resource {
        let owned = self.host.look(&[]).owned.into_iter().map(|owned| owned.resource);
        let mut all = self.resources.iter().cloned().chain(owned);
        all.find(|resource| resource.key().to_string() == name).unwrap_or_else(|| panic!("{name} is not known"))
    }

    /// `KIND NAME /pointer = JSON`
    fn drift(&mut self, rest: &str) {
        let (place, value) = rest.split_once(" = ").expect("drift KIND NAME /field = JSON");
        let (name, pointer) = place.rsplit_once(" /").expect("drift KIND NAME /field = JSON");
        let resource = self.known(name);
        let view = self.host.look(std::slice::from_ref(&resource));
        let seen = view.observed.into_iter().find(|(key, _)| *key == resource.key()).expect("looked at").1;
        let mut json = serde_json::to_value(seen).expect("plain data");
        let field = json.pointer_mut(&format!("/{pointer}")).unwrap_or_else(|| panic!("no {pointer} in {name}"));
        *field = serde_json::from_str(value).expect("JSON");
        let seen: Observed = serde_json::from_value(json).expect("still what is seen of this kind");
        self.host.drift(resource.key(), seen);
    }
}

/// A plan in plain lines: everything that was decided, nothing about how it would look to a user.
fn listing(plan: &HostPlan) -> String {
    if plan.is_empty() && plan.waits.is_empty() {
        return "nothing to do\n".into();
    }
    let mut out = format!("on generation {}, then by {}\n", plan.parent, plan.login);
    for stage in &plan.stages {
        let name = match stage.name {
            StageName::Open => "open",
            StageName::Close => "close",
        };
        _ = writeln!(out, "{name}{}", if stage.is_guarded() { ", guarded" } else { "" });
        stage.steps.iter().for_each(|step| list_step(&mut out, step));
    }
    plan.forget.iter().for_each(|key| _ = writeln!(out, "forget {key}"));
    plan.waits.iter().for_each(|wait| _ = writeln!(out, "wait {}: {}", wait.key, wait.reason));
    out
}

fn list_step(out: &mut String, step: &Step) {
    let sign = match step.verb {
        Verb::Add => '+',
        Verb::Change => '~',
        Verb::Remove => '-',
    };
    let half = if step.bridge { " (first half)" } else { "" };
    let restarts: String = step.effect.restarts.iter().map(|unit| format!(", restarts {unit}")).collect();
    _ = writeln!(out, "  {sign} {}{half}{restarts}", step.resource.key());
    for difference in &step.differences {
        let side = |text: &Option<String>| text.as_deref().unwrap_or("nothing").to_owned();
        _ = writeln!(out, "      {}: {} → {}", difference.field, side(&difference.from), side(&difference.to));
    }
}

fn play(script: &str) -> String {
    let host = FakeHost::empty(sample::facts());
    let mut scenario = Scenario { host, resources: Vec::new(), waits: Vec::new() };
    let mut told = String::new();
    for line in script.lines() {
        _ = writeln!(told, "{}{line}", if line.is_empty() || line.starts_with('#') { "" } else { "> " });
        if !line.is_empty() && !line.starts_with('#') {
            told.push_str(&scenario.run(line));
        }
    }
    told
}

#[test]
fn scenarios_go_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut scripts: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of scripts")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    scripts.sort();
    assert!(!scripts.is_empty());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for script in scripts {
        let name = script.file_stem().expect("a name").to_string_lossy().into_owned();
        let told = play(&std::fs::read_to_string(&script).expect("a script"));
        settings.bind(|| insta::assert_snapshot!(name, told));
    }
}
