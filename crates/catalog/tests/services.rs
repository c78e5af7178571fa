//! The services of the catalog, each in a site of its own, and services that a user adds.
//!
//! Every folder of `services/` has a `tests/` with small sites; each is rendered and compared with what
//! lies beside it, so that a change of a template is read before it is believed.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

mod site;

use piton_catalog::{entries, render_stacks, stacks};
use piton_config::{Site, Sources, resolve};
use piton_plan::stack::Stack;
use site::KEY;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("services");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn sources() -> Sources {
    let mut sources = Sources::new();
    sources.insert("keys/operator.pub", format!("{KEY}\n"));
    sources
}

fn resolved(text: &str, sources: &Sources) -> Site {
    resolve(text, "site.toml", sources)
        .unwrap_or_else(|problems| panic!("{}", problems.iter().map(|it| it.to_text(text)).collect::<String>()))
}

fn stacks_of(site: &Site, host: &str) -> Result<Vec<Stack>, String> {
    let host = site.hosts.iter().find(|it| it.name == host).unwrap();
    stacks(site, host).map_err(|problems| {
        let told = |it: piton_catalog::CatalogProblem| match it.detail {
            Some(detail) => format!("{}: {}", detail.code, detail.what),
            None => format!("{}: {}", it.code, it.what),
        };
        problems.into_iter().map(told).collect::<Vec<_>>().join("\n")
    })
}

/// Everything that a stack is, in the order in which a host would do it.
fn told(stacks: &[Stack]) -> String {
    let mut text = String::new();
    for stack in stacks {
        text.push_str(&format!("stack {} in {} ({:?})\n", stack.name, stack.directory, stack.phase));
        stack.requires.iter().for_each(|it| text.push_str(&format!("  requires {it:?}\n")));
        for it in &stack.networks {
            text.push_str(&format!(
                "  network {} {} gateway {} internal {}\n",
                it.name, it.subnet, it.gateway, it.internal
            ));
        }
        for it in &stack.directories {
            let data = if it.data { " data" } else { "" };
            text.push_str(&format!("  directory {} {} {}:{}{data}\n", it.path, it.mode, it.owner, it.group));
        }
        for it in &stack.containers {
            let (ready, image) = (&it.ready, &it.image);
            text.push_str(&format!("  container {} {} {:?}", it.name, image.reference, image.pin));
            text.push_str(&format!(
                " ready within {} s by {:?}, blocks {}\n",
                ready.within_seconds, ready.by, ready.blocks
            ));
            if ready.steady_seconds > 0 {
                text.truncate(text.trim_end().len());
                text.push_str(&format!(", up for {} s\n", ready.steady_seconds));
            }
        }
        stack.units.iter().for_each(|it| text.push_str(&format!("  unit {it:?}\n")));
        for it in &stack.provisions {
            text.push_str(&format!("  provision {} in {} {:?}: {:?}\n", it.name, it.container, it.repeats, it.command));
            it.input.lines().for_each(|line| text.push_str(&format!("    {line}\n")));
        }
        for it in &stack.secrets {
            let optional = if it.optional { ", optional" } else { "" };
            text.push_str(&format!("  secret {} ({:?}{optional}): {}\n", it.name, it.made, it.about));
        }
        for file in &stack.files {
            let it = &file.file;
            let secret = if file.secret { " secret" } else { "" };
            text.push_str(&format!(
                "\n── {} {} {}:{}{secret} {}\n",
                it.path,
                it.mode,
                it.owner,
                it.group,
                file.containers.join(",")
            ));
            text.push_str(&it.content);
        }
        text.push('\n');
    }
    text
}

#[test]
fn every_folder_is_a_service_with_a_readme_and_a_test() {
    let known: BTreeSet<String> = entries().into_iter().map(|entry| entry.name).collect();
    for folder in folders() {
        let name = name(&folder);
        assert!(known.contains(&name), "services/{name} is not in the program, or its service.toml does not read");
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        assert!(readme.starts_with(&format!("# {name}\n")) && readme.len() > 200, "services/{name}/README.md");
        let sites = sites(&folder);
        assert!(!sites.is_empty(), "services/{name}/tests has no site");
    }
    assert_eq!(known.len(), folders().len());
}

fn sites(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder.join("tests")) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut sites: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|it| it == "toml")).collect();
    sites.sort();
    sites
}

#[test]
fn every_service_renders_as_it_did() {
    for folder in folders() {
        for path in sites(&folder) {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut sources = sources();
            for reference in piton_config::references(&text, "site.toml") {
                let file = folder.join("tests").join(&reference.path);
                if let Ok(text) = std::fs::read_to_string(file) {
                    sources.insert(reference.path, text);
                }
            }
            let site = resolved(&text, &sources);
            let mut all = String::new();
            for host in &site.hosts {
                let stacks = stacks_of(&site, &host.name).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                all.push_str(&format!("host {}\n\n{}", host.name, told(&stacks)));
            }
            let stem = path.file_stem().unwrap().to_str().unwrap();
            insta::with_settings!({
                snapshot_path => folder.join("tests"), prepend_module_to_snapshot => false, omit_expression => true,
            }, {
                insta::assert_snapshot!(stem, all);
            });
        }
    }
}

const ONE_HOST: &str = "[site]\nname = \"own\"\n[hosts.one]\naddress = \"203.0.113.10\"\n";

const OWN: &str = r#"
about = "A small program of the user's own"
[values.greeting]
about = "What it says"
default = "hello"
[images.hello]
image = "hello:1.2.3"
pin = "exact"
why = "ours"
[secrets.hello_token]
about = "Whoever has it may ask"
made = "password"
[containers.hello]
command = ["--greeting={{ values.greeting }}", "--listen={{ listen.http }}:{{ port.http }}"]
memory = "64m"
ports.http = { port = 8080, to = ["host"] }
secrets.TOKEN = { secret = "hello_token" }
health = { test = ["CMD", "hello", "--check"], within = 30 }
[files."hello.conf"]
at = "/etc/hello.conf"
"#;

fn own_service(more: &str) -> Result<Vec<Stack>, String> {
    own_service_as(OWN, more)
}

fn own_service_as(form: &str, more: &str) -> Result<Vec<Stack>, String> {
    let mut sources = sources();
    sources.insert_service_file("hello", "service.toml", form);
    sources.insert_service_file("hello", "templates/hello.conf", "greeting = {{ values.greeting | quoted }}\n");
    sources.insert("mine.conf", "mine = {{ site.name }}\n");
    let text = format!("{ONE_HOST}[services.hello]\n{more}");
    stacks_of(&resolved(&text, &sources), "one")
}

fn file<'a>(stacks: &'a [Stack], end: &str) -> &'a str {
    let found = stacks.iter().flat_map(|stack| &stack.files).find(|file| file.file.path.ends_with(end));
    &found.unwrap_or_else(|| panic!("no file {end}")).file.content
}

#[test]
fn a_service_is_added_without_any_rust() {
    let stacks = own_service("").unwrap();
    let compose = file(&stacks, "docker-compose.yml");
    assert!(compose.contains("\"--greeting=hello\""), "{compose}");
    assert!(compose.contains("\"127.0.0.1:8080:8080\""), "{compose}");
    assert_eq!(file(&stacks, "hello.conf"), "greeting = \"hello\"\n");
    assert_eq!(file(&stacks, "hello.env").lines().last(), Some("TOKEN='@secret(hello_token,env)'"));
    assert_eq!(stacks[0].secrets[0].name, "hello_token");
}

#[test]
fn every_value_and_template_can_be_said_anew() {
    let more = "values = { greeting = \"bonjour\" }\ntemplates = { \"hello.conf\" = \"mine.conf\" }\n\
                env = { LEVEL = \"info\", KEY = \"secret:extra_key\" }\n\
                override = { containers = { hello = { memory = \"128m\" } } }\n";
    let stacks = own_service(more).unwrap();
    let compose = file(&stacks, "docker-compose.yml");
    assert!(compose.contains("\"--greeting=bonjour\"") && compose.contains("\"128m\""), "{compose}");
    assert!(compose.contains("LEVEL: \"info\""), "{compose}");
    assert_eq!(file(&stacks, "hello.conf"), "mine = own\n");
    assert!(file(&stacks, "hello.env").contains("KEY='@secret(extra_key,env)'"));
}

#[test]
fn mistakes_in_a_service_are_named_with_their_place() {
    let wrong = |from: &str, to: &str| own_service_as(&OWN.replace(from, to), "").unwrap_err();
    let cases = [
        ("values.greeting }}\",", "values.greting }}\","),
        ("memory = \"64m\"", "memroy = \"64m\""),
        ("within = 30", "within = \"soon\""),
        ("image = \"hello:1.2.3\"", "image = \"hello:latest\""),
        ("test = [\"CMD\", \"hello\", \"--check\"], ", ""),
        ("[files.\"hello.conf\"]", "[files.\"other.conf\"]"),
        ("secret = \"hello_token\"", "secret = \"nobodys_token\""),
        ("to = [\"host\"]", "to = [\"everybody\"]"),
    ];
    let found: Vec<String> = cases.iter().map(|(from, to)| wrong(from, to)).collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn mistakes_of_the_site_about_a_service_are_named() {
    let cases = [
        "values = { greting = \"x\" }",
        "values = { greeting = 5 }",
        "templates = { \"nothing.conf\" = \"mine.conf\" }",
        "override = { containers = { hello = { cpu = 1 } } }",
        "env = { KEY = \"secret:Bad Name\" }",
    ];
    let found: Vec<String> = cases.iter().map(|more| own_service(&format!("{more}\n")).unwrap_err()).collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn a_file_with_a_secret_that_others_could_read_is_refused() {
    let form = OWN.replace("at = \"/etc/hello.conf\"", "at = \"/etc/hello.conf\"\nmode = \"0644\"");
    let mut sources = sources();
    sources.insert_service_file("hello", "service.toml", form);
    sources.insert_service_file("hello", "templates/hello.conf", "token = {{ secret('hello_token') }}\n");
    let site = resolved(&format!("{ONE_HOST}[services.hello]\n"), &sources);
    let error = stacks_of(&site, "one").unwrap_err();
    assert!(error.starts_with("service/open-secret"), "{error}");
}

#[test]
fn a_template_that_would_never_end_is_stopped() {
    let mut sources = sources();
    sources.insert_service_file("hello", "service.toml", OWN);
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{{ a * b }}{% endfor %}{% endfor %}";
    sources.insert_service_file("hello", "templates/hello.conf", endless);
    let site = resolved(&format!("{ONE_HOST}[services.hello]\n"), &sources);
    assert!(stacks_of(&site, "one").unwrap_err().starts_with("service/template"));
}

#[test]
fn an_unknown_service_is_named_with_the_one_that_was_meant() {
    let site = resolved(&format!("{ONE_HOST}[services.postgres]\n"), &sources());
    let host = &site.hosts[0];
    let detail = stacks(&site, host).unwrap_err().remove(0).detail.unwrap();
    assert_eq!(detail.code, "site/unknown-service");
    assert_eq!(detail.suggestion.as_deref(), Some("postgresql"));
}

#[test]
fn rendering_is_the_same_every_time() {
    let text = include_str!("../../../examples/single-vps/site.toml");
    let once = || render_stacks(&stacks_of(&resolved(text, &sources()), "vps").unwrap());
    assert_eq!(once(), once());
}
