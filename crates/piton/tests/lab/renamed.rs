//! The admin by whom piton logs in gets another name: the old one goes, although it is logged in
//! at that moment, and nobody is shut out on the way.

use crate::rehearsal::{Rehearsal, skipped};
use std::process::Command;

const SITE: &str = r#"
[site]
name = "renamed"

[access]
admin = "ada"
keys = ["keys/operator.pub"]

[ssh]
port = 222

[hosts.one]
address = "203.0.113.10"
"#;

#[test]
fn the_admin_that_piton_is_logged_in_as_can_be_renamed() {
    if skipped() {
        return;
    }
    let rehearsal = Rehearsal::of(SITE, "debian-12");
    rehearsal.apply().ok();
    assert!(lets_in(&rehearsal, "ada"));
    let first = rehearsal.site();

    // The host knows the old name only, so that is the way to it.
    let renamed = first.replace("admin = \"ada\"", "admin = \"grace\"");
    rehearsal.write(&renamed.replace("[hosts.one]\n", "[hosts.one]\nfirst = \"ada@:222\"\n"));
    let said = rehearsal.apply().ok();
    assert!(said.contains("proved as grace@"), "{said}");

    rehearsal.on("one", "! getent passwd ada && ! test -e /etc/sudoers.d/90-piton-ada").ok();
    assert_eq!(rehearsal.on("one", "sshd -T | grep '^allowusers'").ok(), "allowusers grace\n");
    assert!(lets_in(&rehearsal, "grace"));
    assert!(!lets_in(&rehearsal, "ada"));

    // From now on the new name is the way in, and needs no other.
    rehearsal.write(&renamed);
    assert_eq!(rehearsal.planned("one"), Vec::<String>::new());
    rehearsal.piton(&["lab", "reboot", "one"]).ok();
    assert_eq!(rehearsal.planned("one"), Vec::<String>::new(), "after a reboot");
}

/// Whether this user gets in with the key of the site, and becomes root.
fn lets_in(rehearsal: &Rehearsal, user: &str) -> bool {
    let mut ssh = Command::new("ssh");
    ssh.args(["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"]);
    ssh.args(["-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes", "-p", "222", "-i"]);
    ssh.arg(rehearsal.path().join("keys/operator")).args(["-l", user, &rehearsal.address("one")]);
    ssh.args(["sudo", "-n", "true"]).output().unwrap().status.success()
}
