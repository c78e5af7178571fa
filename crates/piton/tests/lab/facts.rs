//! Every fact of the reference document about the two hosts (its sections 2.1 to 2.9 and 5), asked
//! of the programs themselves after an apply.

use crate::rehearsal::{Rehearsal, skipped};
use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

enum Must {
    /// The whole answer, trimmed.
    Be(&'static str),
    /// One of the lines, trimmed.
    Have(&'static str),
    /// The command fails.
    Fail,
}
use Must::{Be, Fail, Have};

const BOTH: &[&str] = &["openclaw", "observe"];

/// Section, host or hosts, what is asked there, what the answer must be.
type Fact = (&'static str, &'static [&'static str], &'static str, Must);

const FACTS: &[Fact] = &[
    (
        "2.1",
        BOTH,
        "dpkg-query -W -f '${db:Status-Abbrev}\\n' curl wget git vim htop tmux unzip ca-certificates gnupg lsb-release ufw fail2ban auditd wireguard wireguard-tools | sort -u",
        Be("ii"),
    ),
    // 2.2: two users.
    ("2.2", BOTH, "sudo -l -U adminclaw | tr -s ' '", Have("(ALL) NOPASSWD: ALL")),
    ("2.2", BOTH, "sudo -l -U openclaw | grep -c 'is not allowed to run sudo'", Be("1")),
    ("2.2", BOTH, "stat -c '%U %a' /home/adminclaw/.ssh/authorized_keys", Be("adminclaw 600")),
    ("2.2", BOTH, "test -e /home/openclaw/.ssh/authorized_keys", Fail),
    ("2.2", BOTH, "stat -c '%U:%G %a' /home/openclaw", Be("openclaw:openclaw 750")),
    ("2.2", BOTH, "su adminclaw -c 'cd /home/openclaw'", Fail),
    ("2.2", BOTH, "sudo -u openclaw sudo -n true", Fail),
    // 2.3: ssh, every row.
    ("2.3", BOTH, "sshd -T", Have("port 222")),
    ("2.3", BOTH, "sshd -T | grep -c '^port '", Be("1")),
    ("2.3", BOTH, "sshd -T", Have("permitrootlogin no")),
    ("2.3", BOTH, "sshd -T", Have("passwordauthentication no")),
    ("2.3", BOTH, "sshd -T", Have("kbdinteractiveauthentication no")),
    ("2.3", BOTH, "sshd -T", Have("usepam yes")),
    ("2.3", BOTH, "sshd -T | grep '^allowusers'", Be("allowusers adminclaw")),
    ("2.3", BOTH, "sshd -T", Have("maxauthtries 3")),
    ("2.3", BOTH, "sshd -T", Have("maxsessions 3")),
    ("2.3", BOTH, "sshd -T", Have("logingracetime 30")),
    ("2.3", BOTH, "sshd -T", Have("x11forwarding no")),
    ("2.3", BOTH, "sshd -T", Have("allowtcpforwarding no")),
    ("2.3", BOTH, "sshd -T", Have("allowagentforwarding no")),
    ("2.3", BOTH, "sshd -T", Have("kexalgorithms curve25519-sha256@libssh.org,diffie-hellman-group16-sha512")),
    ("2.3", BOTH, "sshd -T", Have("ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com")),
    ("2.3", BOTH, "sshd -T", Have("macs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com")),
    // 2.4: the filter.
    ("2.4", BOTH, "ufw status verbose", Have("Status: active")),
    ("2.4", BOTH, "ufw status verbose | grep -c 'Default: deny (incoming), allow (outgoing)'", Be("1")),
    (
        "2.4",
        &["openclaw"],
        "ufw status | sed 's/ *#.*//' | grep ALLOW | grep -v v6 | tr -s ' ' | sed 's/ $//' | sort",
        Be("18789/tcp ALLOW 10.0.0.0/24\n222/tcp ALLOW Anywhere\n51820/udp ALLOW Anywhere\n9100/tcp ALLOW 10.0.0.0/24"),
    ),
    (
        "2.4",
        &["observe"],
        "ufw status | sed 's/ *#.*//' | grep ALLOW | grep -v v6 | tr -s ' ' | sed 's/ $//' | sort",
        Be("222/tcp ALLOW Anywhere\n51820/udp ALLOW Anywhere\nAnywhere ALLOW 10.0.0.0/24"),
    ),
    (
        "2.4",
        BOTH,
        "ufw status | sed 's/ *#.*//' | grep ALLOW | grep v6 | tr -s ' ' | sed 's/ $//' | sort",
        Be("222/tcp (v6) ALLOW Anywhere (v6)\n51820/udp (v6) ALLOW Anywhere (v6)"),
    ),
    ("2.4", BOTH, "systemctl is-enabled ufw", Be("enabled")),
    ("2.4", BOTH, "ufw status | grep -c 443", Fail),
    // 2.5: fail2ban.
    ("2.5", BOTH, "systemctl is-active fail2ban", Be("active")),
    ("2.5", BOTH, "systemctl is-enabled fail2ban", Be("enabled")),
    ("2.5", BOTH, "fail2ban-client get sshd maxretry", Be("3")),
    ("2.5", BOTH, "fail2ban-client get sshd bantime", Be("86400")),
    ("2.5", BOTH, "fail2ban-client get sshd findtime", Be("600")),
    ("2.5", BOTH, "fail2ban-client get sshd journalmatch | grep -c sshd", Be("1")),
    ("2.5", BOTH, "fail2ban-client -d | grep -c \"'sshd'.*'port', '222'\"", Be("1")),
    ("2.5", BOTH, "sed -n '/^\\[DEFAULT\\]/,/^\\[sshd\\]/p' /etc/fail2ban/jail.local | tr -d ' '", Have("bantime=1h")),
    (
        "2.5",
        BOTH,
        "sed -n '/^\\[DEFAULT\\]/,/^\\[sshd\\]/p' /etc/fail2ban/jail.local | tr -d ' '",
        Have("findtime=10m"),
    ),
    ("2.5", BOTH, "sed -n '/^\\[DEFAULT\\]/,/^\\[sshd\\]/p' /etc/fail2ban/jail.local | tr -d ' '", Have("maxretry=5")),
    (
        "2.5",
        BOTH,
        "sed -n '/^\\[DEFAULT\\]/,/^\\[sshd\\]/p' /etc/fail2ban/jail.local | tr -d ' '",
        Have("backend=systemd"),
    ),
    // 2.6: the kernel. In the lab `kernel.*` are stand-ins, since there is one kernel for all hosts.
    ("2.6", BOTH, "sysctl -n net.ipv4.conf.all.rp_filter", Be("1")),
    ("2.6", BOTH, "sysctl -n net.ipv4.icmp_echo_ignore_broadcasts", Be("1")),
    ("2.6", BOTH, "sysctl -n net.ipv4.conf.all.accept_source_route", Be("0")),
    ("2.6", BOTH, "sysctl -n net.ipv4.conf.all.send_redirects", Be("0")),
    ("2.6", BOTH, "sysctl -n net.ipv4.tcp_syncookies", Be("1")),
    ("2.6", BOTH, "sysctl -n net.ipv4.tcp_max_syn_backlog", Be("2048")),
    ("2.6", BOTH, "sysctl -n net.ipv4.tcp_synack_retries", Be("2")),
    ("2.6", BOTH, "sysctl -n net.ipv4.conf.all.log_martians", Be("1")),
    ("2.6", BOTH, "sysctl -n kernel.randomize_va_space", Be("2")),
    ("2.6", BOTH, "sysctl -n kernel.dmesg_restrict", Be("1")),
    ("2.6", BOTH, "sysctl -n kernel.kptr_restrict", Be("2")),
    ("2.6", BOTH, "test -f /etc/sysctl.d/99-security.conf && echo there", Be("there")),
    // 2.7: updates.
    ("2.7", BOTH, "apt-config dump", Have("Unattended-Upgrade::Automatic-Reboot \"false\";")),
    ("2.7", BOTH, "apt-config dump", Have("Unattended-Upgrade::AutoFixInterruptedDpkg \"true\";")),
    ("2.7", BOTH, "apt-config dump", Have("Unattended-Upgrade::Remove-Unused-Kernel-Packages \"true\";")),
    ("2.7", BOTH, "apt-config dump", Have("Unattended-Upgrade::Remove-Unused-Dependencies \"true\";")),
    ("2.7", BOTH, "apt-config dump", Have("APT::Periodic::Unattended-Upgrade \"1\";")),
    (
        "2.7",
        BOTH,
        "apt-config dump | grep -iE '(Allowed-Origins|Origins-Pattern)::' | grep -qi security && echo named",
        Be("named"),
    ),
    ("2.7", BOTH, "unattended-upgrade --dry-run", Be("")),
    // 2.8: the mesh.
    ("2.8", &["openclaw"], "ip -4 -br addr show wg0 | tr -s ' ' | cut -d' ' -f3", Be("10.0.0.1/24")),
    ("2.8", &["observe"], "ip -4 -br addr show wg0 | tr -s ' ' | cut -d' ' -f3", Be("10.0.0.2/24")),
    ("2.8", BOTH, "wg show wg0 listen-port", Be("51820")),
    ("2.8", BOTH, "stat -c '%U %a' /etc/wireguard/wg0.conf /etc/wireguard/private.key", Be("root 600\nroot 600")),
    ("2.8", &["openclaw"], "wg show wg0 allowed-ips | cut -f2", Be("10.0.0.2/32")),
    ("2.8", &["observe"], "wg show wg0 allowed-ips | cut -f2", Be("10.0.0.1/32")),
    ("2.8", BOTH, "wg show wg0 persistent-keepalive | cut -f2", Be("25")),
    ("2.8", &["openclaw"], "ping -c 3 -W 5 -q 10.0.0.2 >/dev/null && echo crosses", Be("crosses")),
    ("2.8", &["observe"], "ping -c 3 -W 5 -q 10.0.0.1 >/dev/null && echo crosses", Be("crosses")),
    ("2.8", BOTH, "test $(wg show wg0 latest-handshakes | cut -f2) -gt 0 && echo shaken", Be("shaken")),
    ("2.8", BOTH, "systemctl is-enabled wg-quick@wg0", Be("enabled")),
    ("2.8", BOTH, "systemctl is-active wg-quick@wg0", Be("active")),
    ("2.8", BOTH, "grep -c PrivateKey /etc/wireguard/wg0.conf", Fail),
    // What carried it out is gone: the session by the old port could not say goodbye by it any more.
    ("5", BOTH, "pgrep -f 'host --stdi[o]'", Fail),
    ("5", BOTH, "flock -w 5 /var/lib/piton/lock.change echo free", Be("free")),
    // 2.9: Docker.
    ("2.9", BOTH, "id -nG adminclaw | tr ' ' '\\n'", Have("docker")),
    ("2.9", BOTH, "id -nG openclaw | tr ' ' '\\n'", Have("docker")),
    ("2.9", BOTH, "systemctl is-active docker", Be("active")),
    (
        "2.9",
        BOTH,
        "docker info -f '{{.LoggingDriver}} {{.Driver}} {{.LiveRestoreEnabled}}'",
        Be("json-file overlay2 true"),
    ),
    (
        "2.9",
        BOTH,
        "python3 -c 'import json; print(json.dumps(json.load(open(\"/etc/docker/daemon.json\")), sort_keys=True))'",
        Be(
            "{\"default-ulimits\": {\"nofile\": {\"Hard\": 65536, \"Name\": \"nofile\", \"Soft\": 65536}}, \"live-restore\": true, \"log-driver\": \"json-file\", \"log-opts\": {\"max-file\": \"5\", \"max-size\": \"50m\"}, \"no-new-privileges\": true, \"storage-driver\": \"overlay2\", \"userland-proxy\": false}",
        ),
    ),
    // 5: what listens.
    ("5", BOTH, "ss -Hltn | awk '{print $4}' | grep -E ':(22|222)$' | sed 's/.*://' | sort -u", Be("222")),
];

/// Asks every fact; answers all those that do not hold.
fn untrue(rehearsal: &Rehearsal) -> Vec<String> {
    let mut found = Vec::new();
    for (section, hosts, ask, must) in FACTS {
        for host in *hosts {
            let said = rehearsal.on(host, ask);
            let answer = said.out.trim();
            let holds = match must {
                Be(expected) => said.code == 0 && answer == *expected,
                Have(expected) => answer.lines().any(|line| line.trim() == *expected),
                Fail => said.code != 0,
            };
            if !holds {
                let expected = match must {
                    Be(text) | Have(text) => text,
                    Fail => "(a failure)",
                };
                let code = said.code;
                found.push(format!(
                    "§{section} {host}: {ask}\n  must: {expected}\n  is ({code}): {answer}\n  {}",
                    said.err.trim()
                ));
            }
        }
    }
    found
}

/// What somebody outside finds behind a port.
#[derive(Debug, PartialEq)]
enum Outside {
    Ssh,
    Closed,
}

fn knock(address: &str, port: u16) -> Outside {
    let target = format!("{address}:{port}").parse().unwrap();
    let Ok(mut stream) = TcpStream::connect_timeout(&target, Duration::from_secs(3)) else { return Outside::Closed };
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut banner = [0u8; 4];
    match stream.read_exact(&mut banner) {
        Ok(()) if &banner == b"SSH-" => Outside::Ssh,
        other => panic!("{address}:{port} is open and is not ssh: {other:?}"),
    }
}

fn the_pair_is_as_the_document_says(name: &str, image: &str) {
    if skipped() {
        return;
    }
    let rehearsal = Rehearsal::of_two(name, image);
    assert_eq!(knock(&rehearsal.address("openclaw"), 22), Outside::Ssh, "a fresh server answers on 22");
    rehearsal.apply().ok();

    let untrue = untrue(&rehearsal);
    assert!(untrue.is_empty(), "{} of {} facts do not hold:\n{}", untrue.len(), FACTS.len(), untrue.join("\n"));
    for host in BOTH {
        let address = rehearsal.address(host);
        assert_eq!(knock(&address, 222), Outside::Ssh, "{host}: 222 answers");
        assert_eq!(knock(&address, 22), Outside::Closed, "{host}: 22 does not");
    }
    the_filter_holds(&rehearsal);
    nobody_else_gets_in(&rehearsal);

    // A second apply changes nothing, and says so.
    assert_eq!(rehearsal.planned("openclaw"), Vec::<String>::new());
    assert_eq!(rehearsal.planned("observe"), Vec::<String>::new());
    let again = rehearsal.apply().ok();
    assert!(again.to_lowercase().contains("nothing to do"), "{again}");

    // And it is still so after a reboot.
    for host in BOTH {
        rehearsal.piton(&["lab", "reboot", host]).ok();
    }
    assert_eq!(rehearsal.planned("openclaw"), Vec::<String>::new(), "after a reboot");
    assert_eq!(rehearsal.planned("observe"), Vec::<String>::new(), "after a reboot");
}

/// The ports of the document's section 5, tried from where it says they may and may not be reached.
fn the_filter_holds(rehearsal: &Rehearsal) {
    let listen = "systemd-run -q --unit=listen-$PORT --collect python3 -m http.server $PORT >/dev/null 2>&1; \
                  for i in $(seq 100); do ss -Hltn | grep -q \":$PORT \" && break; sleep 0.1; done";
    let try_tcp = |from: &str, address: &str, port: u16| {
        rehearsal.on(from, &format!("timeout 3 bash -c '</dev/tcp/{address}/{port}'")).code == 0
    };
    for (host, port) in [("openclaw", 9100), ("openclaw", 18789), ("openclaw", 8080), ("observe", 3100)] {
        rehearsal.on(host, &listen.replace("$PORT", &port.to_string())).ok();
    }
    let (openclaw, observe) = (rehearsal.address("openclaw"), rehearsal.address("observe"));
    assert!(try_tcp("observe", "10.0.0.1", 9100), "the node exporter, over the mesh");
    assert!(try_tcp("observe", "10.0.0.1", 18789), "the gateway, over the mesh");
    assert!(!try_tcp("observe", "10.0.0.1", 8080), "nothing else on openclaw, even over the mesh");
    assert!(try_tcp("openclaw", "10.0.0.2", 3100), "anything on observe, over the mesh");
    assert!(!try_tcp("observe", &openclaw, 9100), "not by the public address");
    assert!(!try_tcp("openclaw", &observe, 3100), "not by the public address");
    assert_eq!(knock(&openclaw, 9100), Outside::Closed);
    assert_eq!(knock(&observe, 3100), Outside::Closed);
}

/// Only the admin, only by key.
fn nobody_else_gets_in(rehearsal: &Rehearsal) {
    let address = rehearsal.address("openclaw");
    let key = rehearsal.path().join("keys/operator");
    let login = |user: &str| {
        let mut ssh = std::process::Command::new("ssh");
        ssh.args([
            "-F",
            "none",
            "-o",
            "BatchMode=yes",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
        ]);
        ssh.args(["-o", "IdentitiesOnly=yes", "-p", "222", "-i"]).arg(&key).args(["-l", user, &address, "true"]);
        ssh.output().unwrap().status.success()
    };
    assert!(login("adminclaw"), "the admin gets in with the key of the site");
    assert!(!login("root"));
    assert!(!login("openclaw"));
}

#[test]
fn the_pair_is_as_the_document_says_on_debian_12() {
    the_pair_is_as_the_document_says("facts-debian-12", "debian-12");
}

#[test]
fn the_pair_is_as_the_document_says_on_ubuntu_24_04_where_a_socket_holds_the_ssh_port() {
    the_pair_is_as_the_document_says("facts-ubuntu-24", "ubuntu-24.04");
}

#[test]
fn the_pair_is_as_the_document_says_on_debian_13() {
    the_pair_is_as_the_document_says("facts-debian-13", "debian-13");
}

#[test]
fn the_pair_is_as_the_document_says_on_ubuntu_22_04() {
    the_pair_is_as_the_document_says("facts-ubuntu-22", "ubuntu-22.04");
}
