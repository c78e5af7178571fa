//! A secret that is planted where secrets stand comes out of nothing that is said about the command.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_gate::{NoFiles, Policy, Request, Verdict, judge, redact};
use proptest::prelude::*;

/// Each with `@` for the secret, and something behind it that is stopped.
const POSITIONS: &[&str] = &[
    "mysql -uroot -p@ -e 'DROP DATABASE x'",
    "mysql --password=@ -e 'DROP DATABASE x'",
    "mysqladmin -p@ drop x",
    "sshpass -p @ ssh prod-1 reboot",
    "sshpass -p@ ssh prod-1 reboot",
    "curl -u me:@ -X DELETE https://x.example/all && reboot",
    "curl -sSu me:@ https://x.example; reboot",
    "curl --user me:@ https://x.example; reboot",
    "curl -H 'Authorization: Bearer @' https://x.example; reboot",
    "curl -H \"X-Api-Key: @\" https://x.example; reboot",
    "redis-cli -a @ FLUSHALL",
    "redis-cli --pass @ FLUSHALL",
    "PGPASSWORD=@ psql -c 'DROP DATABASE x'",
    "MYSQL_PWD=@ mysql -e 'DROP DATABASE x'",
    "AWS_SECRET_ACCESS_KEY=@ aws s3 rm --recursive s3://x",
    "export AWS_SECRET_ACCESS_KEY=@; reboot",
    "psql postgres://me:@@db/x -c 'DROP DATABASE x'",
    "docker run -e POSTGRES_PASSWORD=@ --privileged -v /:/h x; reboot",
    "docker login -u me -p @ r.example; reboot",
    "psql -c \"ALTER USER x PASSWORD '@'; DROP DATABASE x\"",
];

fn wrapped(command: &str, how: usize) -> String {
    match how {
        1 => format!("sudo {command}"),
        2 => format!("bash -c '{}'", command.replace('\'', "'\\''")),
        3 => format!("ssh prod-1 \"{}\"", command.replace('\\', "\\\\").replace('"', "\\\"")),
        4 => format!("cd /opt/x && {command}"),
        _ => command.to_owned(),
    }
}

proptest! {
    #[test]
    fn a_planted_secret_is_never_said(
        position in 0..POSITIONS.len(), how in 0usize..5, head in "[a-z]{0,4}", tail in "[A-Z0-9_.+%-]{0,6}",
    ) {
        let secret = format!("{head}cAnArY{tail}");
        let command = wrapped(&POSITIONS[position].replacen('@', &secret, 1), how);
        let request = Request { command: command.clone(), folder: Some("/opt/x".into()), ..Request::default() };
        let judgement = judge(&request, &Policy::default(), &NoFiles);
        prop_assert_ne!(judgement.verdict, Verdict::Allow, "{}", command);
        let said = serde_json::to_string(&judgement).unwrap();
        prop_assert!(!said.contains("cAnArY"), "{command}\n{said}");
        let logged = redact(&command);
        prop_assert!(!logged.contains("cAnArY"), "{command}\n{logged}");
    }

    #[test]
    fn any_text_is_read_to_its_end(text in "[ -p'\"\\\\$@:;=|(){}\n\u{e9}a-c]{0,60}|mysql .{0,40}|\\PC{0,60}") {
        redact(&text);
    }
}
