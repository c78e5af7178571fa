//! The demo where nothing can be booted.

use crate::bench::{Bench, Said};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// Runs the demo as somebody who is not root, whoever runs this test.
fn unprivileged() -> Said {
    let bench = Bench::empty();
    if !rustix::process::geteuid().is_root() {
        return bench.piton(&["demo"]);
    }
    let program = bench.path().join("piton");
    std::fs::copy(env!("CARGO_BIN_EXE_piton"), &program).unwrap();
    std::fs::set_permissions(bench.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut setpriv = Command::new("setpriv");
    setpriv.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&program).arg("demo");
    Said::of(setpriv.current_dir(bench.path()).output().unwrap())
}

#[test]
fn without_root_it_plans_against_values_and_says_what_it_left_out() {
    let said = unprivileged();
    assert_eq!(said.code, Some(0), "{}", said.all());
    for words in [
        "Hosts can only be booted by root",
        "Plan ",
        "Reach: ssh stays open.",
        "Nothing to do: 2 hosts are as the site says.",
        "Left out: booting two real hosts",
    ] {
        assert!(said.out.contains(words), "`{words}` is not in\n{}", said.out);
    }
}

#[test]
fn asked_for_it_boots_nothing_even_as_root() {
    let said = Bench::empty().piton(&["demo", "--dry"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.out.starts_with("Nothing is booted, as asked"), "{}", said.out);
}
