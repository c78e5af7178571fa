//! A container as `service.toml` says it: what it runs, what it may, what it sees of the host, and how it is asked how it is.

use super::{Scalar, Text, yes};
use piton_config::Valued;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct ContainerForm {
    /// A key of `images`; the container's own name if left out.
    pub(in crate::services) image: Option<String>,
    #[serde(default)]
    pub(in crate::services) entrypoint: Vec<Text>,
    #[serde(default)]
    pub(in crate::services) command: Vec<Text>,
    pub(in crate::services) user: Option<Scalar>,
    #[serde(default)]
    pub(in crate::services) groups: Vec<Text>,
    pub(in crate::services) init: Option<Scalar>,
    pub(in crate::services) read_only: Option<Scalar>,
    pub(in crate::services) runtime: Option<Text>,
    pub(in crate::services) pid: Option<Text>,
    pub(in crate::services) privileged: Option<Scalar>,
    #[serde(default)]
    pub(in crate::services) devices: Vec<Text>,
    #[serde(default = "all")]
    pub(in crate::services) cap_drop: Vec<Text>,
    #[serde(default)]
    pub(in crate::services) cap_add: Vec<Text>,
    #[serde(default = "yes")]
    pub(in crate::services) no_new_privileges: bool,
    /// On the host's own network, whatever its stack says.
    #[serde(default)]
    pub(in crate::services) host_network: bool,
    /// Those that its host does not have are left out.
    #[serde(default)]
    pub(in crate::services) networks: Vec<String>,
    #[serde(default)]
    pub(in crate::services) ports: BTreeMap<String, PortForm>,
    #[serde(default)]
    pub(in crate::services) volumes: BTreeMap<String, VolumeForm>,
    #[serde(default)]
    pub(in crate::services) mounts: Vec<MountForm>,
    #[serde(default)]
    pub(in crate::services) tmpfs: Vec<Text>,
    #[serde(default)]
    pub(in crate::services) env: BTreeMap<String, Scalar>,
    /// Variable to secret; they go into a file that only root reads.
    #[serde(default)]
    pub(in crate::services) secrets: BTreeMap<String, SecretUse>,
    /// Where that file lies, from the stack's folder; the container's name and `.env` if left out.
    pub(in crate::services) env_file: Option<Text>,
    pub(in crate::services) memory: Option<Scalar>,
    pub(in crate::services) cpus: Option<Scalar>,
    pub(in crate::services) pids: Option<u32>,
    #[serde(default)]
    pub(in crate::services) reserve: Reserve,
    pub(in crate::services) shm: Option<Scalar>,
    pub(in crate::services) stop_grace: Option<Text>,
    pub(in crate::services) health: HealthForm,
    /// Whether a new one may run beside the old one for a moment; if left out, that follows from what it holds.
    pub(in crate::services) beside: Option<bool>,
    /// Reasons, by the line that they stand beside: `user`, `env.NODE_OPTIONS`, `ports.http`.
    #[serde(default)]
    pub(in crate::services) why: BTreeMap<String, String>,
}

fn all() -> Vec<Text> {
    vec![Valued::default("ALL".to_owned())]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct Reserve {
    pub(in crate::services) memory: Option<Scalar>,
    pub(in crate::services) cpus: Option<Scalar>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct SecretUse {
    pub(in crate::services) secret: String,
    /// A text around the secret, with `SECRET` where its mark goes.
    pub(in crate::services) text: Option<Text>,
    pub(in crate::services) when: Option<Text>,
}

/// Who may reach a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::services) enum To {
    /// Only containers on a common network; on the host's own network: only the host.
    Containers,
    Host,
    Mesh,
    /// Whatever collects metrics, wherever that is: by the shortest way, and nobody else.
    Scraper,
    World,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct PortForm {
    pub(in crate::services) port: u16,
    #[serde(default)]
    pub(in crate::services) udp: bool,
    #[serde(default = "containers")]
    pub(in crate::services) to: Valued<Vec<To>>,
    /// Unencrypted HTTP of the edge's: gone as soon as `edge.vpn_only` is prepared.
    #[serde(default)]
    pub(in crate::services) plain_http: bool,
    pub(in crate::services) why: Option<String>,
}

fn containers() -> Valued<Vec<To>> {
    Valued::default(vec![To::Containers])
}

/// A folder on the host that the service owns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct VolumeForm {
    /// In the container.
    pub(in crate::services) at: Text,
    /// On the host; `data/NAME` in the stack's folder if left out.
    pub(in crate::services) path: Option<Text>,
    /// `uid:gid` as the container has them.
    pub(in crate::services) owner: Text,
    pub(in crate::services) mode: Option<String>,
    /// False: it can be made again.
    #[serde(default = "yes")]
    pub(in crate::services) data: bool,
    pub(in crate::services) when: Option<Text>,
    pub(in crate::services) why: Option<String>,
}

/// Something of the host's that the container sees.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct MountForm {
    pub(in crate::services) from: Text,
    pub(in crate::services) at: Text,
    #[serde(default = "yes")]
    pub(in crate::services) read_only: bool,
    pub(in crate::services) options: Option<String>,
    pub(in crate::services) when: Option<Text>,
    pub(in crate::services) why: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct HealthForm {
    /// As compose takes it: `["CMD", …]`, with tools that the image has.
    #[serde(default)]
    pub(in crate::services) test: Vec<Text>,
    /// What the host asks instead, where the image has no tool at all.
    pub(in crate::services) url: Option<Text>,
    #[serde(default = "interval")]
    pub(in crate::services) interval: Text,
    #[serde(default = "timeout")]
    pub(in crate::services) timeout: Text,
    #[serde(default = "retries")]
    pub(in crate::services) retries: u32,
    pub(in crate::services) start_period: Option<Text>,
    /// Seconds from its start until it must be healthy.
    pub(in crate::services) within: u32,
    #[serde(default = "yes")]
    pub(in crate::services) blocks: bool,
    /// Seconds that a new one must have been up besides, where the test says nothing of the running program.
    #[serde(default)]
    pub(in crate::services) steady: u32,
    pub(in crate::services) why: Option<String>,
}

fn interval() -> Text {
    Valued::default("15s".to_owned())
}

fn timeout() -> Text {
    Valued::default("5s".to_owned())
}

fn retries() -> u32 {
    5
}
