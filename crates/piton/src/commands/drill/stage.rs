//! The host of the drills: hardened, in a lab and a site folder of its own, and put back between
//! drills only when one has left it otherwise.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Screen;
use piton_lab::{HostSpec, Image, Lab};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What the labs of the drills are called, one for each image.
const NAMES: &str = "drill-";
pub(super) const HOST: &str = "one";
const FOLDER: &str = "/var/lib/piton/drill";
const SNAPSHOT: &str = "base";

/// The site that every drill starts from.
const SITE: &str = r#"[site]
name = "LAB"

[access]
admin = "adminclaw"
keys = ["keys/operator.pub"]

[ssh]
port = 222
# allow_users

[ssh.settings]
PermitRootLogin = "no"
PasswordAuthentication = "no"
MaxAuthTries = 6

[filter]
allow = []
deny = []

[fail2ban]

[hosts.one]
address = "203.0.113.10"
"#;

/// A change that nothing is wrong with: what the troubles happen to. Steps of every sort.
const GOOD: &str = r#"
[sysctl]
"net.ipv4.tcp_syncookies" = 1

[[hosts.one.users]]
name = "backup-drill"

[[hosts.one.directories]]
path = "/srv/drill"
mode = "0750"

[[hosts.one.files]]
path = "/srv/drill/file"
content = "good\n"

[[hosts.one.cron]]
name = "LAB"
schedule = "@daily"
command = "/bin/true"
"#;

pub(super) struct Stage {
    image: Image,
    lab: Lab,
    folder: PathBuf,
    address: String,
}

impl Stage {
    /// Boots the host and makes it what the site says, unless it is there.
    pub(super) fn up(image: &str, screen: &Screen) -> Result<Stage, Failure> {
        let image: Image = image.parse()?;
        let missing = Lab::missing_packages();
        if !missing.is_empty() {
            let what = format!("the lab needs packages that are not installed: {}", missing.join(", "));
            return Err(Failure::new(Exit::Failed, "lab/packages", what, "`piton lab up --install` installs them"));
        }
        let name = format!("{NAMES}{image}").replace('.', "-");
        let lab = Lab::open(&name)?;
        let hosts = lab.up(&[HostSpec { name: HOST.into(), image }], &|event| screen.say(&event.to_string()))?;
        let address = hosts.iter().find(|host| host.name == HOST).map(|host| host.address.to_string());
        let folder = Path::new(FOLDER).join(&name);
        let stage = Stage { image, lab, folder, address: address.unwrap_or_default() };
        stage.write_folder(&name)?;
        if stage.lab.snapshots(HOST)?.iter().any(|name| name == SNAPSHOT) {
            stage.reset(screen)?;
            return Ok(stage);
        }
        screen.say("making the host what every drill starts from");
        let made = stage.piton(&["apply", "--yes", "--lab"])?;
        if !made.status.success() {
            let words = String::from_utf8_lossy(&made.stderr).into_owned() + &String::from_utf8_lossy(&made.stdout);
            return Err(Failure::new(Exit::Failed, "drill/stage", "the drills' host could not be made", words));
        }
        stage.lab.save(HOST, SNAPSHOT)?;
        Ok(stage)
    }

    /// Whether its host runs what is named so.
    pub(super) fn runs(&self, image: &str) -> bool {
        image.parse().is_ok_and(|image: Image| image == self.image)
    }

    pub(super) fn lab(&self) -> &Lab {
        &self.lab
    }

    /// Puts the host back to what every drill starts from.
    pub(super) fn reset(&self, screen: &Screen) -> Result<(), Failure> {
        screen.say("putting the drills' host back to its beginning");
        self.lab.load(HOST, SNAPSHOT)?;
        Ok(())
    }

    fn write_folder(&self, name: &str) -> Result<(), Failure> {
        let keys = self.folder.join("keys");
        let failed = |error| Failure::file("write", &self.folder, &error);
        fs::create_dir_all(&keys).map_err(failed)?;
        let key = fs::read(self.lab.identity().with_extension("pub")).map_err(failed)?;
        fs::write(keys.join("operator.pub"), key).map_err(failed)?;
        let site = SITE.replace("LAB", name);
        self.write_site(&format!("{site}\n[lab]\nimage = \"{}\"\n", self.image))
    }

    /// The site that the host is now.
    pub(super) fn site(&self) -> Result<String, Failure> {
        fs::read_to_string(self.site_file()).map_err(|error| Failure::file("read", &self.site_file(), &error))
    }

    pub(super) fn write_site(&self, text: &str) -> Result<(), Failure> {
        fs::write(self.site_file(), text).map_err(|error| Failure::file("write", &self.site_file(), &error))
    }

    /// The site with the good change in it.
    pub(super) fn good_site(&self) -> Result<String, Failure> {
        Ok(self.site()?.replace("MaxAuthTries = 6", "MaxAuthTries = 5").replace("allow = []", "allow = [\"8080/tcp\"]")
            + GOOD)
    }

    fn site_file(&self) -> PathBuf {
        self.folder.join("site.toml")
    }

    /// This very program, in the stage's folder.
    pub(super) fn command(&self, words: &[&str]) -> Result<Command, Failure> {
        let own = std::env::current_exe().map_err(|error| Failure::file("find", Path::new("piton"), &error))?;
        let mut command = Command::new(own);
        command.args(words).current_dir(&self.folder).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).env("NO_COLOR", "1");
        Ok(command)
    }

    pub(super) fn piton(&self, words: &[&str]) -> Result<Output, Failure> {
        self.command(words)?.output().map_err(|error| Failure::file("start", Path::new("piton"), &error))
    }

    /// Runs a shell line on the host, past its network.
    pub(super) fn console(&self, line: &str) -> Result<String, Failure> {
        let said = self.lab.console(HOST, &["sh", "-c", line])?;
        Ok(String::from_utf8_lossy(&said.stdout).into_owned())
    }

    /// Runs what a drill needs on the host, and says why that could not be. A drill whose stage is not what it
    /// means, on a busy machine say, would compare with something else.
    pub(super) fn prepare(&self, line: &str) -> Result<Option<String>, Failure> {
        let said = self.lab.console(HOST, &["sh", "-c", line])?;
        let words = String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout);
        Ok((!said.status.success()).then(|| format!("the host could not be prepared for it: {words}")))
    }

    /// One login by the way that a drill starts with, becoming root.
    pub(super) fn login(&self) -> Command {
        self.login_at("222")
    }

    /// The same at the port to which drills move sshd.
    pub(super) fn login_at_new_port(&self) -> Command {
        self.login_at("2222")
    }

    fn login_at(&self, port: &str) -> Command {
        let mut command = Command::new("ssh");
        command.args(["-F", "none", "-T"]).args(self.lab.ssh_options());
        command.args(["-o", "ConnectTimeout=2", "-o", "ControlPath=none", "-p", port]);
        command.arg(format!("adminclaw@{}", self.address)).args(["sudo", "-n", "true"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The address that the host sees the operator come from.
    pub(super) fn operator(&self) -> String {
        self.address.rsplit_once('.').map(|(network, _)| format!("{network}.1")).unwrap_or_default()
    }

    /// An address in the network that both are in, as a bridge would be given it.
    pub(super) fn network(&self) -> String {
        self.address.rsplit_once('.').map(|(network, _)| format!("{network}.200/24")).unwrap_or_default()
    }
}

/// Takes away every lab of the drills.
pub(super) fn take_down() -> Result<(), Failure> {
    for name in Lab::all().iter().filter(|name| name.starts_with(NAMES)) {
        Lab::open(name)?.down()?;
    }
    // Only site files and public keys were in it.
    let _ = fs::remove_dir_all(FOLDER);
    Ok(())
}
