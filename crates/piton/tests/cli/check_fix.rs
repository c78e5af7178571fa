//! What `piton check --fix` does to files, and leaves alone.

use crate::bench::Bench;

#[test]
fn a_fix_keeps_every_byte_that_it_does_not_own_and_a_second_run_fixes_nothing() {
    let bench = Bench::empty();
    let before = "services:\n  n8n:   # automation\n    image: ghcr.io/acme/automation:2.8.4\n    healthcheck:\n      test: [\"CMD\", \"wget\", \"-q\", 'http://localhost:5678/healthz']   # probe\n";
    bench.write("compose.yaml", before);
    let said = bench.piton(&["check", "--fix"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    let after = std::fs::read_to_string(bench.path().join("compose.yaml")).unwrap();
    assert_eq!(after, before.replace("localhost", "127.0.0.1"));
    bench.piton(&["check", "--fix"]);
    assert_eq!(std::fs::read_to_string(bench.path().join("compose.yaml")).unwrap(), after);
}

#[test]
fn where_nothing_can_be_mended_a_diff_tells_the_findings() {
    let bench = Bench::empty();
    bench.write("compose.yaml", "services:\n  web:\n    image: ghcr.io/acme/web:1.4.2\n    privileged: true\n");
    let said = bench.piton(&["check", "--fix", "--diff"]);
    assert_eq!(said.code, Some(1), "{}", said.all());
    assert!(said.out.contains("compose-privileged"), "{}", said.all());
}

/// Something that `--fix` mends.
const MENDABLE: &str =
    "services:\n  a:\n    image: nginx:1.27-alpine\n    healthcheck: { test: \"wget http://localhost/\" }\n";

#[test]
fn a_comment_behind_a_quoted_value_silences_beside_other_comments() {
    let bench = Bench::empty();
    let text = "services:\n  db:\n    image: postgres:17   # the database\n    ports:\n      - \"5432:5432\"   # piton: ignore[compose-admin-port-all-interfaces] the router blocks it\n";
    bench.write("compose.yaml", text);
    let said = bench.piton(&["check", "--unsafe-fixes"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert_eq!(std::fs::read_to_string(bench.path().join("compose.yaml")).unwrap(), text);
}

#[test]
fn what_is_known_is_not_mended() {
    let bench = Bench::empty();
    bench.write("compose.yaml", MENDABLE);
    bench.piton(&["check", "--write-baseline", "known.txt"]);
    let said = bench.piton(&["check", "--baseline", "known.txt", "--fix"]);
    assert!(said.err.contains("mended 0 findings in 0 files"), "{}", said.all());
    assert_eq!(std::fs::read_to_string(bench.path().join("compose.yaml")).unwrap(), MENDABLE);
}

#[test]
fn a_name_that_is_no_utf8_is_mended_like_any_other() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::empty();
    let names: [&[u8]; 5] = [b"bad\xfe", b"bad\xff", b"bad\\xFF", b"bad\\x2dd", b"z"];
    let path = |name: &[u8]| bench.path().join(std::ffi::OsStr::from_bytes(name)).join("compose.yaml");
    for name in names {
        std::fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        std::fs::write(path(name), MENDABLE).unwrap();
    }
    let said = bench.piton(&["check", "--fix"]);
    assert!(said.err.contains("mended 5 findings in 5 files\n"), "{}", said.all());
    let is_mended = |name: &[u8]| std::fs::read_to_string(path(name)).unwrap().contains("127.0.0.1");
    assert_eq!(names.map(is_mended), [true; 5]);
}

#[test]
fn a_file_is_mended_under_all_its_names_and_one_that_is_read_only_is_said_to_be() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::empty();
    bench.write("compose.yaml", MENDABLE);
    let (one, other) = (bench.path().join("compose.yaml"), bench.path().join("other.txt"));
    std::fs::hard_link(&one, &other).unwrap();
    bench.piton(&["check", "--fix"]);
    assert_eq!(std::fs::read_to_string(&other).unwrap(), MENDABLE.replace("localhost", "127.0.0.1"));
    std::fs::remove_file(&one).unwrap();
    bench.write("compose.yaml", MENDABLE);
    std::fs::set_permissions(&one, std::fs::Permissions::from_mode(0o444)).unwrap();
    let said = bench.piton(&["check", "--fix"]);
    assert!(said.err.contains("left alone, since nobody may write it: compose.yaml"), "{}", said.all());
    assert_eq!(std::fs::read_to_string(&one).unwrap(), MENDABLE);
}

#[test]
fn no_fix_is_promised_where_bytes_are_no_text() {
    let bench = Bench::empty();
    let text = [b"# caf\xe9\n", MENDABLE.as_bytes()].concat();
    std::fs::write(bench.path().join("compose.yaml"), &text).unwrap();
    let said = bench.piton(&["check", "--fix"]);
    assert!(said.out.contains("compose-healthcheck-localhost") && !said.out.contains("--fix"), "{}", said.all());
    assert_eq!(std::fs::read(bench.path().join("compose.yaml")).unwrap(), text);
}

#[test]
fn a_diff_is_a_patch_whatever_files_are_called() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::empty();
    let names: [&[u8]; 5] = [b"bad\xff", b"two\nlines", b"with \"quotes\"", b"back\\x2dslash", "größe".as_bytes()];
    let path = |name: &[u8]| bench.path().join(std::ffi::OsStr::from_bytes(name)).join("compose.yaml");
    for name in names {
        std::fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        std::fs::write(path(name), MENDABLE).unwrap();
    }
    let patch = bench.piton(&["check", "--fix", "--diff"]);
    bench.write("mend.patch", &patch.out);
    let git =
        std::process::Command::new("git").args(["apply", "mend.patch"]).current_dir(bench.path()).output().unwrap();
    assert!(git.status.success(), "{}{}", patch.out, String::from_utf8_lossy(&git.stderr));
    assert!(names.iter().all(|name| std::fs::read_to_string(path(name)).unwrap().contains("127.0.0.1")));
}
