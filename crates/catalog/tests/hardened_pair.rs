//! Every fact of the hardened pair, by the section of the document that asks for it.
//!
//! The document describes two servers that were run for real; `examples/two-vps` shall be them.
#![allow(clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod site;

use piton_plan::{Resource, Wanted};
use site::{file, two_vps_with, wanted};

/// Section, what is asked, and the answer.
type Row = (&'static str, &'static str, &'static str);

const BOTH: &[Row] = &[
    ("2.1", "package curl", "yes"),
    ("2.1", "package wget", "yes"),
    ("2.1", "package git", "yes"),
    ("2.1", "package vim", "yes"),
    ("2.1", "package htop", "yes"),
    ("2.1", "package tmux", "yes"),
    ("2.1", "package unzip", "yes"),
    ("2.1", "package ca-certificates", "yes"),
    ("2.1", "package gnupg", "yes"),
    ("2.1", "package lsb-release", "yes"),
    ("2.1", "package apt-transport-https", "yes"),
    ("2.1", "package software-properties-common", "yes"),
    ("2.1", "package ufw", "yes"),
    ("2.1", "package fail2ban", "yes"),
    ("2.1", "package auditd", "yes"),
    ("2.1", "package wireguard", "yes"),
    ("2.1", "package wireguard-tools", "yes"),
    ("2.2", "user adminclaw", "/home/adminclaw"),
    ("2.2", "user openclaw", "/home/openclaw"),
    ("2.2", "mode /home/openclaw", "0750"),
    ("2.2", "shell openclaw", "/bin/bash"),
    ("2.2", "keys adminclaw", site::KEY),
    ("2.2", "keys openclaw", "none"),
    ("2.2", "line /etc/sudoers.d/90-piton-adminclaw", "adminclaw ALL=(ALL) NOPASSWD:ALL"),
    ("2.2", "mode /etc/sudoers.d/90-piton-adminclaw", "0440"),
    ("2.2", "file /etc/sudoers.d/90-piton-openclaw", "none"),
    ("2.2", "forbidden sudo", "openclaw"),
    ("2.3", "sshd Port", "222"),
    ("2.3", "sshd PermitRootLogin", "no"),
    ("2.3", "sshd PasswordAuthentication", "no"),
    // The document writes ChallengeResponseAuthentication, the name of this before OpenSSH 8.7.
    ("2.3", "sshd KbdInteractiveAuthentication", "no"),
    ("2.3", "sshd UsePAM", "yes"),
    ("2.3", "sshd AllowUsers", "adminclaw"),
    ("2.3", "sshd MaxAuthTries", "3"),
    ("2.3", "sshd MaxSessions", "3"),
    ("2.3", "sshd LoginGraceTime", "30"),
    ("2.3", "sshd X11Forwarding", "no"),
    ("2.3", "sshd AllowTcpForwarding", "no"),
    ("2.3", "sshd AllowAgentForwarding", "no"),
    ("2.3", "sshd KexAlgorithms", "curve25519-sha256@libssh.org,diffie-hellman-group16-sha512"),
    ("2.3", "sshd Ciphers", "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com"),
    ("2.3", "sshd MACs", "hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com"),
    ("2.4", "policy incoming", "deny"),
    ("2.4", "policy outgoing", "allow"),
    ("2.4", "rule allow 222/tcp", "yes"),
    ("2.4", "rule allow 51820/udp", "yes"),
    ("2.4", "rule allow 443/tcp", "none"),
    ("2.5", "line /etc/fail2ban/jail.local", "[DEFAULT]"),
    ("2.5", "line /etc/fail2ban/jail.local", "bantime = 1h"),
    ("2.5", "line /etc/fail2ban/jail.local", "findtime = 10m"),
    ("2.5", "line /etc/fail2ban/jail.local", "maxretry = 5"),
    ("2.5", "line /etc/fail2ban/jail.local", "backend = systemd"),
    ("2.5", "after [sshd] /etc/fail2ban/jail.local", "maxretry = 3"),
    ("2.5", "after [sshd] /etc/fail2ban/jail.local", "bantime = 24h"),
    ("2.5", "after [sshd] /etc/fail2ban/jail.local", "port = 222"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "net.ipv4.conf.all.rp_filter = 1"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "net.ipv4.icmp_echo_ignore_broadcasts = 1"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "net.ipv4.conf.all.accept_source_route = 0"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "net.ipv4.conf.all.send_redirects = 0"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "net.ipv4.tcp_syncookies = 1"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "net.ipv4.tcp_max_syn_backlog = 2048"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "net.ipv4.tcp_synack_retries = 2"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "net.ipv4.conf.all.log_martians = 1"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "kernel.randomize_va_space = 2"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "kernel.dmesg_restrict = 1"),
    ("2.6", "line /etc/sysctl.d/99-security.conf", "kernel.kptr_restrict = 2"),
    ("2.7", "package unattended-upgrades", "yes"),
    ("2.7", "line /etc/apt/apt.conf.d/50unattended-upgrades", "Unattended-Upgrade::AutoFixInterruptedDpkg \"true\";"),
    (
        "2.7",
        "line /etc/apt/apt.conf.d/50unattended-upgrades",
        "Unattended-Upgrade::Remove-Unused-Kernel-Packages \"true\";",
    ),
    (
        "2.7",
        "line /etc/apt/apt.conf.d/50unattended-upgrades",
        "Unattended-Upgrade::Remove-Unused-Dependencies \"true\";",
    ),
    ("2.7", "line /etc/apt/apt.conf.d/50unattended-upgrades", "Unattended-Upgrade::Automatic-Reboot \"false\";"),
    ("2.7", "line /etc/apt/apt.conf.d/20auto-upgrades", "APT::Periodic::Unattended-Upgrade \"1\";"),
    ("2.8", "mode /etc/wireguard/wg0.conf", "0600"),
    ("2.8", "line /etc/wireguard/wg0.conf", "ListenPort = 51820"),
    ("2.8", "line /etc/wireguard/wg0.conf", "PersistentKeepalive = 25"),
    ("2.8", "line /etc/wireguard/wg0.conf", "PostUp = wg set %i private-key /etc/wireguard/private.key"),
    ("2.9", "docker group", "adminclaw openclaw"),
    ("2.9", "daemon /log-driver", "\"json-file\""),
    ("2.9", "daemon /log-opts", "{\"max-file\":\"5\",\"max-size\":\"50m\"}"),
    ("2.9", "daemon /storage-driver", "\"overlay2\""),
    ("2.9", "daemon /live-restore", "true"),
    ("2.9", "daemon /userland-proxy", "false"),
    ("2.9", "daemon /no-new-privileges", "true"),
    ("2.9", "daemon /default-ulimits/nofile", "{\"Hard\":65536,\"Name\":\"nofile\",\"Soft\":65536}"),
];

const OPENCLAW: &[Row] = &[
    ("2.4", "rule allow 9100/tcp from 10.0.0.0/24", "yes"),
    ("2.4", "rule allow 18789/tcp from 10.0.0.0/24", "yes"),
    ("2.4", "rules", "4"),
    ("2.8", "line /etc/wireguard/wg0.conf", "Address = 10.0.0.1/24"),
    ("2.8", "line /etc/wireguard/wg0.conf", "PublicKey = observeAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ("2.8", "line /etc/wireguard/wg0.conf", "AllowedIPs = 10.0.0.2/32"),
    ("2.8", "line /etc/wireguard/wg0.conf", "Endpoint = 203.0.113.20:51820"),
    ("5", "rule allow 18790/tcp", "none"),
    ("5", "rule allow 9080/tcp", "none"),
    ("5", "login", "adminclaw@203.0.113.10:222"),
];

const OBSERVE: &[Row] = &[
    ("2.4", "rule allow any from 10.0.0.0/24", "yes"),
    ("2.4", "rules", "3"),
    ("2.8", "line /etc/wireguard/wg0.conf", "Address = 10.0.0.2/24"),
    ("2.8", "line /etc/wireguard/wg0.conf", "PublicKey = openclawAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ("2.8", "line /etc/wireguard/wg0.conf", "AllowedIPs = 10.0.0.1/32"),
    ("2.8", "line /etc/wireguard/wg0.conf", "Endpoint = 203.0.113.10:51820"),
    ("5", "rule allow 9090/tcp", "none"),
    ("5", "rule allow 3000/tcp", "none"),
    ("5", "login", "adminclaw@203.0.113.20:222"),
];

const DEBIAN: &[Row] = &[
    (
        "2.7",
        "line /etc/apt/apt.conf.d/50unattended-upgrades",
        "        \"origin=Debian,codename=${distro_codename},label=Debian\";",
    ),
    (
        "2.7",
        "line /etc/apt/apt.conf.d/50unattended-upgrades",
        "        \"origin=Debian,codename=${distro_codename}-security,label=Debian-Security\";",
    ),
    ("2.3", "file /etc/systemd/system/ssh.socket.d/override.conf", "none"),
];

const UBUNTU: &[Row] = &[
    ("2.7", "line /etc/apt/apt.conf.d/50unattended-upgrades", "        \"${distro_id}:${distro_codename}\";"),
    ("2.7", "line /etc/apt/apt.conf.d/50unattended-upgrades", "        \"${distro_id}:${distro_codename}-security\";"),
    (
        "2.7",
        "line /etc/apt/apt.conf.d/50unattended-upgrades",
        "        \"${distro_id}ESMApps:${distro_codename}-apps-security\";",
    ),
    (
        "2.7",
        "line /etc/apt/apt.conf.d/50unattended-upgrades",
        "        \"${distro_id}ESM:${distro_codename}-infra-security\";",
    ),
    ("2.3", "line /etc/systemd/system/ssh.socket.d/override.conf", "ListenStream="),
    ("2.3", "line /etc/systemd/system/ssh.socket.d/override.conf", "ListenStream=0.0.0.0:222"),
    ("2.3", "line /etc/systemd/system/ssh.socket.d/override.conf", "ListenStream=[::]:222"),
];

/// Answers a row's question from a blueprint; what is not there is `none`. A question after a line
/// is answered with that line itself if it is there.
fn answer(wanted: &Wanted, question: &str, expected: &str) -> String {
    let (topic, rest) = question.split_once(' ').unwrap_or((question, ""));
    let yes = |found: bool| found.then(|| "yes".to_owned());
    let line = |text: String| text.lines().find(|line| *line == expected).map(str::to_owned);
    let found = match topic {
        "package" => yes(count(wanted, |it| matches!(it, Resource::Package(package) if package.name == rest)) == 1),
        "rule" => yes(count(wanted, |it| matches!(it, Resource::FilterRule(rule) if rule.to_string() == rest)) == 1),
        "rules" => Some(count(wanted, |it| matches!(it, Resource::FilterRule(_))).to_string()),
        "line" => file(wanted, rest).and_then(line),
        "file" => file(wanted, rest),
        "after" => {
            let (start, path) = rest.split_once(' ').expect("after LINE PATH");
            file(wanted, path).and_then(|text| text.split_once(start).map(|(_, tail)| tail.to_owned())).and_then(line)
        }
        "daemon" => file(wanted, "/etc/docker/daemon.json").and_then(|text| {
            let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            json.pointer(rest).map(serde_json::Value::to_string)
        }),
        "login" => Some(wanted.login.to_string()),
        _ => {
            wanted.resources.iter().find_map(|resource| of_resource(resource, topic, rest)).or(in_docker(wanted, topic))
        }
    };
    found.unwrap_or_else(|| "none".into())
}

fn of_resource(resource: &Resource, topic: &str, rest: &str) -> Option<String> {
    match (topic, resource) {
        ("user", Resource::User(user)) if user.name == rest => Some(user.home.clone()),
        ("shell", Resource::User(user)) if user.name == rest => Some(user.shell.clone()),
        ("forbidden", Resource::User(user)) if user.forbidden_groups.contains(rest) => Some(user.name.clone()),
        ("mode", Resource::User(user)) if user.home == rest => Some(user.home_mode.to_string()),
        ("mode", Resource::Sudoers(it)) if it.file().path == rest => Some(it.file().mode.to_string()),
        ("mode", Resource::Wireguard(it)) if it.spec().path == rest => Some(it.spec().mode.to_string()),
        ("keys", Resource::AuthorizedKeys(keys)) if keys.user == rest => Some(keys.keys.join("\n")),
        ("sshd", Resource::Sshd(sshd)) if rest == "Port" => Some(sshd.ports.iter().map(u16::to_string).collect()),
        ("sshd", Resource::Sshd(sshd)) => sshd.effective().remove(&rest.to_ascii_lowercase()),
        ("policy", Resource::FilterPolicy(policy)) if rest == "incoming" => Some(policy.incoming.to_string()),
        ("policy", Resource::FilterPolicy(policy)) => Some(policy.outgoing.to_string()),
        _ => None,
    }
}

fn in_docker(wanted: &Wanted, topic: &str) -> Option<String> {
    let members = wanted.resources.iter().filter_map(|resource| match resource {
        Resource::User(user) if user.groups.contains("docker") => Some(user.name.as_str()),
        _ => None,
    });
    (topic == "docker").then(|| members.collect::<Vec<_>>().join(" "))
}

fn count(wanted: &Wanted, is: impl Fn(&Resource) -> bool) -> usize {
    wanted.resources.iter().filter(|resource| is(resource)).count()
}

#[test]
fn the_example_is_the_pair_of_the_document() {
    let site = two_vps_with("");
    for (id, version, of_distribution) in [("debian", "12", DEBIAN), ("ubuntu", "24.04", UBUNTU)] {
        for (host, of_host) in [("openclaw", OPENCLAW), ("observe", OBSERVE)] {
            let wanted = wanted(&site, host, site::facts(id, version));
            let rows = BOTH.iter().chain(of_distribution).chain(of_host);
            let wrong: Vec<String> = rows
                .map(|(section, question, expected)| (section, question, expected, answer(&wanted, question, expected)))
                .filter(|(_, _, expected, answer)| *expected != answer)
                .map(|(section, question, expected, answer)| {
                    format!("{section} {question}: {answer}, and not {expected}")
                })
                .collect();
            assert_eq!(wrong, Vec::<String>::new(), "{host} on {id} {version}");
        }
    }
}

#[test]
fn the_example_passes_the_plans_lint_on_every_distribution() {
    let site = two_vps_with("");
    for (id, version, ..) in site::DISTRIBUTIONS {
        for host in ["openclaw", "observe"] {
            let wanted = wanted(&site, host, site::facts(id, version));
            assert_eq!(piton_plan::lint::check(&wanted), [], "{host} on {id} {version}");
            assert_eq!(wanted.waits, [], "{host} on {id} {version}");
        }
    }
}

#[test]
fn the_rendered_files_are_as_recorded() {
    let site = two_vps_with("");
    for (id, version, ..) in site::DISTRIBUTIONS {
        let wanted = wanted(&site, "openclaw", site::facts(id, version));
        let files = piton_catalog::render(&wanted)
            .into_iter()
            .map(|file| format!("── {} {}:{} {}\n{}", file.path, file.owner, file.group, file.mode, file.content));
        let packages = wanted.resources.iter().filter_map(|resource| match resource {
            Resource::Package(package) => Some(package.name.as_str()),
            _ => None,
        });
        let packages = packages.collect::<Vec<_>>().join(" ");
        let told = format!("packages: {packages}\n{}", files.collect::<String>());
        insta::assert_snapshot!(format!("openclaw_on_{id}_{version}"), told);
    }
}
