//! Checking files, as a person and as a program see it.

use crate::bench::Bench;

pub(crate) const COMPOSE: &str = "services:\n  db:\n    image: postgres:18-alpine\n    volumes: [\"data:/var/lib/postgresql/data\"]\nvolumes:\n  data: {}\n";

#[test]
fn a_finding_shows_its_line_why_and_what_to_do() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    insta::assert_snapshot!(bench.piton(&["check"]).all());
}

#[test]
fn nothing_found_is_said_and_is_a_success() {
    let bench = Bench::empty();
    bench.write("compose.yaml", "services:\n  web:\n    image: ghcr.io/acme/web:1.4.2\n");
    insta::assert_snapshot!(bench.piton(&["check", "compose.yaml"]).all());
}

#[test]
fn programs_get_one_object_with_every_field() {
    let bench = Bench::empty();
    bench.write("stack/compose.yaml", COMPOSE);
    let said = bench.piton(&["check", "stack", "--json"]);
    assert_eq!(said.code, Some(1));
    insta::assert_snapshot!(said.out);
}

#[test]
fn every_format_names_the_rule_and_the_place() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    for format in ["json", "sarif", "github", "gitlab", "junit"] {
        let said = bench.piton(&["check", "--format", format]);
        assert_eq!(said.code, Some(1), "{format}");
        assert!(
            said.out.contains("compose-postgres18-volume") && said.out.contains("compose.yaml"),
            "{format}: {}",
            said.out
        );
    }
    let sarif = bench.piton(&["check", "--format", "sarif"]).json();
    assert_eq!(sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"], 4);
}

#[test]
fn an_unsafe_fix_is_only_done_when_asked_for_and_shown_by_diff() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    assert_eq!(bench.piton(&["check", "--fix"]).code, Some(1));
    assert_eq!(std::fs::read_to_string(bench.path().join("compose.yaml")).unwrap(), COMPOSE);
    insta::assert_snapshot!(bench.piton(&["check", "--unsafe-fixes", "--diff"]).all());
    assert_eq!(std::fs::read_to_string(bench.path().join("compose.yaml")).unwrap(), COMPOSE);
    assert_eq!(bench.piton(&["check", "--unsafe-fixes"]).code, Some(0));
}

#[test]
fn a_comment_with_a_reason_silences_and_one_that_silences_nothing_is_told() {
    let bench = Bench::empty();
    let known = COMPOSE.replace(
        "    volumes: [",
        "    # piton: ignore[compose-postgres18-volume] our image sets PGDATA\n    volumes: [",
    );
    bench.write("compose.yaml", &known);
    assert_eq!(bench.piton(&["check"]).code, Some(0));
    bench.write("compose.yaml", &known.replace("postgres:18-alpine", "postgres:17-alpine"));
    let said = bench.piton(&["check"]);
    assert!(said.out.contains("suppression-unused"), "{}", said.all());
    // A page that shows how a Compose file does it is no Compose file.
    bench.write("compose.yaml", &known);
    bench.write("README.md", &format!("```yaml\n{known}\n```\n"));
    assert_eq!(bench.piton(&["check"]).code, Some(0));
    bench.write("README.md", "<!-- piton: ignore[text-duplicate-key] shown to nobody -->\n");
    assert!(bench.piton(&["check"]).out.contains("suppression-unused"));
}

#[test]
fn a_repository_decides_in_piton_toml_or_in_its_site() {
    for name in ["piton.toml", "site.toml"] {
        let bench = Bench::empty();
        bench.write("stack/compose.yaml", COMPOSE);
        bench.write(name, "[check]\nignore = [\"compose-postgres18-volume\"]\n");
        assert_eq!(bench.piton(&["check", "stack"]).code, Some(0), "{name}");
        bench.write(name, "[check]\nselect = [\"sshd\"]\n");
        assert_eq!(bench.piton(&["check", "stack"]).code, Some(0), "{name}");
        assert_eq!(bench.piton(&["check", "stack", "--select", "compose"]).code, Some(1), "{name}");
    }
}

#[test]
fn every_mistake_in_what_was_decided_has_its_line_and_what_was_probably_meant() {
    let bench = Bench::empty();
    bench.write("piton.toml", "[check]\nignroe = []\nstrict = \"yes\"\n");
    insta::assert_snapshot!(bench.piton(&["check"]).all());
    bench.write("piton.toml", "[check]\nignore = [\"compose-image-lates\", \"compse\"]\nexclude = [\"a[\"]\n");
    insta::assert_snapshot!(bench.piton(&["check"]).all());
    bench.write("piton.toml", "[check]\n");
    bench.write("site.toml", "[check]\n");
    insta::assert_snapshot!(bench.piton(&["check"]).all());
}

#[test]
fn a_pattern_that_can_have_no_effect_is_a_mistake_with_its_line() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    let patterns = "[check]\nexclude = [\"[\", \"./old/\"]\n\n[check.ignore_in]\n\"!lab/\" = [\"compose\"]\n";
    bench.write("piton.toml", patterns);
    insta::assert_snapshot!(bench.piton(&["check"]).all());
    for name in ["piton.toml", "site.toml"] {
        let bench = Bench::empty();
        bench.write(name, "[check]\nexclude = [\"!sub/\"]\n");
        let said = bench.piton(&["check"]);
        assert!(said.code == Some(2) && said.err.contains(&format!("{name}:2:12")), "{}", said.all());
        bench.write(name, "[check]\nexclude = [\"*.yaml\", \"!compose.yaml\"]\n");
        bench.write("compose.yaml", COMPOSE);
        bench.write("other.yaml", COMPOSE);
        let said = bench.piton(&["check", "--json"]).json();
        let paths: Vec<_> = said["findings"].as_array().unwrap().iter().map(|finding| &finding["path"]).collect();
        assert!(paths.iter().all(|path| *path != "other.yaml") && paths.iter().any(|path| *path == "compose.yaml"));
    }
}

#[test]
fn a_rule_that_is_selected_and_ignored_never_runs_which_is_said() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    let both = ["check", "--select", "compose-image-latest", "--ignore", "compose"];
    let said = bench.piton(&both);
    assert!(said.code == Some(2) && said.err.contains("`compose`, to which it belongs, is ignored"), "{}", said.all());
    assert_eq!(bench.piton(&["check", "--select", "compose", "--ignore", "compose-image-latest"]).code, Some(1));
    bench.write("piton.toml", "[check]\nselect = [\"compose-image-latest\", \"sshd\"]\nignore = [\"compose\"]\n");
    insta::assert_snapshot!(bench.piton(&["check"]).all());
    bench.write("piton.toml", "[check]\nselect = [\"compose\"]\n");
    let said = bench.piton(&["check", "--ignore", "compose"]);
    assert!(said.code == Some(2) && said.err.contains("no rule is left to run"), "{}", said.all());
}

#[test]
fn rules_may_count_nowhere_in_some_files_and_files_may_be_left_out() {
    let bench = Bench::empty();
    bench.write("lab/compose.yaml", COMPOSE);
    bench.write("piton.toml", "[check.ignore_in]\n\"lab/\" = [\"compose\"]\n");
    assert_eq!(bench.piton(&["check"]).code, Some(0));
    assert_eq!(bench.piton(&["check", "--unsafe-fixes"]).code, Some(0));
    assert_eq!(std::fs::read_to_string(bench.path().join("lab/compose.yaml")).unwrap(), COMPOSE);
    bench.write("piton.toml", "[check]\nexclude = [\"lab/\"]\n");
    insta::assert_snapshot!(bench.piton(&["check", ".", "lab/compose.yaml"]).all());
}

#[test]
fn a_rule_that_is_not_there_is_a_mistake_with_a_suggestion() {
    let said = Bench::empty().piton(&["check", "--select", "compose-postgres18-volumes"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("did you mean `compose-postgres18-volume`?"), "{}", said.err);
    let said = Bench::empty().piton(&["explain", "compose-priviledged"]);
    assert!(said.err.contains("did you mean `compose-privileged`?"), "{}", said.err);
}

#[test]
fn a_rule_explains_itself() {
    insta::assert_snapshot!(Bench::empty().piton(&["explain", "compose-caddy-caps"]).all());
    let said = Bench::empty().piton(&["explain", "compose-caddy-caps", "--json"]).json();
    assert_eq!((&said["schema"], &said["id"]), (&"piton.rule/1".into(), &"compose-caddy-caps".into()));
    let sides: Vec<_> = said["examples"].as_array().unwrap().iter().map(|example| example["bad"].as_bool()).collect();
    assert!(sides.contains(&Some(true)) && sides.contains(&Some(false)), "{said}");
    let rules = Bench::empty().piton(&["rules", "--json"]).json();
    let rules = rules.as_array().unwrap();
    assert!(rules.len() > 150 && rules.iter().all(|rule| rule["id"].is_string()), "{}", rules.len());
}

#[test]
fn a_file_from_stdin_has_the_name_that_it_is_given() {
    use std::io::Write;
    let bench = Bench::empty();
    let mut command = bench.command(&["check", "--stdin-filename", "compose.yaml", "--json"]);
    let mut child = command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(COMPOSE.as_bytes()).unwrap();
    let said = crate::bench::Said::of(child.wait_with_output().unwrap());
    assert_eq!(said.json()["findings"][0]["path"], "compose.yaml");
}

/// Things that a site can say and that are known to break.
const BAD_SITE: &str = r#"[site]
name = "home"
profile = "hardened"

[access]
admin = "operator"
keys = ["keys/operator.pub"]

[ssh]
port = 222

[docker.daemon]
iptables = false

[[files]]
path = "/opt/db/compose.yaml"
content = """
services:
  db:
    image: postgres:18-alpine
    volumes: ["data:/var/lib/postgresql/data"]
volumes:
  data: {}
"""

[[files]]
path = "/opt/n8n/compose.yaml"
source = "n8n.yaml"

[hosts.gateway]
address = "203.0.113.10"

[hosts.observe]
address = "203.0.113.20"
"#;

fn bad_site() -> Bench {
    let bench = Bench::with_site(BAD_SITE);
    bench.write("n8n.yaml", "services:\n  n8n:\n    image: ghcr.io/acme/automation:2.8.4\n    healthcheck:\n      test: [\"CMD\", \"wget\", \"-q\", \"http://localhost:5678/healthz\"]\n");
    bench
}

#[test]
fn what_a_site_would_write_is_told_at_the_line_that_makes_it_so() {
    insta::assert_snapshot!(bad_site().piton(&["check"]).all());
}

/// A site that places a compose file of its own, and in another folder.
fn site_with_template(template: &str) -> Bench {
    let bench = Bench::empty();
    let site = "[site]\nname = \"home\"\nprofile = \"hardened\"\n\n[access]\nadmin = \"operator\"\nkeys = [\"keys/operator.pub\"]\n\n\
                [docker]\n\n[services.notes]\nis = \"compose\"\ntemplates = { \"docker-compose.yml\" = \"./notes/c.yml\" }\n\n\
                [hosts.gateway]\naddress = \"203.0.113.10\"\n";
    bench.write("home/site.toml", site);
    bench.write("home/notes/c.yml", template);
    std::fs::create_dir(bench.path().join("home/keys")).unwrap();
    std::fs::copy(Bench::of_two().path().join("keys/operator.pub"), bench.path().join("home/keys/operator.pub"))
        .unwrap();
    bench
}

/// Something to find in a compose file that a site takes.
const TEMPLATE: &str =
    "services:\n  notes:\n    image: ghcr.io/acme/notes:1.4.2\n    healthcheck: { test: [\"CMD\", \"true\"] }\n";

#[test]
fn what_a_site_takes_from_a_file_of_its_own_is_told_there_and_once() {
    let on_the_line = TEMPLATE.replace(" }\n", ", interval: \"{{ host.name | length }}s\" }\n");
    for template in [TEMPLATE.to_owned(), TEMPLATE.replace("acme", "{{ site.name }}"), on_the_line] {
        let bench = site_with_template(&template);
        for words in [&["check"][..], &["check", "home/site.toml"]] {
            let said = bench.piton(&[words, &["--json"]].concat()).json();
            let places: Vec<_> =
                said["findings"].as_array().unwrap().iter().map(|found| (&found["path"], &found["line"])).collect();
            assert_eq!(places, [(&"home/notes/c.yml".into(), &4.into())], "{words:?}: {said}");
        }
        bench.write(
            "home/notes/c.yml",
            &template.replace("    health", "    # piton: ignore[compose] a test\n    health"),
        );
        let said = bench.piton(&["check", "home/site.toml", "--json"]).json();
        assert_eq!(said["findings"], serde_json::json!([]), "{said}");
    }
}

#[test]
fn what_is_found_again_and_again_on_a_host_names_the_host_once() {
    let again = TEMPLATE.replace("services:\n", "").replace("notes:", "more:");
    let bench = site_with_template(&format!("{TEMPLATE}{again}"));
    bench.write("piton.toml", "[check]\nexclude = [\"c.yml\"]\n");
    let said = bench.piton(&["check"]);
    assert!(said.out.contains("= on gateway\n") && !said.out.contains("gateway, gateway"), "{}", said.all());
}

#[test]
fn what_a_site_takes_from_a_file_that_is_left_out_is_told_at_its_own_line() {
    let bench = site_with_template(TEMPLATE);
    bench.write("piton.toml", "[check]\nexclude = [\"c.yml\"]\n");
    let said = bench.piton(&["check"]);
    assert!(said.out.contains("home/site.toml:11:11") && said.out.contains("there it is line 4 of"), "{}", said.all());
}

/// Runs a command with an ssh that writes down that it was called, and reaches nobody.
fn with_ssh(bench: &Bench, words: &[&str]) -> (crate::bench::Said, bool) {
    use std::os::unix::fs::PermissionsExt;
    bench.write("bin/ssh", "#!/bin/sh\ntouch \"$HOME/called\"\nexit 255\n");
    let ssh = bench.path().join("bin/ssh");
    std::fs::set_permissions(&ssh, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", ssh.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let said = crate::bench::Said::of(bench.command(words).env("PATH", path).output().unwrap());
    (said, bench.path().join("called").exists())
}

#[test]
fn apply_refuses_what_is_known_to_break_before_it_asks_any_host() {
    let bench = bad_site();
    let (said, was_called) = with_ssh(&bench, &["apply", "--yes"]);
    assert!(!was_called, "{}", said.all());
    insta::assert_snapshot!(said.all());
}

/// A plan for `gateway`, made of another site of the same name, that writes one file.
fn saved_plan(content: &str) -> String {
    use piton_plan::{Digest, Facts, FileSpec, HostView, Login, Observed, Resource, Wanted, kind};
    let file = kind::File { file: FileSpec::of_root("/opt/db/compose.yaml", content), reloads: Vec::new() };
    let login = Login { address: "203.0.113.10".into(), user: Some("operator".into()), port: Some(222) };
    let resources = vec![Resource::from(file)];
    let key = resources[0].key();
    let wanted = Wanted { host: "gateway".into(), login, resources, waits: Vec::new() };
    let observed = vec![(key, Observed::File(kind::file::Observed::default()))];
    let view = HostView { facts: Facts::assumed("gateway"), generation: 0, owned: Vec::new(), observed };
    let digest = Digest::of(b"another day");
    let plan = piton_plan::make("home", digest, env!("CARGO_PKG_VERSION"), &[(wanted, view)], Vec::new());
    serde_json::to_string(&plan).unwrap()
}

#[test]
fn a_saved_plan_of_another_day_is_judged_by_its_own_files() {
    let compose = |image: &str| {
        format!(
            "services:\n  db:\n    image: {image}\n    volumes: [\"data:/var/lib/postgresql/data\"]\nvolumes: {{ data: {{}} }}\n"
        )
    };
    let bench = bad_site();
    bench.write("good.json", &saved_plan(&compose("postgres:17-alpine")));
    let (said, was_called) = with_ssh(&bench, &["apply", "good.json", "--yes"]);
    assert!(was_called, "the site is bad by now, the plan is not: {}", said.all());
    let bench = bad_site();
    bench.write("site.toml", &BAD_SITE.replace("postgres:18", "postgres:17"));
    bench.write("bad.json", &saved_plan(&compose("postgres:18-alpine")));
    let (said, was_called) = with_ssh(&bench, &["apply", "bad.json", "--yes"]);
    assert!(!was_called && said.code == Some(1), "{}", said.all());
    assert!(said.err.contains("error[compose-postgres18-volume]") && said.err.contains("make it anew"), "{}", said.err);
}

#[test]
fn a_plan_shows_what_apply_will_refuse_and_is_made_all_the_same() {
    let bench = bad_site();
    let (said, was_called) = with_ssh(&bench, &["plan"]);
    assert!(was_called && said.code == Some(1), "{}", said.all());
    assert!(said.err.contains("error[compose-postgres18-volume]") && said.err.contains("site.toml:21"), "{}", said.err);
    assert!(said.err.contains("\n\n`piton apply` refuses this; the plan is shown all the same.\n\n"), "{}", said.err);
}

#[test]
fn a_reason_above_the_line_lets_a_site_say_what_it_means() {
    let bench = Bench::with_site(&BAD_SITE.replace(
        "    volumes: [",
        "    # piton: ignore[compose-postgres18-volume] our image sets PGDATA\n    volumes: [",
    ));
    bench.write("n8n.yaml", "services: {}\n");
    let (said, was_called) = with_ssh(&bench, &["apply", "--yes"]);
    assert!(was_called && !said.err.contains("compose-postgres18-volume"), "{}", said.all());
    let checked = bench.piton(&["check"]);
    assert!(!checked.out.contains("compose-postgres18") && !checked.out.contains("suppression"), "{}", checked.out);
}

#[test]
fn a_site_that_cannot_be_is_found_with_its_line_like_everything_else() {
    let bench = Bench::with_site(
        "[site]\nname = \"home\"\n\n[ssh]\nprot = 222\n\n[hosts.gateway]\naddress = \"203.0.113.10\"\n",
    );
    insta::assert_snapshot!(bench.piton(&["check"]).all());
}

/// The words of a step of action.yml, run as a runner would.
fn action_step(bench: &Bench, variables: &[(&str, &str)]) -> crate::bench::Said {
    let text = include_str!("../../../../action.yml");
    let action = piton_config::read::read("action.yml", text.as_bytes(), Some(piton_config::read::Kind::Yaml));
    let step = action.root().get("runs").unwrap().get("steps").unwrap().items().last().unwrap();
    let mut command = std::process::Command::new("bash");
    command.args(["-c", step.get("run").unwrap().text().unwrap()]).current_dir(bench.path());
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_piton")).parent().unwrap();
    command.env("PATH", format!("{}:{}", folder.display(), std::env::var("PATH").unwrap()));
    let inputs = action.root().get("inputs").unwrap();
    for (name, _) in step.get("env").unwrap().entries() {
        let name = name.text().unwrap();
        let default = inputs.get(&name.to_lowercase()).unwrap().get("default").unwrap().text().unwrap();
        let given = variables.iter().find(|(known, _)| *known == name).map_or(default, |(_, value)| value);
        command.env(name, given);
    }
    crate::bench::Said::of(command.output().unwrap())
}

#[test]
fn the_action_annotates_fails_and_runs_no_input_as_a_command() {
    let bench = Bench::empty();
    bench.write("stack one/compose.yaml", COMPOSE);
    bench.write("two/compose.yaml", COMPOSE);
    let said = action_step(&bench, &[]);
    assert_eq!(said.code, Some(1), "{}", said.all());
    assert_eq!(said.out.matches("::error file=").count(), 2, "{}", said.out);
    let said = action_step(&bench, &[("PATHS", "two $(touch made)"), ("ARGUMENTS", "--ignore compose;touch made")]);
    assert!(said.code == Some(2) && !bench.path().join("made").exists(), "{}", said.all());
    let said = action_step(&bench, &[("PATHS", "two"), ("FORMAT", "sarif"), ("OUTPUT", "piton.sarif")]);
    assert_eq!(said.code, Some(1));
    let sarif = std::fs::read_to_string(bench.path().join("piton.sarif")).unwrap();
    assert!(sarif.contains("two/compose.yaml") && said.out.is_empty(), "{}", said.all());
}

#[test]
fn what_an_anchor_repeats_is_told_once() {
    let bench = Bench::empty();
    let text =
        "x-base: &base\n  image: redis:8.2-alpine\n  ports: [\"6379:6379\"]\nservices:\n  one: *base\n  two: *base\n";
    bench.write("compose.yaml", text);
    let said = bench.piton(&["check", "--select", "compose-admin-port-all-interfaces"]);
    insta::assert_snapshot!(said.all());
}

#[test]
fn a_repository_with_many_findings_is_told_where_to_begin() {
    let bench = Bench::empty();
    let service = |number: usize| format!("  web{number}:\n    image: nginx:1.29.1\n    privileged: true\n");
    let services: String = (0..60).map(service).collect();
    bench.write("compose.yaml", &format!("services:\n{services}"));
    let said = bench.piton(&["check", "--select", "compose-privileged"]);
    assert!(said.out.ends_with("see only what is new: `piton check --write-baseline known.txt`\n"), "{}", said.all());
}

#[test]
fn a_comment_about_rules_that_were_not_asked_is_not_said_to_silence_nothing() {
    let bench = Bench::empty();
    let known = COMPOSE.replace(
        "    volumes: [",
        "    # piton: ignore[compose-postgres18-volume] our image sets PGDATA\n    volumes: [",
    );
    bench.write("compose.yaml", &known);
    for arguments in [["--select", "sshd"], ["--ignore", "compose-postgres18-volume"]] {
        let said = bench.piton(&[&["check"][..], &arguments].concat());
        assert_eq!(said.code, Some(0), "{}", said.all());
    }
    bench.write("compose.yaml", &known.replace("compose-postgres18-volume", "compose"));
    assert_eq!(bench.piton(&["check"]).code, Some(0), "a family is silenced by its name");
    bench.write("compose.yaml", &known.replace("compose-postgres18-volume", "compse"));
    assert!(bench.piton(&["check"]).out.contains("there is no rule compse"));
}

#[test]
fn a_comment_silences_however_its_words_are_spaced_and_one_without_a_rule_is_told() {
    let bench = Bench::empty();
    let known = |comment: &str| COMPOSE.replace("    volumes: [", &format!("    # {comment}\n    volumes: ["));
    for comment in
        ["piton: ignore [compose] why", "piton:ignore[compose] why", "see below; piton:  ignore[compose] why"]
    {
        bench.write("compose.yaml", &known(comment));
        assert_eq!(bench.piton(&["check"]).code, Some(0), "{comment}");
    }
    for comment in ["piton: ignore", "piton: ignore(compose) why", "piton: ignore[] why", "piton: ignore[compose why"] {
        bench.write("compose.yaml", &known(comment));
        let said = bench.piton(&["check"]);
        assert!(said.out.contains("this comment silences nothing: it names no rule in brackets"), "{}", said.all());
        assert!(said.out.contains("help: piton: ignore[RULE]"), "{}", said.all());
    }
    bench.write("compose.yaml", &known("piton: ignore[compose-postgres18-volumes] why"));
    assert!(bench.piton(&["check"]).out.contains("help: compose-postgres18-volume is one"));
    bench.write("compose.yaml", &known("we could say piton: ignore here, and do not"));
    assert!(!bench.piton(&["check"]).out.contains("suppression"));
}

#[test]
fn a_note_is_no_failure_of_junit() {
    let bench = Bench::empty();
    bench.write("compose.yaml", "services:\n  web:\n    image: ghcr.io/acme/web:1.4.2\n");
    let said = bench.piton(&["check", "--strict", "--format", "junit"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.out.contains("failures=\"0\"") && said.out.contains("<system-out>"), "{}", said.out);
}
