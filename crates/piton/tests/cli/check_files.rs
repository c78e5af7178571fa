//! Which files `piton check` looks at: what is ignored, excluded, known, named, or no plain text.

use crate::bench::Bench;
use crate::check::COMPOSE;

#[test]
fn a_baseline_leaves_only_what_is_new() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    assert_eq!(bench.piton(&["check", "--write-baseline", "known.txt"]).code, Some(0));
    assert_eq!(bench.piton(&["check", "--baseline", "known.txt"]).code, Some(0));
    bench.write("more/compose.yaml", COMPOSE);
    assert_eq!(bench.piton(&["check", "--baseline", "known.txt"]).code, Some(1));
}

#[test]
fn what_git_ignores_is_left_out_and_dotfiles_are_not() {
    let bench = Bench::empty();
    bench.write(".gitignore", "old/\n");
    bench.write("old/compose.yaml", COMPOSE);
    bench.write(".env", "SITE_NAME=My Home Server\n");
    let said = bench.piton(&["check"]);
    assert!(said.out.contains("env-unquoted-space") && !said.out.contains("old/"), "{}", said.all());
}

#[test]
fn what_was_decided_and_what_is_known_hold_in_every_folder_of_the_repository() {
    let bench = Bench::empty();
    bench.write(".git/HEAD", "ref: refs/heads/main\n");
    bench.write("stack/compose.yaml", COMPOSE);
    bench.write("piton.toml", "[check]\nbaseline = \"known.txt\"\n");
    assert_eq!(bench.piton(&["check", "--write-baseline", "known.txt"]).code, Some(0));
    assert_eq!(bench.piton(&["check"]).code, Some(0));
    let inside = bench.command(&["check"]).current_dir(bench.path().join("stack")).output().unwrap();
    assert_eq!(inside.status.code(), Some(0), "{}", String::from_utf8_lossy(&inside.stdout));
}

fn pipe(path: &std::path::Path) {
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
}

#[test]
fn a_cloned_repository_cannot_hang_it_by_its_ignore_files() {
    for name in [".gitignore", ".ignore", "deep/down/.gitignore", ".git/info/exclude"] {
        for is_pipe in [false, true] {
            let bench = Bench::empty();
            bench.write("compose.yaml", COMPOSE);
            let path = bench.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            match is_pipe {
                true => pipe(&path),
                false => std::os::unix::fs::symlink("/dev/zero", &path).unwrap(),
            }
            let said = bench.piton(&["check"]);
            assert_eq!(said.code, Some(2), "{name}: {}", said.all());
            assert!(said.err.contains(name) && said.err.contains("not a plain file"), "{name}: {}", said.err);
        }
    }
}

#[test]
fn an_ignore_file_above_a_named_folder_is_looked_at_as_well() {
    let bench = Bench::empty();
    bench.write("stack/compose.yaml", COMPOSE);
    std::os::unix::fs::symlink("/dev/zero", bench.path().join(".gitignore")).unwrap();
    let said = bench.piton(&["check", "stack"]);
    assert_eq!(said.code, Some(2), "{}", said.all());
    assert!(said.err.contains("not a plain file"), "{}", said.err);
}

#[test]
fn an_ignore_file_that_links_to_a_plain_one_still_counts() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    bench.write("ignored", "compose.yaml\n");
    std::os::unix::fs::symlink("ignored", bench.path().join(".gitignore")).unwrap();
    let said = bench.piton(&["check"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
}

#[test]
fn a_baseline_that_never_ends_is_not_read() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    let said = bench.piton(&["check", "--baseline", "/dev/zero"]);
    assert!(said.code == Some(2) && said.err.contains("not a plain file"), "{}", said.all());
    bench.write("piton.toml", "[check]\nbaseline = \"known\"\n");
    pipe(&bench.path().join("known"));
    let said = bench.piton(&["check"]);
    assert!(said.code == Some(2) && said.err.contains("not a plain file"), "{}", said.all());
}

#[test]
fn what_is_no_baseline_is_not_taken_for_an_empty_one() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    let said = bench.piton(&["check", "--baseline", "compose.yaml"]);
    assert!(said.code == Some(2) && said.err.contains("--write-baseline"), "{}", said.all());
}

#[test]
fn a_named_path_that_is_no_plain_text_is_an_error_and_nobody_waits_for_it() {
    let bench = Bench::empty();
    pipe(&bench.path().join("pipe.yaml"));
    std::os::unix::fs::symlink("/dev/zero", bench.path().join("zero.yaml")).unwrap();
    bench.write("sshd_config", "UsePAM no\0\n");
    for (name, why) in [
        ("pipe.yaml", "not a plain file"),
        ("zero.yaml", "not a plain file"),
        ("/dev/zero", "not a plain file"),
        ("sshd_config", "not a text file"),
        ("none.yaml", "No such file"),
        ("-", "--stdin-filename"),
    ] {
        let said = bench.piton(&["check", name]);
        assert_eq!(said.code, Some(2), "{name}: {}", said.all());
        assert!(said.err.contains(name) && said.err.contains(why), "{name}: {}", said.err);
        assert_eq!(said.out, "", "{name}");
    }
}

#[test]
fn that_nothing_was_looked_at_is_said() {
    let said = Bench::empty().piton(&["check"]);
    assert_eq!(said.code, Some(0));
    assert!(said.err.contains("nothing was looked at"), "{}", said.all());
}

#[test]
fn how_many_findings_are_known_is_said() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    bench.piton(&["check", "--write-baseline", "known.txt"]);
    let said = bench.piton(&["check", "compose.yaml", "--baseline", "known.txt"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.err.contains("known and not told (known.txt)"), "{}", said.err);
}

#[test]
fn what_is_left_out_of_a_folder_is_said() {
    let bench = Bench::empty();
    bench.write("compose.yaml", "services:\n  web:\n    image: ghcr.io/acme/web:1.4.2\n");
    let wide: Vec<u8> = "A=b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(bench.path().join(".env"), [&b"\xff\xfe"[..], &wide].concat()).unwrap();
    let said = bench.piton(&["check"]);
    assert!(said.err.contains("not looked at: .env: text in UTF-16"), "{}", said.all());
}

#[test]
fn a_file_that_is_named_twice_is_looked_at_once() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    let whole = bench.path().join("compose.yaml");
    let said = bench.piton(&["check", "--json", ".", "compose.yaml", whole.to_str().unwrap()]).json();
    assert_eq!(said["findings"].as_array().map(Vec::len), Some(1), "{said}");
}

#[test]
fn a_baseline_is_read_again_whatever_files_are_called() {
    let bench = Bench::empty();
    bench.write("a\nb/compose.yaml", COMPOSE);
    assert_eq!(bench.piton(&["check", "--write-baseline", "known.txt"]).code, Some(0));
    let said = bench.piton(&["check", "--baseline", "known.txt"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
}

#[test]
fn settings_that_are_no_plain_file_are_no_settings() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    std::os::unix::fs::symlink("/dev/zero", bench.path().join("piton.toml")).unwrap();
    let said = bench.piton(&["check"]);
    assert!(said.code == Some(2) && said.err.contains("not a plain file"), "{}", said.all());
}

#[test]
fn what_is_left_out_is_left_out_of_stdin_as_well() {
    let bench = Bench::empty();
    bench.write("piton.toml", "[check]\nexclude = [\"old/\"]\n");
    let said = bench.piton(&["check", "--stdin-filename", "old/compose.yaml"]);
    assert!(said.code == Some(0) && said.err.contains("old/compose.yaml is left out"), "{}", said.all());
}

/// A folder of a name that is no UTF-8, with something to find in it.
fn nameless(bench: &Bench, name: &[u8]) -> std::path::PathBuf {
    use std::os::unix::ffi::OsStrExt;
    let file = bench.path().join(std::ffi::OsStr::from_bytes(name)).join("compose.yaml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, COMPOSE).unwrap();
    file
}

#[test]
fn two_files_whose_names_are_no_utf8_stay_two_in_every_answer() {
    let bench = Bench::empty();
    nameless(&bench, b"bad\xfe");
    nameless(&bench, b"bad\xff");
    bench.write("bad\\xFF/compose.yaml", COMPOSE);
    let said = bench.piton(&["check", "--json"]).json();
    let paths: Vec<&str> =
        said["findings"].as_array().unwrap().iter().map(|finding| finding["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["bad\\x5CxFF/compose.yaml", "bad\\xFE/compose.yaml", "bad\\xFF/compose.yaml"]);
    let sarif = bench.piton(&["check", "--format", "sarif"]).out;
    for address in ["bad%5CxFF/compose.yaml", "bad%FE/compose.yaml", "bad%FF/compose.yaml"] {
        assert!(sarif.contains(&format!("\"uri\": \"{address}\"")), "{sarif}");
    }
}

#[test]
fn a_baseline_knows_files_apart_whose_names_are_no_utf8() {
    let bench = Bench::empty();
    nameless(&bench, b"bad\xfe");
    bench.piton(&["check", "--write-baseline", "known.txt"]);
    assert_eq!(bench.piton(&["check", "--baseline", "known.txt"]).code, Some(0));
    nameless(&bench, b"bad\xff");
    let said = bench.piton(&["check", "--baseline", "known.txt"]);
    assert!(said.code == Some(1) && said.out.contains("bad\\xFF/compose.yaml"), "{}", said.all());
}

/// A baseline of three files, of which one is mended since, one is gone and one is as it was.
fn with_a_baseline_of_old() -> Bench {
    let bench = Bench::empty();
    for folder in ["gone", "mended", "same"] {
        bench.write(&format!("{folder}/compose.yaml"), COMPOSE);
    }
    bench.piton(&["check", "--write-baseline", "known.txt"]);
    std::fs::remove_dir_all(bench.path().join("gone")).unwrap();
    bench.write("mended/compose.yaml", &COMPOSE.replace("18-alpine", "17-alpine"));
    bench
}

#[test]
fn what_a_baseline_holds_and_nothing_needs_is_said() {
    let bench = with_a_baseline_of_old();
    insta::assert_snapshot!(bench.piton(&["check", "--baseline", "known.txt"]).all());
    let said = bench.piton(&["check", "--baseline", "known.txt", "--json"]).json();
    assert_eq!(said["baseline"], serde_json::json!({ "known": 1, "unneeded": 2 }));
    assert!(bench.piton(&["check", "--json"]).json().get("baseline").is_none());
    bench.write("new/compose.yaml", COMPOSE);
    let said = bench.piton(&["check", "--baseline", "known.txt"]);
    assert!(said.err.contains("once what is new is mended, `piton check --write-baseline"), "{}", said.err);
}

#[test]
fn an_entry_of_a_baseline_that_was_not_looked_for_counts_as_needed() {
    let bench = with_a_baseline_of_old();
    for words in [&["same"][..], &["mended/compose.yaml"], &["--select", "sshd"], &["--ignore", "compose"]] {
        let said = bench.piton(&[&["check", "--baseline", "known.txt"], words].concat());
        assert!(!said.err.contains("not needed"), "{words:?}: {}", said.err);
    }
    let said = bench.piton(&["check", "--baseline", "known.txt", "mended"]);
    assert!(said.err.contains("1 entry of known.txt is not needed any more"), "{}", said.err);
}

#[test]
fn settings_that_cannot_be_read_are_no_settings() {
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    let file = bench.path().join("piton.toml");
    pipe(&file);
    let said = bench.piton(&["check"]);
    assert!(said.code == Some(2) && said.err.contains("piton.toml: not a plain file"), "{}", said.all());
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("nowhere", &file).unwrap();
    let said = bench.piton(&["check"]);
    assert!(said.code == Some(2) && said.err.contains("cannot read piton.toml"), "{}", said.all());
}

#[test]
fn what_comes_from_stdin_and_is_no_text_is_refused_as_such_a_file_is() {
    use std::io::Write;
    let bench = Bench::empty();
    let mut command = bench.command(&["check", "--stdin-filename", "compose.yaml"]);
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"\xff\xfea\0:\0").unwrap();
    let said = crate::bench::Said::of(child.wait_with_output().unwrap());
    assert!(said.code == Some(2) && said.err.contains("text in UTF-16"), "{}", said.all());
}

#[test]
fn an_env_file_that_git_tracks_is_looked_at_once_ignored_or_not() {
    let bench = Bench::empty();
    bench.write("a/.env", "A=1\n");
    bench.write(".env", "A=1\n");
    bench.write(".gitignore", "/.env\n.gitignore\n");
    for words in [&["init", "-q"][..], &["add", "-f", ".env", "a/.env"]] {
        let done = std::process::Command::new("git").args(words).current_dir(bench.path()).status().unwrap();
        assert!(done.success());
    }
    for named in [&["check"][..], &["check", "."], &["check", "./"], &["check", "a", "."]] {
        let said = bench.piton(named);
        assert!(said.out.contains("Nothing found in 2 files"), "{named:?}: {}", said.all());
    }
}
