//! A folder to run piton in, and what it said.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A public key whose private half nobody has.
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA nobody@test\n";

pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) fn empty() -> Bench {
        Bench { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with a site file and the operator's key.
    pub(crate) fn with_site(site: &str) -> Bench {
        let bench = Bench::empty();
        bench.write("site.toml", site);
        bench.write("keys/operator.pub", KEY);
        bench
    }

    /// The example of two servers.
    pub(crate) fn of_two() -> Bench {
        Bench::with_site(include_str!("../../../../examples/two-vps/site.toml"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_piton"));
        command.args(words).current_dir(self.path()).stdin(Stdio::null()).env("HOME", self.path());
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("RUST_BACKTRACE");
        command
    }

    pub(crate) fn piton(&self, words: &[&str]) -> Said {
        Said::of(self.command(words).output().unwrap())
    }
}

impl Said {
    pub(crate) fn of(output: Output) -> Said {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Everything that was seen, for a snapshot.
    pub(crate) fn all(&self) -> String {
        format!("exit: {}\n--- stdout\n{}--- stderr\n{}", self.code.unwrap_or(-1), self.out, self.err)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }
}
