//! The gate as an agent, its operator and a script meet it: the built program, with a home of its own.

use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

pub(super) struct Home {
    pub(super) folder: TempDir,
}

impl Home {
    fn new() -> Home {
        Home { folder: TempDir::new().unwrap() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn piton(&self, words: &[&str], stdin: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_piton"));
        command.args(words).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("PATH", "/usr/bin:/bin");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that has said all it has to may be gone before it read everything.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap()
    }

    pub(super) fn hook(&self, agent: &str, event: &Value) -> Output {
        self.piton(&["gate", "hook", "--for", agent], &event.to_string())
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path(".local/state/piton/gate/log.jsonl")
    }
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(super) fn bash(command: &str) -> Value {
    json!({
        "session_id": "s1", "transcript_path": "/t", "cwd": "/opt/site", "permission_mode": "bypassPermissions",
        "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": { "command": command }, "tool_use_id": "u1",
    })
}

#[test]
fn a_command_is_judged_with_its_reason() {
    let home = Home::new();
    let output = home.piton(&["gate", "check", "--", "ssh prod-1 'sudo systemctl stop incus'"], "");
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(text(&output.stdout));
    assert_eq!(home.piton(&["gate", "check", "--", "ip", "route", "show"], "").status.code(), Some(0));
}

#[test]
fn a_batch_is_answered_line_by_line_in_its_order() {
    let home = Home::new();
    let lines = "{\"command\":\"ls\"}\nnot json\n{\"command\":\"rm -rf data\",\"cwd\":\"/opt/app\"}\n{\"command\":\"$X -rf /\",\"env\":{\"X\":\"rm\"}}\n{\"command\":\"systemctl restart caddy\"}\n";
    let output = home.piton(&["gate", "check", "--batch"], lines);
    let verdicts: Vec<String> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["verdict"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(verdicts, ["allow", "ask", "deny", "deny", "ask"]);
}

#[test]
fn a_hook_denies_or_says_nothing() {
    let home = Home::new();
    let free = home.hook("claude-code", &bash("git status"));
    assert_eq!((free.status.code(), text(&free.stdout)), (Some(0), String::new()));
    let denied = home.hook("claude-code", &bash("sudo nft flush ruleset"));
    assert_eq!(denied.status.code(), Some(0));
    let answer: Value = serde_json::from_slice(&denied.stdout).unwrap();
    assert_eq!(answer["hookSpecificOutput"]["permissionDecision"], "deny");
    assert!(answer["hookSpecificOutput"]["permissionDecisionReason"].as_str().unwrap().contains("piton net guard"));
    let gemini = home.hook(
        "gemini",
        &json!({ "tool_name": "run_shell_command", "tool_input": { "command": "reboot" }, "cwd": "/x" }),
    );
    assert_eq!(serde_json::from_slice::<Value>(&gemini.stdout).unwrap()["decision"], "deny");
    let cursor =
        home.hook("cursor", &json!({ "hook_event_name": "beforeShellExecution", "command": "ls", "cwd": "/x" }));
    assert_eq!(serde_json::from_slice::<Value>(&cursor.stdout).unwrap()["permission"], "allow");
    let opencode = home.hook("opencode", &json!({ "tool_name": "bash", "tool_input": { "command": "reboot" } }));
    assert_eq!((opencode.status.code(), text(&opencode.stdout)), (Some(2), String::new()));
    assert!(text(&opencode.stderr).contains("host"));
}

#[test]
fn what_was_not_understood_is_in_the_log_without_its_text() {
    let home = Home::new();
    home.piton(&["gate", "hook", "--for", "claude-code"], "{\"token\": hunter2");
    home.piton(&["gate", "hook", "--for", "claude-code"], &"x".repeat((4 << 20) + 1));
    let log = fs::read_to_string(home.log()).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    for (line, length) in lines.iter().zip(["17", "4194305"]) {
        assert_eq!(line["rule"], "hook/unreadable");
        assert_eq!(line["command"], format!("[unreadable] {length} bytes"));
        assert!(line["user"].as_str().is_some_and(|user| !user.is_empty()));
    }
    assert!(!log.contains("hunter2"));
    assert_eq!(home.piton(&["gate", "log", "--verify"], "").status.code(), Some(0));
}

#[test]
fn a_blank_line_of_a_batch_has_its_answer() {
    let home = Home::new();
    let output = home.piton(&["gate", "check", "--batch"], "{\"command\":\"ls\"}\n\n{\"command\":\"reboot\"}\n");
    let answers: Vec<Value> = text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdicts: Vec<&str> = answers.iter().map(|answer| answer["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["allow", "ask", "deny"]);
    assert_eq!(answers[1]["why"], "the line is empty");
}

#[test]
fn settings_that_cannot_be_read_make_everything_prod_and_the_answer_says_so() {
    let home = Home::new();
    let lab = "[[gate.environment]]\nname = \"lab\"\nhosts = [\"box\"]\n";
    home.write(".config/piton/piton.toml", lab);
    let command = "ssh box systemctl restart caddy";
    assert!(home.hook("claude-code", &bash(command)).stdout.is_empty());
    home.write(".config/piton/piton.toml", &format!("{lab}[[gate.rule]]\nverdict = \n"));
    let said = text(&home.hook("claude-code", &bash(command)).stdout);
    assert!(
        said.contains("deny") && said.contains("piton.toml: line 5") && said.contains("everything counts as prod"),
        "{said}"
    );
    let batch = home.piton(&["gate", "check", "--batch"], &json!({ "command": command, "env": "lab" }).to_string());
    let answer: Value = serde_json::from_slice(&batch.stdout).unwrap();
    assert_eq!(answer["verdict"], "ask");
    assert!(answer["notes"][0].as_str().unwrap().contains("everything counts as prod"));
}

#[test]
fn a_secret_of_a_command_comes_out_nowhere() {
    let home = Home::new();
    let command =
        "X=cAnArY3; PASSWORD=cAnArY1 mysql -pcAnArY2 -e 'drop database x'; curl -u a:cAnArY4 https://x; reboot";
    let command = command.replace("X=", "X_TOKEN=");
    let said = [
        home.hook("claude-code", &bash(&command)).stdout,
        home.piton(&["gate", "check", "--", &command], "").stdout,
        home.piton(&["gate", "check", "--json", "--", &command], "").stdout,
        home.piton(&["gate", "check", "--batch"], &json!({ "command": command }).to_string()).stdout,
        home.piton(&["gate", "log", "--json"], "").stdout,
        home.piton(&["approve"], "").stdout,
        fs::read(home.log()).unwrap(),
    ];
    for said in said.map(|bytes| text(&bytes)) {
        assert!(!said.contains("cAnArY"), "{said}");
    }
}

#[test]
fn settings_that_are_no_json_are_left_with_what_to_put_in_by_hand() {
    let home = Home::new();
    home.write(".claude/settings.json", "{\n\t// mine\n}");
    let output = home.piton(&["gate", "install", "--for", "claude-code", "--yes"], "");
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("`hooks.PreToolUse`") && said.contains("gate hook --for claude-code"), "{said}");
    home.write(".claude/settings.json", "{\"a\":1,\t\"b\":2}");
    let shown = text(&home.piton(&["gate", "install", "--for", "claude-code", "--dry-run"], "").stdout);
    assert!(!shown.contains('\u{fffd}') && shown.contains("1,    \"b\""), "{shown}");
}

#[test]
fn the_schema_of_the_settings_has_the_gates() {
    let home = Home::new();
    let schema: Value = serde_json::from_slice(&home.piton(&["schema", "piton.toml"], "").stdout).unwrap();
    assert!(schema["properties"]["gate"]["properties"]["rule"]["items"]["properties"]["command"].is_object());
}

#[test]
fn what_is_not_understood_is_denied() {
    let home = Home::new();
    for event in ["", "{", "[]", "{\"tool_name\":\"Bash\",\"tool_input\":{}}"] {
        let output = home.piton(&["gate", "hook", "--for", "claude-code"], event);
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["hookSpecificOutput"]["permissionDecision"], "deny", "{event}");
    }
}

#[test]
fn an_agents_own_editor_is_judged_by_the_file() {
    let home = Home::new();
    let edit = |path: &str| json!({ "tool_name": "Edit", "cwd": "/x", "tool_input": { "file_path": path } });
    let settings = home.path(".claude/settings.json");
    assert!(!home.hook("claude-code", &edit(settings.to_str().unwrap())).stdout.is_empty());
    assert!(!home.hook("claude-code", &edit("/etc/netplan/1.yaml")).stdout.is_empty());
    assert!(home.hook("claude-code", &edit("/x/src/main.rs")).stdout.is_empty());
}

#[test]
fn a_script_is_read_and_judged() {
    let home = Home::new();
    home.write("fix.sh", "#!/bin/sh\nset -e\nip link set eth0 down\n");
    home.write("look.sh", "#!/bin/sh\nip link show\n");
    home.write("Makefile", "NIC = eth0\nfix: look\n\t@ip link set $(NIC) down\nlook:\n\tip a\n");
    home.write("package.json", "{\"scripts\":{\"net\":\"sh ./fix.sh\"}}");
    let code = |words: &str| home.piton(&["gate", "check", words], "").status.code();
    assert_eq!(code("bash fix.sh"), Some(1));
    assert_eq!(code("./fix.sh"), Some(1));
    assert_eq!(code("bash look.sh"), Some(0));
    assert_eq!(code("make fix"), Some(1));
    assert_eq!(code("make look"), Some(0));
    assert_eq!(code("npm run net"), Some(1));
}

#[test]
fn the_hook_goes_in_and_comes_out_byte_for_byte() {
    let home = Home::new();
    let before = "{\n  \"model\" : \"x\",\n\t\"hooks\": { \"PostToolUse\": [ {\"matcher\":\"*\",\"hooks\":[]} ] }\n}";
    for (agent, file, list) in [
        ("claude-code", ".claude/settings.json", "PreToolUse"),
        ("codex", ".codex/hooks.json", "PreToolUse"),
        ("gemini", ".gemini/settings.json", "BeforeTool"),
        ("cursor", ".cursor/hooks.json", "beforeShellExecution"),
    ] {
        home.write(file, before);
        let install = ["gate", "install", "--for", agent, "--yes"];
        assert!(home.piton(&install, "").status.success(), "{agent}");
        let settings: Value = serde_json::from_str(&fs::read_to_string(home.path(file)).unwrap()).unwrap();
        assert_eq!(settings["hooks"][list].as_array().unwrap().len(), 1, "{agent}");
        assert_eq!(settings["model"], "x");
        // Twice is once.
        assert!(home.piton(&install, "").status.success());
        assert_eq!(serde_json::from_str::<Value>(&fs::read_to_string(home.path(file)).unwrap()).unwrap(), settings);
        assert!(home.piton(&["gate", "uninstall", "--for", agent, "--yes"], "").status.success(), "{agent}");
        assert_eq!(fs::read_to_string(home.path(file)).unwrap(), before, "{agent}");
    }
}

#[test]
fn a_file_that_the_install_made_goes_with_it() {
    let home = Home::new();
    for (agent, file) in [
        ("claude-code", ".claude/settings.json"),
        ("cursor", ".cursor/hooks.json"),
        ("opencode", ".config/opencode/plugin/piton-gate.js"),
    ] {
        let without_yes = home.piton(&["gate", "install", "--for", agent], "");
        assert_eq!(without_yes.status.code(), Some(2), "{agent}: nobody agreed");
        assert!(!home.path(file).exists());
        assert!(home.piton(&["gate", "install", "--for", agent, "--yes"], "").status.success(), "{agent}");
        assert!(home.path(file).exists());
        assert!(home.piton(&["gate", "uninstall", "--for", agent, "--yes"], "").status.success(), "{agent}");
        assert!(!home.path(file).exists(), "{agent}");
    }
}

#[test]
fn settings_that_changed_under_the_hook_are_not_guessed_at() {
    let home = Home::new();
    home.write(".claude/settings.json", "{}");
    assert!(home.piton(&["gate", "install", "--for", "claude-code", "--yes"], "").status.success());
    let compact: Value =
        serde_json::from_str(&fs::read_to_string(home.path(".claude/settings.json")).unwrap()).unwrap();
    home.write(".claude/settings.json", &compact.to_string());
    let output = home.piton(&["gate", "uninstall", "--for", "claude-code", "--yes"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("by hand"));
    assert_eq!(fs::read_to_string(home.path(".claude/settings.json")).unwrap(), compact.to_string());
}

#[test]
fn what_is_asked_for_waits_under_an_id_that_only_a_terminal_can_use() {
    let home = Home::new();
    let refused = home.hook("claude-code", &bash("systemctl restart caddy"));
    let answer: Value = serde_json::from_slice(&refused.stdout).unwrap();
    let reason = answer["hookSpecificOutput"]["permissionDecisionReason"].as_str().unwrap().to_owned();
    let id = reason.split("piton approve ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert_eq!(id.len(), 8);
    assert!(text(&home.piton(&["approve"], "").stdout).contains(&id));
    let piped = home.piton(&["approve", &id], "yes\n");
    assert_eq!(piped.status.code(), Some(1));
    assert!(text(&piped.stderr).contains("terminal"));
    // Still refused: nothing was approved.
    assert!(!home.hook("claude-code", &bash("systemctl restart caddy")).stdout.is_empty());
}

#[test]
fn an_approval_holds_once_for_that_command_in_that_folder() {
    let home = Home::new();
    let command = "systemctl restart caddy";
    let refused = home.hook("claude-code", &bash(command));
    let reason = text(&refused.stdout);
    let id = reason.split("piton approve ").nth(1).unwrap().split(['\\', ' ']).next().unwrap().to_owned();
    let approve = |until: i64| {
        let approved = json!({ "command": command, "cwd": "/opt/site", "until": until });
        home.write(&format!(".local/state/piton/gate/approved/{id}.json"), &approved.to_string());
    };
    approve(i64::MAX);
    let elsewhere = json!({ "tool_name": "Bash", "cwd": "/other", "tool_input": { "command": command } });
    assert!(!home.hook("claude-code", &elsewhere).stdout.is_empty());
    assert!(!home.hook("claude-code", &bash("systemctl restart nginx")).stdout.is_empty());
    assert!(home.hook("claude-code", &bash(command)).stdout.is_empty());
    assert!(!home.hook("claude-code", &bash(command)).stdout.is_empty(), "it was spent");
    approve(1);
    assert!(!home.hook("claude-code", &bash(command)).stdout.is_empty(), "it had ended");
    let log = fs::read_to_string(home.log()).unwrap();
    assert_eq!(log.lines().filter(|line| line.contains(&format!("\"approval\":\"{id}\""))).count(), 1);
}

#[test]
fn the_log_hides_secrets_and_shows_a_change() {
    let home = Home::new();
    for command in [
        "ls",
        "curl -H 'Authorization: Bearer abcdef123456' https://x.example",
        "PGPASSWORD=hunter2 psql -c 'DROP TABLE a'",
    ] {
        home.hook("claude-code", &bash(command));
    }
    let log = fs::read_to_string(home.log()).unwrap();
    assert!(!log.contains("hunter2") && !log.contains("abcdef123456"));
    assert_eq!(log.lines().count(), 3);
    assert_eq!(home.piton(&["gate", "log", "--verify"], "").status.code(), Some(0));
    let stopped = home.piton(&["gate", "log", "--stopped", "--json", "--since", "1h"], "");
    assert_eq!(text(&stopped.stdout).lines().count(), 1);
    for (what, changed) in [
        ("changed", log.replacen("\"verdict\":\"allow\"", "\"verdict\":\"deny\"", 1)),
        ("left out", log.lines().skip(1).map(|line| format!("{line}\n")).collect()),
        ("put in", format!("{}{log}", log.lines().next_back().unwrap().to_owned() + "\n")),
    ] {
        fs::write(home.log(), changed).unwrap();
        assert_eq!(home.piton(&["gate", "log", "--verify"], "").status.code(), Some(1), "{what}");
    }
}

#[test]
fn a_project_cannot_loosen_and_the_operator_can() {
    let home = Home::new();
    let rule = "[[gate.rule]]\nverdict = \"allow\"\neffect = \"service-change\"\n";
    home.write("site/piton.toml", rule);
    let folder = home.path("site").display().to_string();
    let code = || home.piton(&["gate", "check", "--cwd", &folder, "systemctl restart caddy"], "").status.code();
    assert_eq!(code(), Some(1));
    home.write(".config/piton/piton.toml", rule);
    assert_eq!(code(), Some(0));
    home.write("site/piton.toml", "[[gate.rule]]\nverdict = \"deny\"\neffect = \"service-change\"\n");
    assert_eq!(code(), Some(1));
}

#[test]
fn a_rule_about_words_holds_for_every_command() {
    let home = Home::new();
    let code = |command: &str| home.piton(&["gate", "check", "--cwd", "/home/me/x", command], "").status.code();
    assert_eq!(code("sudo terraform fmt"), Some(0));
    home.write(
        ".config/piton/piton.toml",
        "[[gate.rule]]\nverdict = \"deny\"\ncommand = \"terraform *\"\n[[gate.rule]]\nverdict = \"ask\"\ncommand = \"ls\"\n",
    );
    assert_eq!((code("sudo terraform fmt"), code("ls -l"), code("lsblk")), (Some(1), Some(1), Some(0)));
}

#[test]
fn the_agents_user_may_run_what_reads_and_nothing_else() {
    let home = Home::new();
    let output = home.piton(&["gate", "user", "--name", "robot", "--piton", "/usr/local/bin/piton"], "");
    insta::assert_snapshot!(text(&output.stdout));
    // Without --piton it is this one, which is not where only root writes.
    let own = home.piton(&["gate", "user", "--site", "/srv/site/"], "");
    let line = format!("  \"{} plan --site /srv/site\",\n", env!("CARGO_BIN_EXE_piton"));
    assert!(text(&own.stdout).contains(&line), "{}", text(&own.stdout));
    for wrong in [["--name", "root"], ["--piton", "piton"], ["--piton", "/a b"], ["--site", "site"], ["--site", "/a*"]]
    {
        assert_eq!(home.piton(&["gate", "user", wrong[0], wrong[1]], "").status.code(), Some(2), "{wrong:?}");
    }
}

/// Root that sudo started for somebody else. Where the tests are not root's, nothing is root's, and all of it is refused.
#[test]
fn root_reads_nothing_for_somebody_else_that_they_can_write() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = Home::new();
    home.write("shadow", "root:$y$FAKEHASH$abc:1:2\n");
    fs::create_dir(home.path("own")).unwrap();
    symlink(home.path("shadow"), home.path("own/site.toml")).unwrap();
    let called = |folder: &str, caller: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_piton"));
        command.args(["show", "--site", folder]).current_dir(home.folder.path()).env_clear();
        command.env("HOME", home.folder.path()).env("PATH", "/usr/bin:/bin");
        let output = command.envs(caller.map(|caller| ("SUDO_UID", caller))).output().unwrap();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let (code, said) = called("own", Some("1000"));
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("site/not-roots") && said.contains("not a plain file") && !said.contains("FAKEHASH"),
        "{said}"
    );
    home.write(
        "roots/site.toml",
        "[site]\nname = \"x\"\n[access]\nadmin = \"me\"\nkeys = [\"k.pub\"]\n[hosts.one]\naddress = \"203.0.113.7\"\n[[files]]\npath = \"/opt/a\"\nsource = \"a\"\n",
    );
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me\n";
    home.write("roots/k.pub", key);
    home.write("roots/a", "x");
    for name in ["roots", "roots/site.toml", "roots/k.pub", "roots/a"] {
        let mode = if name == "roots" { 0o755 } else { 0o644 };
        fs::set_permissions(home.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    let (code, said) = called("roots", Some("1000"));
    assert_eq!(code, Some(0), "{said}");
    // What the site names must be root's as well.
    fs::remove_file(home.path("roots/a")).unwrap();
    symlink(home.path("shadow"), home.path("roots/a")).unwrap();
    let (code, said) = called("roots", Some("1000"));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("not a plain file") && !said.contains("FAKEHASH"), "{said}");
    assert_eq!(called("roots", None).0, Some(0), "who calls it for themselves reads what they may");
    fs::set_permissions(home.path("roots"), fs::Permissions::from_mode(0o777)).unwrap();
    let (code, said) = called("roots", Some("1000"));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("can be written by others than root"), "{said}");
}

/// The snippet is a part of a site file that resolves.
#[test]
fn what_the_user_is_made_from_is_a_site_file() {
    let home = Home::new();
    home.write(
        ".ssh/id_ed25519.pub",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me\n",
    );
    assert!(home.piton(&["init", "--from", "two-vps", "site"], "").status.success());
    let user = text(&home.piton(&["gate", "user"], "").stdout);
    let site = home.path("site/site.toml");
    let before = fs::read_to_string(&site).unwrap();
    fs::write(&site, format!("{before}\n{user}")).unwrap();
    let shown = home.piton(&["show", "--site", site.to_str().unwrap()], "");
    assert!(shown.status.success(), "{}", text(&shown.stderr));
}

#[test]
fn the_hosts_of_a_site_are_of_the_environment_that_the_operator_says() {
    let home = Home::new();
    home.write(
        "sites/lab/site.toml",
        "[site]\nname = \"x\"\n[access]\nadmin = \"me\"\nkeys = [\"k.pub\"]\n[hosts.one]\naddress = \"203.0.113.7\"\n",
    );
    home.write(
        "sites/lab/k.pub",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me\n",
    );
    let code = |host: &str| {
        let command = format!("ssh {host} sudo systemctl restart caddy");
        home.piton(&["gate", "check", "--cwd", "/", &command], "").status.code()
    };
    assert_eq!((code("one"), code("root@203.0.113.7"), code("two")), (Some(1), Some(1), Some(1)));
    home.write(".config/piton/piton.toml", "[[gate.environment]]\nname = \"lab\"\nsites = [\"~/sites/lab\"]\n");
    assert_eq!((code("one"), code("root@203.0.113.7"), code("two")), (Some(0), Some(0), Some(1)));
    // A site that cannot be read loosens nothing, and says so.
    home.write("sites/lab/site.toml", "[site]\nnam = \"x\"\n");
    let broken = home.piton(&["gate", "check", "--cwd", "/", "ssh one sudo systemctl restart caddy"], "");
    assert_eq!(broken.status.code(), Some(1));
    assert!(text(&broken.stderr).contains("sites/lab"));
}

#[test]
fn a_rule_for_an_hour_is_only_taken_from_a_terminal() {
    let home = Home::new();
    let output = home.piton(&["gate", "allow", "service-change", "--for", "1h"], "yes\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(!home.path(".config/piton/piton.toml").exists());
    for wrong in [["service-change", "2d"], ["service-change", "soon"], ["no-effect", "1h"]] {
        let output = home.piton(&["gate", "allow", wrong[0], "--for", wrong[1]], "");
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
    assert_eq!(home.piton(&["gate", "allow", "guard-tampering", "--for", "1h"], "").status.code(), Some(1));
}

#[test]
fn every_file_of_a_patch_is_judged() {
    let home = Home::new();
    let patch = |files: &[&str]| {
        let files: String = files.iter().map(|file| format!("*** Update File: {file}\n@@\n-a\n+b\n")).collect();
        let command = format!("*** Begin Patch\n{files}*** End Patch\n");
        let event = json!({ "tool_name": "apply_patch", "cwd": "/home/x/site", "tool_input": { "command": command } });
        home.hook("codex", &event).stdout
    };
    assert!(patch(&["src/a.rs", "b.md"]).is_empty());
    assert!(text(&patch(&[".gitignore", "src/a.rs", ".claude/settings.json"])).contains("deny"));
}

#[test]
fn a_batch_may_name_the_environment() {
    let home = Home::new();
    let lines = "{\"command\":\"systemctl restart caddy\",\"env\":\"lab\"}\n{\"command\":\"systemctl restart caddy\",\"env\":\"prod\"}\n";
    let answers = text(&home.piton(&["gate", "check", "--batch"], lines).stdout);
    let verdicts: Vec<Value> =
        answers.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["verdict"].clone()).collect();
    assert_eq!(verdicts, ["allow", "ask"]);
}
