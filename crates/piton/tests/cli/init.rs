//! Starting a site.

use crate::bench::Bench;

#[test]
fn a_site_is_written_once_and_never_over_another() {
    let bench = Bench::empty();
    bench.write(
        ".ssh/id_ed25519.pub",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me\n",
    );
    let first = bench.piton(&["init", "--from", "two-vps", "site"]);
    insta::assert_snapshot!(first.all().replace(&bench.path().display().to_string(), "HOME"));
    let key = std::fs::read_to_string(bench.path().join("site/keys/operator.pub")).unwrap();
    assert!(key.ends_with("me\n"), "the operator's own key is copied");
    bench.write("site/site.toml", "# mine\n");
    let second = bench.piton(&["init", "--from", "two-vps", "site"]);
    insta::assert_snapshot!(second.all());
    assert_eq!(std::fs::read_to_string(bench.path().join("site/site.toml")).unwrap(), "# mine\n");
}

#[test]
fn what_init_writes_is_a_site_that_renders() {
    let bench = Bench::empty();
    bench.write(
        ".ssh/id_ed25519.pub",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me\n",
    );
    assert_eq!(bench.piton(&["init"]).code, Some(0));
    let said = bench.piton(&["render", "openclaw"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.out.contains("Port 222"), "{}", said.out);
}

#[test]
fn without_a_key_of_ones_own_the_next_step_says_so() {
    let bench = Bench::empty();
    let said = bench.piton(&["init", "site"]);
    assert!(said.out.contains("cp ~/.ssh/id_ed25519.pub site/keys/operator.pub"), "{}", said.out);
    assert!(bench.path().join("site/keys").is_dir(), "so that the copy works");
}

#[test]
fn an_unknown_example_names_the_known_ones() {
    let said = Bench::empty().piton(&["init", "--from", "three-vps"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("two-vps"), "{}", said.err);
}
