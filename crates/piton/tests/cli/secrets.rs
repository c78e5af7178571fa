//! The secrets of a site: sealed, listed by name, and never shown.

use crate::bench::{Bench, Said};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

const KEY: &str = include_str!("../../../secrets/tests/data/plain");
const PUBLIC: &str = include_str!("../../../secrets/tests/data/plain.pub");
const OTHER: &str = include_str!("../../../secrets/tests/data/age.txt");

const SITE: &str = r#"
[site]
name = "test"

[access]
admin = "ada"
keys = ["keys/operator.pub"]

[docker]

[hosts.one]
address = "203.0.113.1"

[networks.backend]
subnet = "172.20.2.0/24"

[services.postgresql]

[services.redis]

[services.n8n]
env = { TELEGRAM_TOKEN = "secret:telegram_token" }
"#;

fn bench() -> Bench {
    let bench = Bench::with_site(SITE);
    bench.write("keys/operator.pub", PUBLIC);
    bench.write(".ssh/id_ed25519", KEY);
    bench
}

fn set(bench: &Bench, name: &str, value: &str) -> Said {
    let mut command = bench.command(&["secrets", "set", name]);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    child.stdin.take().unwrap().write_all(value.as_bytes()).unwrap();
    Said::of(child.wait_with_output().unwrap())
}

#[test]
fn what_is_missing_is_listed_with_the_line_that_needs_it() {
    let said = bench().piton(&["secrets", "list"]);
    insta::assert_snapshot!(said.all());
}

#[test]
fn they_are_made_once_and_no_value_is_shown() {
    let bench = bench();
    let made = bench.piton(&["secrets", "generate"]);
    assert_eq!(made.code, Some(0), "{}", made.all());
    let sealed = std::fs::read(bench.path().join("secrets.age")).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1\n-> ssh-ed25519 "));
    let again = bench.piton(&["secrets", "generate"]);
    assert_eq!(again.out, "Nothing was changed.\n");
    assert_eq!(std::fs::read(bench.path().join("secrets.age")).unwrap(), sealed);
    let set = set(&bench, "telegram_token", "canary-4711\n");
    assert_eq!(set.all(), "exit: 0\n--- stdout\nSealed in secrets.age: telegram_token\n--- stderr\n");
    let list = bench.piton(&["secrets", "list", "--json"]);
    assert_eq!(list.code, Some(0), "{}", list.all());
    for said in [made, again, list] {
        assert!(!said.all().contains("canary"), "{}", said.all());
    }
    assert!(!String::from_utf8_lossy(&std::fs::read(bench.path().join("secrets.age")).unwrap()).contains("canary"));
    assert_eq!(std::fs::metadata(bench.path().join("secrets.age")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_rotated_one_is_another_and_one_that_somebody_gives_is_refused() {
    let bench = bench();
    bench.piton(&["secrets", "generate"]);
    let before = std::fs::read(bench.path().join("secrets.age")).unwrap();
    let rotated = bench.piton(&["secrets", "rotate", "redis_password", "--json"]);
    assert_eq!(rotated.json()["changed"], serde_json::json!(["redis_password"]));
    assert_ne!(std::fs::read(bench.path().join("secrets.age")).unwrap(), before);
    insta::assert_snapshot!(bench.piton(&["secrets", "rotate", "telegram_token"]).err);
    let unknown = bench.piton(&["secrets", "rotate", "nobody"]);
    assert!(unknown.code == Some(2) && unknown.err.contains("redis_password"), "{}", unknown.all());
}

#[test]
fn a_key_that_does_not_open_it_is_named() {
    let bench = bench();
    bench.piton(&["secrets", "generate"]);
    bench.write("age.txt", OTHER);
    insta::assert_snapshot!(bench.piton(&["secrets", "list", "--identity", "age.txt"]).all());
}

#[test]
fn nobody_seals_themselves_out() {
    let bench = bench();
    bench.write("age.txt", OTHER);
    let said = bench.piton(&["secrets", "generate", "--identity", "age.txt"]);
    assert!(said.code == Some(1) && said.err.contains("you could not open again"), "{}", said.all());
    assert!(!bench.path().join("secrets.age").exists());
    let public = include_str!("../../../secrets/tests/data/age.pub");
    bench.write("secrets.recipients", &format!("# both of us\n{PUBLIC}\n{public}"));
    assert_eq!(bench.piton(&["secrets", "generate", "--identity", "age.txt"]).code, Some(0));
    assert_eq!(bench.piton(&["secrets", "list"]).code, Some(1), "one is for the operator to give");
}

#[test]
fn they_are_edited_in_memory_and_only_names_are_told() {
    let bench = bench();
    set(&bench, "telegram_token", "canary-1");
    bench.write("editor", "#!/bin/sh\necho \"$1\" > path\nsed -i s/canary-1/canary-2/ \"$1\"\n");
    let editor = format!("sh {}", bench.path().join("editor").display());
    let said =
        Said::of(bench.command(&["secrets", "edit"]).env("EDITOR", &editor).env_remove("VISUAL").output().unwrap());
    assert_eq!(said.out, "Sealed in secrets.age: telegram_token\n", "{}", said.err);
    let sheet = std::fs::read_to_string(bench.path().join("path")).unwrap();
    assert!(!sheet.is_empty() && !std::path::Path::new(sheet.trim()).exists(), "the sheet is gone");
    bench.write("editor", "#!/bin/sh\necho canary broken > \"$1\"\n");
    let said =
        Said::of(bench.command(&["secrets", "edit"]).env("EDITOR", &editor).env_remove("VISUAL").output().unwrap());
    assert!(said.code == Some(2) && !said.all().contains("canary"), "{}", said.all());
}

#[test]
fn one_that_data_hangs_on_is_not_rotated_unless_somebody_says_anyway() {
    let bench = bench();
    bench.piton(&["secrets", "generate"]);
    let before = std::fs::read(bench.path().join("secrets.age")).unwrap();
    let refused = bench.piton(&["secrets", "rotate", "redis_password", "n8n_encryption_key"]);
    assert_eq!(refused.code, Some(2), "{}", refused.all());
    assert!(refused.err.contains("error[secrets/permanent]") && refused.err.contains("--anyway"), "{}", refused.err);
    assert_eq!(std::fs::read(bench.path().join("secrets.age")).unwrap(), before, "neither of the two");
    let done = bench.piton(&["secrets", "rotate", "n8n_encryption_key", "--anyway", "--json"]);
    assert_eq!(done.json()["changed"], serde_json::json!(["n8n_encryption_key"]));
}

#[test]
fn a_name_that_nobody_needs_is_told_with_the_one_that_was_meant() {
    let bench = bench();
    let said = set(&bench, "telegram_tokn", "canary");
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.err.contains("did you mean `telegram_token`?"), "{}", said.err);
    assert!(set(&bench, "telegram_token", "one\ntwo\n").err.contains("2 lines"));
    let refused = set(&bench, "telegram_token", "one\0two");
    assert!(refused.code == Some(2) && refused.err.contains("byte of zero"), "{}", refused.all());
}
