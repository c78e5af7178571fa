//! A site folder and its lab, for one test; gone when the test is.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

/// The two-server example on one image, under a name of its own.
pub struct Rehearsal {
    folder: tempfile::TempDir,
    /// All that piton has said, but for what was asked of hosts past it.
    said: Mutex<String>,
}

/// What a finished command said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    fn of(output: Output) -> Said {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The text of a command that must have ended with this code.
    #[track_caller]
    pub fn with_code(self, code: i32) -> String {
        assert_eq!(self.code, code, "\n--- stdout\n{}\n--- stderr\n{}", self.out, self.err);
        self.out
    }

    #[track_caller]
    pub fn ok(self) -> String {
        self.with_code(0)
    }
}

/// Whether this run is to leave the lab out. Being unable to boot hosts is a failure, unless
/// somebody said that it is all right.
pub fn skipped() -> bool {
    if std::env::var_os("PITON_TEST_WITHOUT_LAB").is_some_and(|value| value == "1") {
        eprintln!("skipped: PITON_TEST_WITHOUT_LAB=1");
        return true;
    }
    assert!(rustix::process::geteuid().is_root(), "the lab needs root; PITON_TEST_WITHOUT_LAB=1 leaves it out");
    false
}

impl Rehearsal {
    /// Boots the example's two hosts.
    pub fn of_two(name: &str, image: &str) -> Rehearsal {
        let site = include_str!("../../../../examples/two-vps/site.toml");
        Rehearsal::of(&site.replace("name = \"two-vps\"", &format!("name = \"{name}\"")), image)
    }

    /// Boots the hosts of a site. Its `keys/operator.pub` is there; the lab adds a key of its own.
    pub fn of(site: &str, image: &str) -> Rehearsal {
        let folder = tempfile::tempdir().unwrap();
        let rehearsal = Rehearsal { folder, said: Mutex::default() };
        let keys = rehearsal.path().join("keys");
        std::fs::create_dir(&keys).unwrap();
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "operator@test", "-f"])
            .arg(keys.join("operator"))
            .status();
        assert!(made.unwrap().success());
        rehearsal.write(&format!("{site}\n[lab]\nimage = \"{image}\"\n"));
        rehearsal.piton(&["lab", "up", "--install"]).ok();
        rehearsal
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn site_file(&self) -> PathBuf {
        self.path().join("site.toml")
    }

    /// Replaces the site file.
    pub fn write(&self, site: &str) {
        std::fs::write(self.site_file(), site).unwrap();
    }

    pub fn site(&self) -> String {
        std::fs::read_to_string(self.site_file()).unwrap()
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_piton"));
        command.args(words).current_dir(self.path()).stdin(Stdio::null()).env("NO_COLOR", "1");
        command
    }

    /// Runs piton in the site's folder.
    pub fn piton(&self, words: &[&str]) -> Said {
        let said = Said::of(self.command(words).output().unwrap());
        if words.first() != Some(&"lab") {
            self.said.lock().unwrap().push_str(&format!("{}\n{}\n", said.out, said.err));
        }
        said
    }

    /// All that piton has said up to now.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub fn apply(&self) -> Said {
        self.piton(&["apply", "--lab", "--yes"])
    }

    /// The plan as a value.
    pub fn plan(&self) -> serde_json::Value {
        let said = self.piton(&["plan", "--lab", "--json"]);
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err))
    }

    /// The keys of the steps of a host's plan, as `kind name`, bridges left out.
    pub fn planned(&self, host: &str) -> Vec<String> {
        steps(&self.plan(), host)
    }

    /// Runs a shell line on a host past its network, as root.
    pub fn on(&self, host: &str, line: &str) -> Said {
        self.piton(&["lab", "exec", host, "--", "sh", "-c", line])
    }

    /// Waits until no change is open on a host, whoever ends it.
    pub fn until_closed(&self, host: &str) {
        // The lock alone says too little: of all that wait for it, this line may be the first to have it.
        let closed = "timeout 300 sh -c 'until flock /var/lib/piton/lock.change \
                      test ! -e /var/lib/piton/guard/armed.json; do sleep 0.1; done'";
        self.on(host, closed).ok();
    }

    /// The host's address in the lab.
    pub fn address(&self, host: &str) -> String {
        let list = self.piton(&["lab", "list", "--json"]).ok();
        let value: serde_json::Value = serde_json::from_str(&list).unwrap();
        let text = value.to_string();
        let hosts = value["hosts"].as_array().unwrap_or_else(|| panic!("no hosts in {text}"));
        let found = hosts.iter().find(|it| it["name"] == host).unwrap_or_else(|| panic!("no {host} in {text}"));
        found["address"].as_str().unwrap().to_owned()
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        // A failed test must not leave hosts behind, unless somebody wants to look at them.
        if std::thread::panicking() && std::env::var_os("PITON_TEST_KEEP").is_some() {
            eprintln!("kept: {}", self.folder.path().display());
            std::mem::forget(std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap()));
            return;
        }
        let _ = self.piton(&["lab", "down"]);
    }
}

/// The keys of the steps of one host of a plan.
pub fn steps(plan: &serde_json::Value, host: &str) -> Vec<String> {
    let hosts = plan["hosts"].as_array().unwrap_or_else(|| panic!("no hosts in {plan}"));
    let host = hosts.iter().find(|it| it["host"] == host).unwrap_or_else(|| panic!("no {host} in {plan}"));
    let stages = host["stages"].as_array().unwrap().iter();
    let steps = stages.flat_map(|stage| stage["steps"].as_array().unwrap().iter());
    let whole = steps.filter(|step| step["bridge"] != true);
    whole.map(|step| key(&step["resource"])).collect()
}

/// `kind name` of a resource, as plans name it.
fn key(resource: &serde_json::Value) -> String {
    let resource: piton_plan::Resource = serde_json::from_value(resource.clone()).unwrap();
    resource.key().to_string()
}
