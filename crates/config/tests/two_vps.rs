//! The example that the README shows, against document S4: what `profile = "hardened"` must give.

#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_config::{Host, Origin, Policy, RuleAction, Site, Sources, Transport, resolve};

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q operator@desk";

fn two_vps() -> Site {
    let text = include_str!("../../../examples/two-vps/site.toml");
    let mut sources = Sources::new();
    sources.insert("keys/operator.pub", format!("{KEY}\n"));
    resolve(text, "site.toml", &sources).unwrap()
}

/// Every host of the pair, since S4's sections 2.1 to 2.9 hold for both.
fn each_host(check: impl Fn(&Host)) {
    let site = two_vps();
    assert_eq!(site.hosts.len(), 2);
    site.hosts.iter().for_each(check);
}

#[test]
fn hosts_have_their_addresses() {
    let site = two_vps();
    assert_eq!(site.name, "two-vps");
    let openclaw = &site.hosts[0];
    assert_eq!((openclaw.name.as_str(), openclaw.address.as_str()), ("openclaw", "203.0.113.10"));
    assert_eq!(openclaw.mesh_address.as_ref().unwrap().to_string(), "10.0.0.1");
    assert_eq!((openclaw.first.user.as_str(), openclaw.first.port), ("root", 22));
    assert_eq!(site.hosts[1].mesh_address.as_ref().unwrap().to_string(), "10.0.0.2");
}

#[test]
fn section_2_1_packages() {
    let wanted = "curl wget git vim htop tmux unzip ca-certificates gnupg lsb-release apt-transport-https \
                  software-properties-common ufw fail2ban auditd wireguard wireguard-tools";
    each_host(|host| {
        let packages: Vec<&str> = host.settings.packages.iter().map(|package| package.as_str()).collect();
        assert_eq!(packages, wanted.split_whitespace().collect::<Vec<_>>());
        assert_eq!(host.settings.packages[0].origin, Origin::Profile("hardened".into()));
    });
}

#[test]
fn section_2_2_two_users() {
    each_host(|host| {
        let access = host.settings.access.as_ref().unwrap();
        assert_eq!(*access.admin, "adminclaw");
        assert_eq!(access.service.as_ref().unwrap().value, "openclaw");
        assert_eq!(access.keys[0].value, KEY);
        assert_eq!(*access.service_home_mode, 0o750);
    });
}

#[test]
fn section_2_3_ssh() {
    let wanted = [
        ("PermitRootLogin", "no"),
        ("PasswordAuthentication", "no"),
        // ChallengeResponseAuthentication's name since OpenSSH 8.7.
        ("KbdInteractiveAuthentication", "no"),
        ("UsePAM", "yes"),
        ("MaxAuthTries", "3"),
        ("MaxSessions", "3"),
        ("LoginGraceTime", "30"),
        ("X11Forwarding", "no"),
        ("AllowTcpForwarding", "no"),
        ("AllowAgentForwarding", "no"),
        ("KexAlgorithms", "curve25519-sha256@libssh.org,diffie-hellman-group16-sha512"),
        ("Ciphers", "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com"),
        ("MACs", "hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com"),
    ];
    each_host(|host| {
        let ssh = host.settings.ssh.as_ref().unwrap();
        assert_eq!(*ssh.port, 222);
        assert!(ssh.allow_users.is_none(), "AllowUsers is the admin");
        let settings: Vec<(&str, &str)> =
            ssh.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(settings, wanted);
    });
}

#[test]
fn section_2_4_filter() {
    let shown = |host: &Host| -> Vec<String> {
        let filter = host.settings.filter.as_ref().unwrap();
        assert_eq!((*filter.incoming, *filter.outgoing), (Policy::Deny, Policy::Allow));
        let rules = filter.rules.iter().map(|rule| {
            assert_eq!(rule.action, RuleAction::Allow);
            let tcp = rule.protocol == Some(Transport::Tcp);
            format!("{:?} {} {}", rule.ports.map(|ports| ports.0), tcp, rule.from.unwrap())
        });
        rules.collect()
    };
    let site = two_vps();
    assert_eq!(shown(&site.hosts[0]), ["Some(9100) true 10.0.0.0/24", "Some(18789) true 10.0.0.0/24"]);
    assert_eq!(shown(&site.hosts[1]), ["None false 10.0.0.0/24"]);
}

#[test]
fn section_2_5_fail2ban() {
    each_host(|host| {
        let jail = host.settings.fail2ban.as_ref().unwrap();
        assert_eq!((jail.bantime.as_str(), jail.findtime.as_str(), *jail.maxretry), ("1h", "10m", 5));
        assert_eq!((jail.backend.as_str(), *jail.ssh_maxretry, jail.ssh_bantime.as_str()), ("systemd", 3, "24h"));
    });
}

#[test]
fn section_2_6_kernel() {
    let wanted = [
        ("kernel.dmesg_restrict", "1"),
        ("kernel.kptr_restrict", "2"),
        ("kernel.randomize_va_space", "2"),
        // Not in the section: what it says of redirects is only half of it, as `piton check` tells.
        ("net.ipv4.conf.all.accept_redirects", "0"),
        ("net.ipv4.conf.all.accept_source_route", "0"),
        ("net.ipv4.conf.all.log_martians", "1"),
        ("net.ipv4.conf.all.rp_filter", "1"),
        ("net.ipv4.conf.all.send_redirects", "0"),
        ("net.ipv4.icmp_echo_ignore_broadcasts", "1"),
        ("net.ipv4.tcp_max_syn_backlog", "2048"),
        ("net.ipv4.tcp_synack_retries", "2"),
        ("net.ipv4.tcp_syncookies", "1"),
    ];
    each_host(|host| {
        let sysctl: Vec<(&str, &str)> =
            host.settings.sysctl.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(sysctl, wanted);
    });
}

#[test]
fn section_2_7_updates() {
    each_host(|host| {
        let updates = host.settings.updates.as_ref().unwrap();
        assert_eq!(*updates.origins, ["main", "security", "esm-apps", "esm-infra"]);
        assert!(*updates.fix_interrupted && *updates.remove_unused_kernels && *updates.remove_unused_dependencies);
        assert!(!*updates.auto_reboot);
    });
}

#[test]
fn section_2_8_mesh() {
    each_host(|host| {
        let mesh = host.settings.mesh.as_ref().unwrap();
        assert_eq!((mesh.interface.as_str(), *mesh.port, *mesh.keepalive), ("wg0", 51820, 25));
        assert_eq!(mesh.range.to_string(), "10.0.0.0/24");
    });
}

#[test]
fn section_2_9_docker() {
    let wanted = serde_json::json!({
        "log-driver": "json-file",
        "log-opts": { "max-size": "50m", "max-file": "5" },
        "storage-driver": "overlay2",
        "live-restore": true,
        "userland-proxy": false,
        "no-new-privileges": true,
        "default-ulimits": { "nofile": { "Name": "nofile", "Hard": 65536, "Soft": 65536 } }
    });
    each_host(|host| {
        let docker = host.settings.docker.as_ref().unwrap();
        assert_eq!(docker.users.as_ref().unwrap().value, ["adminclaw", "openclaw"]);
        let daemon: serde_json::Map<_, _> =
            docker.daemon.iter().map(|(key, value)| (key.clone(), value.value.clone())).collect();
        assert_eq!(serde_json::Value::Object(daemon), wanted);
    });
}
