//! What a host says of itself when it is greeted: enough to render its blueprint.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The facts of one host that rendering depends on; nothing here changes by applying a plan,
/// but `connection`, which is how the operator is connected right now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub hostname: String,
    pub os: Os,
    pub arch: Arch,
    pub kernel: String,
    /// sshd is started by `ssh.socket`, so its port is the socket unit's, not sshd_config's.
    pub ssh_socket: bool,
    /// The machine is a container: kernel-wide settings are its parent's.
    pub container: bool,
    /// The user that logged in, before becoming root.
    pub login: String,
    /// How the operator is connected; none for the local transport.
    pub connection: Option<Connection>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Os {
    /// `ID` of os-release: `debian`, `ubuntu`.
    pub id: String,
    /// `VERSION_ID`: `12`, `24.04`.
    pub version: String,
    /// `VERSION_CODENAME`: `bookworm`, `noble`.
    pub codename: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arch {
    X86_64,
    Aarch64,
}

/// The two ends of the operator's ssh connection, as the host's sshd saw them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub client: IpAddr,
    pub server: IpAddr,
    pub port: u16,
}

impl Facts {
    /// A fresh Debian 12 server: what is rendered against when no host can be asked.
    pub fn assumed(hostname: &str) -> Facts {
        Facts {
            hostname: hostname.to_owned(),
            os: Os { id: "debian".into(), version: "12".into(), codename: "bookworm".into() },
            arch: Arch::X86_64,
            kernel: "6.1.0".into(),
            ssh_socket: false,
            container: false,
            login: "root".into(),
            connection: None,
        }
    }
}
