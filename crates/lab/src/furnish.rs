//! What makes one host of a lab out of an image: its name, address, keys and package proxy.
//!
//! Written once, before the first boot, into the mounted disk of a host that is not running; afterwards the disk is the
//! host's own, as a server's is.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::error::{Doing, LabError};
use crate::files;
use crate::image::Image;
use crate::network::Network;

/// Written last: a host without it is furnished again from the beginning.
const FURNISHED: &str = "/usr/lib/piton-lab/host";

/// Stands in for Sysbox, which no archive has and which people install by hand: Docker's own runtime under its name.
const SYSBOX: &str = "#!/bin/sh\nexec runc \"$@\"\n";
const SYSBOX_UNIT: &str = "[Unit]
Description=Stand-in for Sysbox

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true

[Install]
WantedBy=multi-user.target
";

const HOST_KEY_KINDS: [&str; 3] = ["ed25519", "ecdsa", "rsa"];

/// The uid and gid of the login user in every image.
const LOGIN_USER_ID: u32 = 1000;

/// All that distinguishes a host from its image.
pub(crate) struct Furnishing<'a> {
    pub(crate) host: &'a str,
    pub(crate) image: Image,
    pub(crate) network: Network,
    pub(crate) last: u8,
    pub(crate) keys: PathBuf,
    pub(crate) operator_key: String,
}

impl Furnishing<'_> {
    /// Writes what is missing into the disk mounted at `root`.
    pub(crate) fn apply(&self, root: &Path) -> Result<(), LabError> {
        if root.join(FURNISHED.trim_start_matches('/')).exists() {
            return Ok(());
        }
        let gateway = self.network.gateway();
        let write = |path: &str, content: String| files::write_into(root, path, content.as_bytes(), 0o644);
        write("/etc/hostname", format!("{}\n", self.host))?;
        write("/etc/hosts", hosts_file(self.host))?;
        write(
            "/etc/systemd/network/10-host0.network",
            format!(
                "[Match]\nName=host0\n\n[Network]\nAddress={}/24\nGateway={gateway}\nDNS={gateway}\n\
                 LinkLocalAddressing=no\nIPv6AcceptRA=no\n",
                self.network.address(self.last)
            ),
        )?;
        if !root.join("etc/resolv.conf").is_symlink() {
            write("/etc/resolv.conf", format!("nameserver {gateway}\noptions timeout:1 attempts:1\n"))?;
        }
        write(
            "/etc/apt/apt.conf.d/80-piton-lab-proxy",
            format!("Acquire::http::Proxy \"{}\";\n", self.network.proxy()),
        )?;
        files::write_into(root, "/usr/bin/sysbox-runc", SYSBOX.as_bytes(), 0o755)?;
        write("/etc/systemd/system/sysbox.service", SYSBOX_UNIT.to_owned())?;
        self.write_keys(root)?;
        write(FURNISHED, format!("{}\n", self.host))
    }

    fn write_keys(&self, root: &Path) -> Result<(), LabError> {
        for kind in HOST_KEY_KINDS {
            for (suffix, mode) in [("", 0o600), (".pub", 0o644)] {
                let name = format!("ssh_host_{kind}_key{suffix}");
                let source = self.keys.join(&name);
                let key = fs::read(&source).doing_with("reading", &source)?;
                files::write_into(root, &format!("/etc/ssh/{name}"), &key, mode)?;
            }
        }
        let home = format!("/home/{}", self.image.login_user());
        for (home, owner) in [("/root", 0), (home.as_str(), LOGIN_USER_ID)] {
            let folder = root.join(home.trim_start_matches('/')).join(".ssh");
            files::make_folder(&folder, 0o700)?;
            let keys = format!("{home}/.ssh/authorized_keys");
            files::write_into(root, &keys, self.operator_key.as_bytes(), 0o600)?;
            for path in [&folder, &folder.join("authorized_keys")] {
                chown(path, Some(owner), Some(owner)).doing_with("giving away", path)?;
            }
        }
        Ok(())
    }
}

/// Makes the host's own ssh keys before it boots, so that the lab knows them without having to trust a first answer.
pub(crate) fn make_host_keys(folder: &Path, host: &str) -> Result<(), LabError> {
    files::make_folder(folder, 0o700)?;
    for kind in HOST_KEY_KINDS {
        let path = folder.join(format!("ssh_host_{kind}_key"));
        make_key(&path, kind, &format!("root@{host}"))?;
    }
    Ok(())
}

/// Makes one key pair unless it is there whole.
pub(crate) fn make_key(path: &Path, kind: &str, comment: &str) -> Result<(), LabError> {
    if path.exists() && path.with_extension("pub").exists() {
        return Ok(());
    }
    // ssh-keygen asks before it replaces a file, and nobody is there to answer.
    let _ = fs::remove_file(path);
    command::run(
        &format!("making the key {}", path.display()),
        Command::new("ssh-keygen").args(["-q", "-t", kind, "-N", "", "-C", comment, "-f"]).arg(path),
    )?;
    Ok(())
}

/// Returns the `known_hosts` lines of one host, for every port it may ever listen on.
pub(crate) fn known_hosts_lines(host: &str, address: &str, keys: &Path) -> Result<String, LabError> {
    let mut lines = String::new();
    for kind in HOST_KEY_KINDS {
        let path = keys.join(format!("ssh_host_{kind}_key.pub"));
        let text = fs::read_to_string(&path).doing_with("reading", &path)?;
        lines.extend(known_hosts_line(host, address, &text));
    }
    Ok(lines)
}

/// ssh looks up `[address]:port` for any port but 22, and takes `*` in a pattern.
fn known_hosts_line(host: &str, address: &str, public_key: &str) -> Option<String> {
    let mut fields = public_key.split_whitespace();
    let (kind, key) = fields.next().zip(fields.next())?;
    Some(format!("{host},{address},[{address}]:* {kind} {key}\n"))
}

fn hosts_file(host: &str) -> String {
    format!(
        "127.0.0.1 localhost\n127.0.1.1 {host}\n\n::1 localhost ip6-localhost ip6-loopback\n\
         ff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_host_is_known_at_any_port() {
        assert_eq!(
            known_hosts_line("gateway", "10.77.0.11", "ssh-ed25519 AAAA root@gateway\n").unwrap(),
            "gateway,10.77.0.11,[10.77.0.11]:* ssh-ed25519 AAAA\n"
        );
        assert_eq!(known_hosts_line("gateway", "10.77.0.11", "\n"), None);
    }
}
