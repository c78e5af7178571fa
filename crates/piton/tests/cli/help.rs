//! Help, exit codes, completions and the manual.

use crate::bench::Bench;

#[test]
fn the_first_page_names_the_commands() {
    insta::assert_snapshot!(Bench::empty().piton(&["--help"]).all());
}

#[test]
fn every_command_has_help_with_an_example() {
    let bench = Bench::empty();
    for command in ["init", "plan", "apply", "show", "history", "rollback", "render", "lab", "net", "demo"] {
        let said = bench.piton(&[command, "--help"]);
        assert_eq!(said.code, Some(0), "{command}");
        assert!(said.out.contains("Example"), "{command} has no example:\n{}", said.out);
        assert_eq!(bench.piton(&["help", command]).out, said.out, "`piton help {command}` is the same page");
    }
}

#[test]
fn apply_explains_itself() {
    insta::assert_snapshot!(Bench::empty().piton(&["apply", "--help"]).all());
}

#[test]
fn the_exit_codes_are_listed() {
    insta::assert_snapshot!(Bench::empty().piton(&["help", "exit-codes"]).all());
}

#[test]
fn an_unknown_topic_or_command_is_wrong_usage() {
    let bench = Bench::empty();
    assert_eq!(bench.piton(&["help", "nothing"]).code, Some(2));
    assert_eq!(bench.piton(&["plam"]).code, Some(2));
    assert!(bench.piton(&["plam"]).err.contains("plan"), "says what was meant");
}

#[test]
fn a_program_that_asked_for_json_gets_wrong_usage_as_json_too() {
    let bench = Bench::empty();
    for words in
        [&["check", "--json", "--badflag"][..], &["check", "--json", "--format", "x"], &["plan", "--json", "--bad"]]
    {
        let said = bench.piton(words);
        let told = said.json();
        assert_eq!(
            (said.code, &told["schema"], &told["exit"]),
            (Some(2), &"piton.error/1".into(), &2.into()),
            "{words:?}"
        );
        assert!(said.err.starts_with("error: ") && !told["problems"][0]["what"].as_str().unwrap().contains("error: "));
    }
    let told = bench.piton(&["check", "--format", "sarif", "--selec", "compose"]).json();
    assert_eq!(told["problems"][0]["what"], "unexpected argument '--selec' found");
    assert!(told["problems"][0]["help"].as_str().unwrap().contains("--select"), "{told}");
    for words in [&["check", "--badflag"][..], &["exec", "web", "--bad", "--", "ls", "--json"]] {
        assert_eq!(bench.piton(words).out, "");
    }
}

#[test]
fn completions_and_the_manual_are_printed() {
    let bench = Bench::empty();
    for shell in ["bash", "zsh", "fish"] {
        let said = bench.piton(&["completions", shell]);
        assert!(said.code == Some(0) && said.out.contains("piton"), "{shell}");
        assert!(!said.out.contains("lab-supervisor"), "{shell} offers what is hidden");
    }
    assert!(bench.piton(&["man"]).out.contains(".TH piton 1"));
}

#[test]
fn the_schema_of_the_site_file_is_one() {
    let schema = Bench::empty().piton(&["schema"]).json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}

#[test]
fn the_host_half_wants_to_be_root() {
    if rustix::process::geteuid().is_root() {
        return;
    }
    assert_eq!(Bench::empty().piton(&["host", "--stdio"]).code, Some(1));
}
