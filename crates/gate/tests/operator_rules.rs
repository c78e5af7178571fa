//! What the operator forbids by command, path or host is forbidden, also where the gate finds nothing by itself.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_gate::{NoFiles, Policy, Request, Verdict, judge, judge_file, settings};

fn policy(text: &str) -> Policy {
    let mut policy = Policy { hostname: Some("here".to_owned()), ..Policy::default() };
    settings(text, true, "2026-06-01T12:00:00Z", &mut policy).unwrap();
    policy
}

fn verdict(rule: &str, command: &str) -> Verdict {
    let request = Request {
        command: command.to_owned(),
        folder: Some("/home/me/x".to_owned()),
        home: Some("/home/me".to_owned()),
        ..Request::default()
    };
    judge(&request, &policy(&format!("[[gate.rule]]\n{rule}\n")), &NoFiles).verdict
}

#[test]
fn a_rule_that_tightens_holds_for_every_command() {
    use Verdict::{Allow, Ask, Deny};
    let cases = [
        ("verdict='deny'\ncommand='ls'", "ls -la", Deny),
        ("verdict='deny'\ncommand='ls'", "cd /x && sudo /bin/ls | wc", Deny),
        ("verdict='deny'\ncommand='ls'", "lsblk", Allow),
        ("verdict='deny'\ncommand='terraform*'", "terraform plan", Deny),
        ("verdict='ask'\ncommand='terraform plan'", "terraform plan -out x", Ask),
        ("verdict='ask'\ncommand='terraform plan'", "terraform fmt", Allow),
        ("verdict='deny'\npath='/srv/*'", "touch /srv/x", Deny),
        ("verdict='deny'\npath='/srv/*'", "cat ../../../srv/a/b", Deny),
        ("verdict='deny'\npath='/srv/*'", "echo a > /srv/a/b", Deny),
        ("verdict='deny'\npath='/srv/*'", "cd /srv && ls", Deny),
        ("verdict='deny'\npath='/srv/*'", "dd if=a of=/srv/x", Deny),
        ("verdict='deny'\npath='/srv/*'", "touch /srvx", Allow),
        ("verdict='deny'\npath='/srv/*/data'", "ls /srv/a/data/b", Deny),
        ("verdict='deny'\nhost='prod-*'", "ssh prod-1 ls", Deny),
        ("verdict='deny'\nhost='prod-*'", "ssh me@prod-1", Deny),
        ("verdict='deny'\nhost='prod-*'", "scp a prod-1:/x", Deny),
        ("verdict='deny'\nhost='prod-*'", "ssh stage-1 ls", Allow),
        ("verdict='deny'\nhost='here'", "ls", Deny),
        ("verdict='deny'", "ls", Deny),
        ("verdict='deny'\ncommand='git'", "git $(cat x)", Deny),
        ("verdict='deny'\neffect='stack-change'\ncommand='docker restart *'", "docker restart x", Deny),
        ("verdict='deny'\neffect='stack-change'\ncommand='docker*'", "docker restart x", Deny),
        ("verdict='deny'\neffect='stack-change'\ncommand='*'", "docker restart x", Deny),
    ];
    for (rule, command, expected) in cases {
        assert_eq!(verdict(rule, command), expected, "{rule}: {command}");
    }
}

#[test]
fn a_rule_about_a_path_holds_for_an_agents_own_editor() {
    let policy = policy("[[gate.rule]]\nverdict = 'deny'\npath = '/home/me/keep'\nbecause = 'mine'\n");
    let judged = |path: &str| judge_file(path, true, &Request::default(), &policy, &NoFiles);
    let judgement = judged("/home/me/keep/a");
    assert_eq!(judgement.verdict, Verdict::Deny);
    assert!(judgement.decisive().unwrap().why.ends_with(": mine"));
    assert_eq!(judged("/home/me/other").verdict, Verdict::Allow);
}

#[test]
fn what_cannot_be_read_of_the_settings_loosens_nothing() {
    let lab =
        "[[gate.environment]]\nname = 'lab'\nhosts = ['a']\n[[gate.rule]]\nverdict = 'allow'\neffect = 'deploy'\n";
    let request = Request { command: "ssh a reboot".to_owned(), ..Request::default() };
    let mut policy = policy(lab);
    assert_eq!(judge(&request, &policy, &NoFiles).verdict, Verdict::Allow);
    policy.is_unsettled = true;
    assert_eq!(judge(&request, &policy, &NoFiles).verdict, Verdict::Deny);
}
