//! What the programs themselves let pass, and `piton check` does not.
//!
//! Each line of the table is shown twice: the real program accepts the file, and piton's rule finds the mistake. So a
//! rule is here because it is needed; should a program learn better, its line fails and can go.

use crate::asked::{Answer, From, Roots};
use crate::rendered::piton;
use std::path::Path;

pub struct Miss {
    pub what: &'static str,
    pub path: &'static str,
    pub text: &'static str,
    pub program: &'static str,
    pub from: From,
    /// Ends well, since the program accepts the file `$F`.
    pub line: &'static str,
    /// Which of piton's rules finds it.
    pub rule: &'static str,
    /// What the program does not say although it refuses the file for something else; empty: it accepts it.
    pub unsaid: &'static str,
}

use From::{Containers, Hosts, Node, Python};

pub const MISSES: &[Miss] = &[
    Miss {
        what: "a target that is not there",
        path: "etc/iptables/rules.v4",
        text: "*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -p tcp -j DROPP\nCOMMIT\n",
        program: "iptables-restore --test",
        from: Hosts,
        line: r#"iptables-restore --test "$F""#,
        rule: "iptables-unknown-target",
        unsaid: "",
    },
    Miss {
        what: "a misspelt key",
        path: "etc/wireguard/wg0.conf",
        text: "[Interface]\nAddress = 10.0.0.1/24\nPrivateKey = \n[Peer]\nPublicKey = x\nAllowedIP = 10.0.0.2/32\n",
        program: "wg-quick strip",
        from: Hosts,
        line: r#"wg-quick strip "$F""#,
        rule: "wg-unknown-key",
        unsaid: "",
    },
    Miss {
        what: "a misspelt key",
        path: "etc/fail2ban/jail.local",
        text: "[sshd]\nenabled = true\nbackend = systemd\nmaxretri = 3\n",
        program: "fail2ban-client -t",
        from: Hosts,
        line: "fail2ban-client -t",
        rule: "f2b-unknown-key",
        unsaid: "",
    },
    Miss {
        what: "a misspelt key",
        path: "etc/systemd/system/app.service",
        text: "[Service]\nExecStart=/bin/true\nMemoryMaxx=1G\n",
        program: "systemd-analyze verify",
        from: Hosts,
        line: r#"systemd-analyze verify --man=no "$F""#,
        rule: "unit-unknown-key",
        unsaid: "",
    },
    Miss {
        what: "a misspelt value",
        path: "etc/systemd/system/app.service",
        text: "[Service]\nExecStart=/bin/true\nRestart=allways\n",
        program: "systemd-analyze verify",
        from: Hosts,
        line: r#"systemd-analyze verify --man=no "$F""#,
        rule: "unit-unknown-value",
        unsaid: "",
    },
    Miss {
        what: "a subnet that is none",
        path: "srv/compose.yaml",
        text: "services: {one: {image: \"redis:8.0.2\", networks: [back]}}\n\
               networks: {back: {ipam: {config: [{subnet: 172.20.1.0/99}]}}}\n",
        program: "docker-compose config",
        from: Hosts,
        line: r#"docker-compose -f "$F" config --quiet"#,
        rule: "compose-subnet-invalid",
        unsaid: "",
    },
    Miss {
        what: "a user who may not log in any more",
        path: "etc/ssh/sshd_config",
        text: "PermitRootLogin no\nPasswordAuthentication no\nUsePAM no\n",
        program: "sshd -t",
        from: Hosts,
        line: "mkdir -p /run/sshd; sshd -t",
        rule: "sshd-use-pam-no",
        unsaid: "",
    },
    Miss {
        what: "updates that leave the security updates out",
        path: "etc/apt/apt.conf.d/50unattended-upgrades",
        text: "Unattended-Upgrade::Origins-Pattern {\n  \"origin=Debian,codename=${distro_codename},label=Debian\";\n};\n",
        program: "unattended-upgrade --dry-run",
        from: Hosts,
        line: "unattended-upgrade --dry-run",
        rule: "uu-security-origin-missing",
        unsaid: "",
    },
    Miss {
        what: "an address with a port where an address belongs",
        path: "srv/Caddyfile",
        text: "example.org {\n\treverse_proxy one:8080 {\n\t\theader_up X-Real-IP {remote}\n\t}\n}\n",
        program: "caddy validate",
        from: Containers,
        line: r#"caddy validate --adapter caddyfile --config "$F""#,
        rule: "caddy-remote-has-port",
        unsaid: "",
    },
    Miss {
        what: "a variable that is never filled in",
        path: "srv/alertmanager.yml",
        text: "route: {receiver: ops}\n\
               receivers: [{name: ops, telegram_configs: [{bot_token: \"${TELEGRAM_TOKEN}\", chat_id: 1}]}]\n",
        program: "amtool check-config",
        from: Containers,
        line: r#"amtool check-config "$F""#,
        rule: "am-env-not-expanded",
        unsaid: "",
    },
    Miss {
        what: "a channel's mistake behind one of the core",
        path: "srv/openclaw.json",
        text: "{\"gateway\": {\"mode\": \"local\", \"prot\": 1}, \"channels\": {\"telegram\": {\"token\": \"${T}\"}}}\n",
        program: "openclaw config validate",
        from: Node,
        line: crate::table::OPENCLAW,
        rule: "openclaw-telegram-token-key",
        unsaid: "telegram",
    },
    Miss {
        what: "a section that nobody reads",
        path: "srv/litellm/config.yaml",
        text: "model_lst: [{model_name: one, litellm_params: {model: openai/one}}]\nlitellm_settings: {drop_params: true}\n",
        program: "litellm's own classes",
        from: Python,
        line: crate::table::LITELLM,
        rule: "litellm-unknown-key",
        unsaid: "",
    },
    Miss {
        what: "a fallback to a model that is not there",
        path: "srv/litellm/config.yaml",
        text: "model_list: [{model_name: one, litellm_params: {model: openai/one}}]\n\
               litellm_settings: {fallbacks: [{one: [two]}]}\n",
        program: "litellm's own classes",
        from: Python,
        line: crate::table::LITELLM,
        rule: "litellm-fallback-unknown-model",
        unsaid: "",
    },
];

#[test]
fn piton_finds_what_the_programs_let_pass() {
    let roots = (!crate::skipped()).then(Roots::made);
    let mut wrong = Vec::new();
    let (mut shown, mut left) = (0, 0);
    for miss in MISSES {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(miss.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, miss.text).unwrap();
        let row = format!("{}: {}", miss.program, miss.what);
        match roots.as_ref().map(|roots| roots.ask(miss.from, folder.path(), &format!("/{}", miss.path), miss.line)) {
            Some(Answer::Accepted(_)) if miss.unsaid.is_empty() => shown += 1,
            Some(Answer::Refused(words)) if !miss.unsaid.is_empty() && !words.contains(miss.unsaid) => shown += 1,
            Some(Answer::Accepted(words)) => wrong.push(format!("{row}: accepted: {words}")),
            Some(Answer::Refused(words)) => wrong.push(format!("{row}: refused, so no rule is needed: {words}")),
            None | Some(Answer::Left) => left += 1,
        }
        let found = found(folder.path());
        if !found.iter().any(|rule| rule == miss.rule) {
            wrong.push(format!("{row}: piton finds {found:?} and not {}", miss.rule));
        }
    }
    eprintln!("{shown} of {} mistakes were let pass by their own program, {left} not shown to it", MISSES.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rules that find something in a folder.
fn found(folder: &Path) -> Vec<String> {
    let done = piton(folder, &["check", "--json", "."]);
    let told: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let findings = told["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}
