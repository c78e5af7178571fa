//! What piton renders: every example, one of them on every distribution, and every service alone.
//!
//! The built program renders it, as a person would have it do. Where a secret belongs stands a made-up value, as on the
//! host; the files lie in a folder as they would lie there.

use piton_plan::stack::mark;
use serde::Deserialize;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Stands where any secret stands.
pub const SECRET: &str = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

/// Stands where the key of another host of the mesh stands.
const MESH_KEY: &str = "1Wk2Y9y2j0p3p1l0m4QbKkqVfWb0k2n0v7m1o9b3c1E=";

/// One host of one site.
pub struct Rendered {
    pub name: String,
    pub files: Vec<File>,
    /// The files, where they would lie.
    pub folder: tempfile::TempDir,
}

#[derive(Deserialize)]
pub struct File {
    pub path: String,
    content: String,
    mode: String,
}

#[derive(Deserialize)]
struct Told {
    hosts: Vec<TellsOf>,
}

#[derive(Deserialize)]
struct TellsOf {
    host: String,
    files: Vec<File>,
}

pub fn rendered() -> Vec<Rendered> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut all = Vec::new();
    for path in listed(&root.join("examples")) {
        let text = std::fs::read_to_string(path.join("site.toml")).unwrap();
        all.extend(of_site(&name(&path), &text, None));
    }
    let pair = std::fs::read_to_string(root.join("examples/two-vps/site.toml")).unwrap();
    for image in piton_lab::Image::ALL {
        all.extend(of_site(&format!("two-vps on {image}"), &format!("{pair}\n[lab]\nimage = \"{image}\"\n"), None));
    }
    all.extend(of_site("a job", A_JOB, None));
    all.push(laid("the guard", piton_host::guard::files().into_iter().map(File::of).collect()));
    for folder in listed(&root.join("crates/catalog/services")) {
        let tests = folder.join("tests");
        let sites = listed(&tests).into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml"));
        for site in sites {
            let text = std::fs::read_to_string(&site).unwrap();
            all.extend(of_site(&format!("{} {}", name(&folder), name(&site)), &text, Some(&tests)));
        }
    }
    all
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// A site with what lies beside it, rendered.
fn of_site(name: &str, text: &str, beside: Option<&Path>) -> Vec<Rendered> {
    let folder = tempfile::tempdir().unwrap();
    if let Some(beside) = beside {
        let copied = Command::new("cp").arg("-a").arg(beside.join(".")).arg(folder.path()).status();
        assert!(copied.unwrap().success());
    }
    std::fs::write(folder.path().join("site.toml"), text).unwrap();
    std::fs::create_dir_all(folder.path().join("keys")).unwrap();
    std::fs::write(folder.path().join("keys/operator.pub"), KEY).unwrap();
    let done = piton(folder.path(), &["render", "--json"]);
    assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
    let told: Told = serde_json::from_slice(&done.stdout).unwrap();
    let hosts = told.hosts.into_iter().filter(|host| !host.files.is_empty());
    hosts.map(|host| laid(&format!("{name}, {}", host.host), host.files)).collect()
}

fn laid(name: &str, files: Vec<File>) -> Rendered {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), 0o755);
    files.iter().for_each(|file| lay(folder.path(), file));
    Rendered { name: name.to_owned(), files, folder }
}

impl File {
    fn of(file: piton_plan::FileSpec) -> File {
        File { mode: file.mode.to_string(), path: file.path, content: file.content }
    }
}

/// What the examples have none of.
const A_JOB: &str = "[site]\nname = \"test\"\n[hosts.one]\naddress = \"203.0.113.10\"\n\
                     [[timers]]\nname = \"backup\"\ncalendar = \"*-*-* 03:30:00\"\ncommand = \"/usr/bin/true\"\n";

/// Runs piton in a folder.
pub fn piton(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_piton")).args(words).current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGoYKAzIWHAoFFKbGLHbKlPaNQ9hlnFTmWM2gqOqTTZM operator\n";

/// Writes a file below a folder, filled as on the host. Who may read it there does not matter here: each program is
/// asked as whoever it runs as.
fn lay(root: &Path, file: &File) {
    let path = root.join(file.path.trim_start_matches('/'));
    let mut made = root.to_owned();
    for part in Path::new(file.path.trim_start_matches('/')).parent().unwrap() {
        made.push(part);
        if !made.exists() {
            std::fs::create_dir(&made).unwrap();
            open(&made, 0o755);
        }
    }
    let mut content = mark::fill(&file.content, |_| Some(SECRET)).unwrap();
    while let Some((before, (_, after))) =
        content.split_once("<public key of ").and_then(|(before, rest)| Some((before, rest.split_once('>')?)))
    {
        content = format!("{before}{MESH_KEY}{after}");
    }
    std::fs::write(&path, content).unwrap();
    let mode = u32::from_str_radix(&file.mode, 8).unwrap();
    open(&path, 0o644 | mode & 0o111);
}

fn open(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
