//! Texts that are made to be hard to read: there is an answer, and what cannot be read is not allowed.
//!
//! How long it takes is measured in `bench/gate`; here it only must end.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_gate::{NoFiles, Policy, Request, Verdict, judge};

fn verdict(command: String) -> Verdict {
    judge(&Request { command, ..Request::default() }, &Policy::default(), &NoFiles).verdict
}

#[test]
fn text_without_an_end_is_asked_for() {
    for open in [
        "((((",
        "$((",
        "$(",
        "${x:-",
        "`",
        "\"",
        "'",
        "<(",
        "{ ",
        "if true; then ",
        "case x in ",
        "f() { ",
        "@(",
        "x=(",
        "[[ ",
        "\"$(",
        "$'",
        "for x in ",
    ] {
        // An odd number: two quotes are a text that has ended.
        for count in [1, 11, 1001, (60_000 / open.len()) | 1] {
            assert_ne!(verdict(open.repeat(count)), Verdict::Allow, "{count} times {open}");
        }
        // Longer than what is read at all.
        assert_eq!(verdict(open.repeat((1 << 20) / open.len())), Verdict::Ask, "1 MB of {open}");
    }
}

/// A fuzzer found the first of these: the reader waited for a letter behind the end.
#[test]
fn text_that_ends_in_the_middle_of_something_ends() {
    for text in [
        "echo ${", "${#", "${!", "$'\\x", "$'\\", "\\", "$", "${x[", "`\\", "a=", "a[", "<<", "<<-", "{x}>", "x=(",
        "$((1", "é$", "${é", "\"\\",
    ] {
        verdict(text.to_owned());
        verdict(format!("echo {text}"));
    }
}

#[test]
fn long_and_empty_text_is_read() {
    assert_eq!(verdict(" ".repeat(120_000)), Verdict::Allow);
    assert_eq!(verdict("\n".repeat(120_000)), Verdict::Allow);
    assert_eq!(verdict(" ".repeat(140_000)), Verdict::Ask, "longer than any shell can be given");
    let many: String = (0..5_000).map(|number| format!(" a{number}")).collect();
    assert_eq!(verdict(format!("rm -rf{many}")), Verdict::Ask, "more files than are looked at");
    assert_eq!(verdict(format!("{}ip link set eth0 down", " ".repeat(100_000))), Verdict::Deny);
    assert_eq!(verdict(format!("echo {}", "a ".repeat(50_000))), Verdict::Allow);
    assert_eq!(verdict(format!("cat > x <<'E'\n{}\nE\n", "rm -rf /\n".repeat(13_000))), Verdict::Allow);
}

#[test]
fn what_grows_when_it_is_expanded_stays_bounded() {
    assert_ne!(verdict(format!("rm -rf {}", "{a,b}".repeat(40))), Verdict::Allow);
    let mut doubling = String::from("x=aaaaaaaaaa\n");
    doubling.push_str(&"x=$x$x\n".repeat(60));
    doubling.push_str("bash -c \"$x\"");
    assert_ne!(verdict(doubling), Verdict::Allow);
    assert_ne!(verdict("f() { f; f; }; f".to_owned()), Verdict::Allow);
    assert_ne!(verdict(format!("{}true", "for x in a b c d e f g; do ".repeat(9))), Verdict::Allow);
    assert_ne!(verdict("eval ".repeat(60) + "$x"), Verdict::Allow);
    assert_ne!(verdict(format!("docker {}", "-a ".repeat(40_000))), Verdict::Allow);
}

#[test]
fn a_path_that_is_not_known_is_not_taken_for_one_in_the_folder() {
    let request = |command: &str| Request {
        command: command.to_owned(),
        folder: Some("/home/me/site".to_owned()),
        ..Request::default()
    };
    for command in ["rm -rf \"$X\"", "rm -rf $(cat list)", "find \"$X\" -delete", "bash \"$X\""] {
        assert_eq!(judge(&request(command), &Policy::default(), &NoFiles).verdict, Verdict::Ask, "{command}");
    }
}

#[test]
fn letters_that_stand_for_unknown_text_mean_nothing_in_a_command() {
    assert_eq!(verdict("ip link set eth0\0 down".to_owned()), Verdict::Deny);
    assert_eq!(verdict("echo \u{1}\u{2}".to_owned()), Verdict::Allow);
}

#[test]
fn the_folder_that_a_session_works_in_does_not_go_as_a_whole() {
    let request = |command: &str| Request {
        command: command.to_owned(),
        folder: Some("/home/me/site".to_owned()),
        home: Some("/home/me".to_owned()),
        ..Request::default()
    };
    let verdict = |command: &str| judge(&request(command), &Policy::default(), &NoFiles).verdict;
    assert_eq!(verdict("rm -rf *"), Verdict::Ask);
    assert_eq!(verdict("rm -rf ."), Verdict::Deny);
    assert_eq!(verdict("cd .. && rm -rf site"), Verdict::Deny);
    assert_eq!(verdict("rm -rf dist/* tests/output"), Verdict::Allow);
    assert_eq!(verdict("docker run --rm -v $PWD:/w alpine cat /w/.env"), Verdict::Deny);
}
