//! Somebody changes each kind of resource by hand: the plan names exactly that, and applying
//! mends it. Then what leaves the site leaves the host, and a rollback brings it back.

use crate::rehearsal::{Rehearsal, skipped};

/// One host with a resource of every kind.
const EVERYTHING: &str = r#"
[site]
name = "NAME"
profile = "hardened"
time_zone = "Europe/Paris"

[access]
admin = "adminclaw"
service = "openclaw"
keys = ["keys/operator.pub"]

[ssh]
port = 222

[mesh]
range = "10.0.0.0/24"

[docker]

[hosts.one]
address = "203.0.113.10"
mesh = "10.0.0.1"
allow = ["9100/tcp from mesh"]
packages = ["jq"]

[hosts.two]
address = "203.0.113.20"
mesh = "10.0.0.2"
docker = false
fail2ban = false
updates = false
"#;

const EXTRAS: &str = r#"
[[hosts.one.groups]]
name = "media"
gid = 4400

[[hosts.one.users]]
name = "backup-runner"
shell = "/bin/bash"
groups = ["media"]
sudo = ["/usr/bin/rsync"]

[[hosts.one.directories]]
path = "/srv/data"
owner = "openclaw"
group = "openclaw"
mode = "0750"

[[hosts.one.files]]
path = "/srv/data/settings.conf"
content = "colour = green\n"
owner = "openclaw"
group = "openclaw"
mode = "0640"

[[hosts.one.links]]
path = "/srv/current"
target = "data"

[[hosts.one.cron]]
name = "tidy"
schedule = "15 3 * * *"
user = "root"
command = "find /srv/data -name '*.tmp' -delete"

[[hosts.one.timers]]
name = "tidy-hourly"
calendar = "hourly"
user = "root"
command = "/bin/true"

[[hosts.one.units]]
name = "cron.service"
enabled = true
active = true
"#;

/// The resource, and how somebody breaks it behind piton's back.
const BROKEN: &[(&str, &str)] = &[
    ("package jq", "apt-get -qq remove -y jq"),
    ("group media", "groupmod -g 4401 media"),
    ("user backup-runner", "usermod -s /bin/sh backup-runner"),
    ("user openclaw", "chmod 755 /home/openclaw"),
    ("authorized_keys adminclaw", "sed -i '/operator@test/d' /home/adminclaw/.ssh/authorized_keys"),
    ("sudoers 90-piton-adminclaw", "echo '# me too' >> /etc/sudoers.d/90-piton-adminclaw"),
    ("directory /srv/data", "chown root /srv/data"),
    ("file /srv/data/settings.conf", "echo 'colour = blue' > /srv/data/settings.conf"),
    ("link /srv/current", "ln -sfn /tmp /srv/current"),
    ("sysctl 99-security.conf", "sysctl -qw net.ipv4.tcp_synack_retries=5"),
    ("time_zone host", "ln -sfn /usr/share/zoneinfo/UTC /etc/localtime"),
    (
        "updates unattended",
        "echo 'Unattended-Upgrade::Automatic-Reboot \"true\";' >> /etc/apt/apt.conf.d/50unattended-upgrades",
    ),
    ("wireguard wg0", "wg set wg0 peer $(wg show wg0 peers) remove"),
    ("docker_daemon daemon.json", "echo '{}' > /etc/docker/daemon.json"),
    ("cron tidy", "rm /etc/cron.d/tidy"),
    ("timer tidy-hourly", "systemctl -q disable --now tidy-hourly.timer"),
    ("unit cron.service", "systemctl -q stop cron.service"),
    (
        "filter_rule allow 9100/tcp from 10.0.0.0/24",
        "ufw --force delete allow from 10.0.0.0/24 to any port 9100 proto tcp",
    ),
    ("filter_policy ufw", "ufw default allow incoming"),
    ("filter_policy ufw", "systemctl -q mask ufw"),
    ("filter_policy ufw", "systemctl -q disable ufw"),
    (
        "sshd ssh",
        "sed -i 's/^MaxAuthTries.*/MaxAuthTries 30/' /etc/ssh/sshd_config.d/00-piton.conf && systemctl reload ssh",
    ),
    ("jail jail.local", "systemctl -q stop fail2ban"),
];

#[test]
fn each_kind_of_drift_is_named_exactly_and_mended() {
    if skipped() {
        return;
    }
    let base = EVERYTHING.replace("NAME", "drift");
    let rehearsal = Rehearsal::of(&format!("{base}{EXTRAS}"), "debian-12");
    rehearsal.apply().ok();
    assert_eq!(rehearsal.planned("one"), Vec::<String>::new());

    let mut wrong = Vec::new();
    for (key, by_hand) in BROKEN {
        rehearsal.on("one", by_hand).ok();
        let planned = rehearsal.planned("one");
        if planned != [*key] {
            wrong.push(format!("{by_hand}\n  the plan must name `{key}` alone, and names {planned:?}"));
        }
        let said = rehearsal.apply();
        let left = rehearsal.planned("one");
        if said.code != 0 || !left.is_empty() {
            wrong.push(format!("{by_hand}\n  not mended ({}): {left:?}\n{}{}", said.code, said.out, said.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // What leaves the site leaves the host; what piton never made stays.
    rehearsal.on("one", "touch /etc/cron.d/somebody-elses").ok();
    let with_extras = rehearsal.site();
    rehearsal.write(&with_extras.replace(EXTRAS, ""));
    rehearsal.apply().ok();
    let gone = "! test -e /srv/data/settings.conf && ! test -e /srv/current && ! test -e /etc/cron.d/tidy \
                && ! test -e /etc/systemd/system/tidy-hourly.timer && ! getent passwd backup-runner && ! getent group media";
    rehearsal.on("one", gone).ok();
    rehearsal.on("one", "test -e /etc/cron.d/somebody-elses").ok();

    // And a rollback brings it all back, exactly.
    rehearsal.piton(&["rollback", "one", "--lab", "--yes"]).ok();
    assert_eq!(rehearsal.on("one", "cat /srv/data/settings.conf").ok(), "colour = green\n");
    rehearsal.write(&with_extras);
    assert_eq!(rehearsal.planned("one"), Vec::<String>::new(), "after the rollback the earlier site holds");
}
