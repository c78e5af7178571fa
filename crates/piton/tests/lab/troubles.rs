//! Hosts that cannot be worked on: each says clearly why, has a code of its own, and is unchanged.

use crate::rehearsal::{Rehearsal, Said, skipped};

const SITE: &str = r#"
[site]
name = "NAME"

[hosts.one]
address = "203.0.113.10"

[[hosts.one.files]]
path = "/etc/motd"
content = "hello\n"
"#;

fn expect(said: &Said, code: i32, words: &[&str]) {
    let text = format!("{}{}", said.out, said.err);
    assert_eq!(said.code, code, "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
}

#[test]
fn every_trouble_is_named_and_changes_nothing() {
    if skipped() {
        return;
    }
    let rehearsal = Rehearsal::of(&SITE.replace("NAME", "troubles"), "debian-12");
    let motd = || rehearsal.on("one", "cat /etc/motd").out;
    let before = motd();

    // A root file system that cannot be written.
    rehearsal.on("one", "mkdir -p /var/lib/piton && mount --bind /var/lib/piton /var/lib/piton && mount -o remount,bind,ro /var/lib/piton").ok();
    expect(&rehearsal.apply(), 4, &["Read-only file system"]);
    rehearsal.on("one", "umount /var/lib/piton").ok();

    // A full disk: piton's own folder has room for nothing.
    rehearsal.on("one", "mount -t tmpfs -o size=64k tmpfs /var/lib/piton").ok();
    expect(&rehearsal.apply(), 4, &["space"]);
    rehearsal.on("one", "umount /var/lib/piton").ok();

    // Another machine's kind.
    rehearsal.on("one", "printf '#!/bin/sh\\n[ \"$1\" = -m ] && echo riscv64 || echo Linux\\n' > /usr/local/bin/uname && chmod 755 /usr/local/bin/uname").ok();
    expect(&rehearsal.apply(), 4, &["riscv64", "piton-riscv64"]);
    rehearsal.on("one", "rm /usr/local/bin/uname").ok();

    // A login that cannot become root.
    let site = rehearsal.site();
    rehearsal.write(&format!("{site}\n[access]\nadmin = \"debian\"\nkeys = [\"keys/operator.pub\"]\n"));
    rehearsal.on("one", "sed -i 's/NOPASSWD://' /etc/sudoers.d/*").ok();
    expect(&rehearsal.apply(), 4, &["debian cannot become root"]);
    rehearsal.write(&site);

    assert_eq!(motd(), before, "nothing was changed");

    // An older piton left its half there: the new one brings its own.
    rehearsal.apply().ok();
    rehearsal.on("one", "cd /var/lib/piton/bin && for f in *; do printf '#!/bin/sh\\nexit 9\\n' > old-$f; chmod 700 old-$f; rm $f; done").ok();
    let again = rehearsal.apply().ok();
    assert!(again.to_lowercase().contains("nothing to do"), "{again}");

    // Somebody else is at it.
    let mut holder = rehearsal.command(&[
        "lab",
        "exec",
        "one",
        "--",
        "flock",
        "/var/lib/piton/lock",
        "sh",
        "-c",
        "echo held; read _",
    ]);
    let mut holder = holder.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(holder.stdout.take().unwrap()), &mut line).unwrap();
    assert_eq!(line.trim(), "held");
    rehearsal.write(&site.replace("hello", "hello again"));
    expect(&rehearsal.apply(), 6, &["one"]);
    drop(holder.stdin.take());
    holder.wait().unwrap();

    // The host's key is not the known one.
    rehearsal.on("one", "rm /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null; systemctl restart ssh").ok();
    expect(&rehearsal.apply(), 4, &["key is not the one you know"]);

    // And one that is not there at all is never "nothing to do".
    rehearsal.on("one", "systemctl stop ssh").ok();
    expect(&rehearsal.piton(&["plan", "--lab"]), 4, &["one"]);
}
