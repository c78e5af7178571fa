//! No file takes more than fifty times its size in memory, whatever is in it and whatever it is said to be.
//!
//! One test, since the allocator that counts is the whole program's.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use cap::Cap;
use piton_check::{Project, Selection, apply, suppress};
use piton_config::read::{Document, FaultKind, Kind, LARGEST, read};
use std::alloc::System;
use std::collections::BTreeMap;

#[global_allocator]
static COUNTING: Cap<System> = Cap::new(System, usize::MAX);

/// How large each file is, what it may take for each of its bytes, and what every run takes.
const SIZE: usize = 24 << 10;
const TIMES: usize = 50;
const ALWAYS: usize = 512 << 10;

/// One kind of each syntax, and those whose rules look at most.
const KINDS: [Kind; 18] = [
    Kind::Compose,
    Kind::Tasks,
    Kind::Workflow,
    Kind::PrometheusRules,
    Kind::Skill,
    Kind::OpenClaw,
    Kind::N8nWorkflow,
    Kind::DaemonJson,
    Kind::Env,
    Kind::Unit,
    Kind::Jail,
    Kind::Sshd,
    Kind::Iptables,
    Kind::Crontab,
    Kind::Dockerfile,
    Kind::Caddyfile,
    Kind::Shell,
    Kind::Toml,
];

fn filled(head: &str, body: impl Fn(usize) -> String, tail: &str) -> Vec<u8> {
    let mut text = head.to_owned();
    for number in 0.. {
        if text.len() + tail.len() >= SIZE {
            break;
        }
        text.push_str(&body(number));
    }
    text.push_str(tail);
    text.into_bytes()
}

fn repeated(text: &'static str) -> Vec<u8> {
    filled("", |_| text.to_owned(), "")
}

/// What costs a reader or a rule most for the fewest bytes.
fn contents() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = [
        "a:\n",
        "- \n",
        "a\n",
        "a ",
        "a {\n}\n",
        "A=\n",
        "A=x y\n",
        "[a]\n",
        "[a]\nb=c\n",
        "#\n",
        "\n",
        "a\r\n",
        "x",
        "a: {{x}}\n",
        "{%%}\n",
        "- ${A}\n",
        "RUN a && b\n",
        "RUN a \\\n",
        "cat <<E\n",
        "'",
        "\"a\n",
        "\\\n",
        "? a\n",
        "- - ",
        "a: b # piton: ignore[x]\n",
        "Port 22\nPermitRootLogin yes\n",
        "[",
        "a {\n",
        "{\"a\":",
        "-A INPUT -p tcp --dport 22 -j DROP\n",
    ]
    .map(repeated)
    .into();
    all.push(filled("* * * * * root date +", |_| "%".to_owned(), "\n"));
    all.push(filled("* * * * * root ", |_| "date +%F;".to_owned(), "\n"));
    all.push(vec![0; SIZE]);
    all.push(vec![0xe9; SIZE]);
    all.push(b"\xe9: \xe9\n".repeat(SIZE / 5));
    all.push(filled("[", |_| "[],".to_owned(), "0]"));
    all.push(filled("[", |_| "1,".to_owned(), "0]"));
    all.push(filled("{", |number| format!("a{number}:1,"), "b:1}"));
    all.push(filled("", |number| format!("- &a{number} b\n"), ""));
    all.push(filled("x: &a {a: 1, b: 2}\ny:\n", |_| "- *a\n".to_owned(), ""));
    let service = |number| format!(" s{number}: {{image: redis, ports: ['6379:6379'], privileged: true}}\n");
    all.push(filled("services:\n", service, ""));
    let merging = |number| format!(" s{number}: {{<<: *a, image: x}}\n");
    all.push(filled("x: &a {a: 1}\nservices:\n", merging, ""));
    let hook = |_| "{\"name\":\"a\",\"type\":\"n8n-nodes-base.webhook\"},".to_owned();
    all.push(filled("{\"nodes\":[", hook, "{}],\"connections\":{\"a\":{\"main\":[[{\"node\":\"a\"}]]}}}"));
    all.push(filled("groups:\n- rules:\n", |_| "  - {alert: a, expr: 'up{job=\"x\"}'}\n".to_owned(), ""));
    all
}

/// An anchor that repeats the one below it six times, forty levels high.
fn bomb() -> Vec<u8> {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        let below = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![below; 6].join(", ")));
    }
    text.push_str("services:\n  web: { <<: [*a39, *a38], image: redis, ports: *a39 }\n");
    text.into_bytes()
}

fn look_at(document: Document) {
    let documents = [document];
    let project = Project::new(&documents);
    let selection = Selection { strict: true, ..Selection::default() };
    let findings = suppress(&project, project.check(&selection), &selection);
    let texts = BTreeMap::from([(documents[0].path.as_str(), documents[0].text.as_str())]);
    apply(&findings, &texts, true);
}

#[test]
fn a_file_takes_at_most_fifty_times_its_size() {
    // Tables that are made once are nobody's file.
    look_at(read("compose.yaml", b"services: { a: { image: redis } }\n", None));
    let contents = contents();
    let before = COUNTING.allocated();
    for kind in KINDS {
        // The last kind: its parser takes more, and is given 48 KB at most.
        let always = if kind == Kind::Toml { 2 << 20 } else { ALWAYS };
        for bytes in contents.iter().chain([&bomb()]) {
            look_at(read("stack/file", bytes, Some(kind)));
            let taken = COUNTING.max_allocated() - before;
            let start = String::from_utf8_lossy(&bytes[..40]).into_owned();
            assert!(taken <= TIMES * SIZE + always, "{} times for {start:?} as {kind:?}", taken / SIZE);
        }
    }
    // What is larger than any configuration is said to be, and not copied.
    let line = vec![b'x'; 100 << 20];
    let before = COUNTING.max_allocated();
    let document = read("compose.yaml", &line, None);
    assert!(document.faults.iter().any(|fault| fault.kind == FaultKind::TooBig) && line.len() > LARGEST);
    look_at(document);
    assert!(COUNTING.max_allocated() <= before + ALWAYS, "nothing of it is kept");
}
