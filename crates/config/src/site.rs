//! The resolved site: nothing left to look up, every value knows where it came from.

use crate::form::Overlay;
use crate::{Lacking, ServiceFolders, Span};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Deref;

/// A value and where it came from; reads as the value.
#[derive(Clone, Debug, Serialize)]
pub struct Valued<T> {
    pub value: T,
    pub origin: Origin,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// piton's own default.
    Default,
    /// A profile, by name.
    Profile(String),
    /// A line of the user's.
    Written(Span),
    /// The lab's stand-in, in place of what the site says.
    Lab,
}

impl Origin {
    /// Where it was written, if the user wrote it.
    pub fn span(&self) -> Option<&Span> {
        match self {
            Origin::Written(span) => Some(span),
            Origin::Default | Origin::Profile(_) | Origin::Lab => None,
        }
    }
}

impl<T> Valued<T> {
    /// A value that piton itself gives.
    pub fn default(value: T) -> Self {
        Valued { value, origin: Origin::Default }
    }
}

impl<T> Deref for Valued<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// All that one operator runs.
#[derive(Clone, Debug, Serialize)]
pub struct Site {
    pub name: String,
    /// One host's failure stops the others.
    pub stop_on_failure: bool,
    pub hosts: Vec<Host>,
    /// In the order of the file.
    pub services: Vec<Placement>,
    pub stacks: Vec<StackSettings>,
    pub networks: Vec<NetworkSettings>,
    pub edge: Edge,
    /// Services of the site's own folder, which count before the catalog's.
    pub own_services: ServiceFolders,
    /// The lab runs programs as they are published where it would run stand-ins.
    pub lab_real: Valued<bool>,
    /// What its hosts do not have: nothing, unless they are a lab's.
    pub lacking: Lacking,
}

/// A service of the catalog placed on hosts, with all that the site says of it.
#[derive(Clone, Debug, Serialize)]
pub struct Placement {
    pub name: Valued<String>,
    /// The catalog's name for it.
    pub is: Valued<String>,
    /// Hosts of the site, each once.
    pub on: Vec<Valued<String>>,
    pub stack: Option<Valued<String>>,
    /// The whole domain.
    pub domain: Option<Valued<String>>,
    pub path: Option<Valued<String>>,
    pub access: Option<Valued<PageAccess>>,
    /// Laid over the values of service.toml.
    pub values: Overlay,
    /// Laid over service.toml itself.
    pub overrides: Overlay,
    pub env: BTreeMap<String, Valued<String>>,
    /// Template name to the text that stands in for it.
    pub templates: BTreeMap<String, Valued<String>>,
    /// Template name to the file that it was read from, beside the site file.
    #[serde(skip)]
    pub template_files: BTreeMap<String, String>,
}

/// Who may open a page through the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageAccess {
    Vpn,
    Public,
}

#[derive(Clone, Debug, Serialize)]
pub struct StackSettings {
    pub name: Valued<String>,
    pub directory: Option<Valued<String>>,
    /// Its containers use the host's own network.
    pub host_network: Option<Valued<bool>>,
    pub owner: Option<Valued<String>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct NetworkSettings {
    /// As services call it.
    pub name: Valued<String>,
    pub subnet: Valued<IpNet>,
    pub internal: Valued<bool>,
    /// As Docker calls it; none: the site's name before it.
    pub docker_name: Option<Valued<String>>,
    /// Hosts that have it; none: wherever it is joined.
    pub on: Option<Vec<Valued<String>>>,
}

/// How people and webhooks reach services.
#[derive(Clone, Debug, Serialize)]
pub struct Edge {
    pub domain: Option<Valued<String>>,
    pub email: Option<Valued<String>>,
    /// None: the mesh's range.
    pub vpn: Option<Valued<IpNet>>,
    /// None: the host's mesh address.
    pub vpn_address: Option<Valued<IpAddr>>,
    /// The provider of certificates over DNS.
    pub dns: Option<Valued<String>>,
    pub vpn_only: Valued<VpnOnly>,
}

/// How far the public way in is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VpnOnly {
    #[default]
    Off,
    /// Certificates come over DNS, port 80 is closed, webhooks come through the tunnel.
    Prepared,
    /// And 443 is open to the VPN alone.
    On,
}

#[derive(Clone, Debug, Serialize)]
pub struct Host {
    pub name: String,
    /// Where the name stands in the site file.
    pub span: Span,
    /// A public address, a DNS name, or a name of the operator's ssh configuration.
    pub address: Valued<String>,
    /// How a fresh server is reached, before piton has made its own way in.
    pub first: Valued<FirstLogin>,
    /// This host's address in the mesh; none: not in it.
    pub mesh_address: Option<Valued<IpAddr>>,
    /// Where the other hosts of the mesh find this one; none: `address`.
    pub mesh_endpoint: Option<Valued<String>>,
    /// What the host is rehearsed on: `debian-12`.
    pub lab_image: Valued<String>,
    pub settings: Settings,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FirstLogin {
    pub user: String,
    pub port: u16,
}

/// What holds for one host after every layer: piton's defaults, the profile, the site, the host.
/// A section that is None is not managed: piton leaves that part of the host alone.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    pub time_zone: Option<Valued<String>>,
    pub access: Option<Access>,
    pub ssh: Option<Ssh>,
    pub filter: Option<Filter>,
    pub fail2ban: Option<Fail2ban>,
    /// Parameter to value; none when empty.
    pub sysctl: BTreeMap<String, Valued<String>>,
    pub packages: Vec<Valued<String>>,
    pub updates: Option<Updates>,
    pub mesh: Option<Mesh>,
    pub docker: Option<Docker>,
    pub users: Vec<ExtraUser>,
    pub groups: Vec<ExtraGroup>,
    pub directories: Vec<ExtraDirectory>,
    pub files: Vec<ExtraFile>,
    pub links: Vec<ExtraLink>,
    pub cron: Vec<CronJob>,
    pub timers: Vec<TimerJob>,
    pub units: Vec<ExtraUnit>,
}

/// The two users of S4's model: one that gets in and becomes root, one that owns the applications.
#[derive(Clone, Debug, Serialize)]
pub struct Access {
    pub admin: Valued<String>,
    pub service: Option<Valued<String>>,
    /// Public key lines, read from the files that the site names.
    pub keys: Vec<Valued<String>>,
    /// Keys of the admin's that are not listed are taken away.
    pub exclusive_keys: Valued<bool>,
    /// The service user's home directory, which others must not enter.
    pub service_home_mode: Valued<u32>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Ssh {
    pub port: Valued<u16>,
    /// The drop-in's file name.
    pub file: Valued<String>,
    pub socket: Valued<SocketActivation>,
    /// None: the admin of `[access]`, if there is one; an empty list: no AllowUsers line.
    pub allow_users: Option<Valued<Vec<String>>>,
    /// sshd keyword to value, as sshd_config spells them, lists joined by commas.
    pub settings: Vec<(String, Valued<String>)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SocketActivation {
    /// As the host has it.
    #[default]
    Auto,
    On,
    Off,
}

#[derive(Clone, Debug, Serialize)]
pub struct Filter {
    pub incoming: Valued<Policy>,
    pub outgoing: Valued<Policy>,
    /// Rules that the site does not name are taken away.
    pub exclusive: Valued<bool>,
    /// The rules of `filter.allow`, `filter.deny` and the host's own `allow`; the ssh port and the
    /// mesh port are added by the catalog, nobody has to remember them.
    pub rules: Vec<Valued<Rule>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    Allow,
    #[default]
    Deny,
    Reject,
}

/// `9100/tcp from mesh`, taken apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    pub action: RuleAction,
    /// None: any protocol.
    pub protocol: Option<Transport>,
    /// First and last port; none: any.
    pub ports: Option<(u16, u16)>,
    /// `mesh` is resolved to the mesh's range, a host's name to its mesh address.
    pub from: Option<IpNet>,
    pub interface: Option<String>,
    pub why: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleAction {
    Allow,
    Deny,
    Reject,
    Limit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    Tcp,
    Udp,
}

#[derive(Clone, Debug, Serialize)]
pub struct Fail2ban {
    /// Time spans as fail2ban takes them: `1h`, `10m`.
    pub bantime: Valued<String>,
    pub findtime: Valued<String>,
    pub maxretry: Valued<u32>,
    pub backend: Valued<String>,
    pub ssh_maxretry: Valued<u32>,
    pub ssh_bantime: Valued<String>,
    /// Addresses that are never banned; the mesh is always among them.
    pub ignore: Vec<Valued<String>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Updates {
    /// `security`, `updates`, `main`, `esm-apps`, `esm-infra`: named as every distribution has them.
    pub origins: Valued<Vec<String>>,
    pub auto_reboot: Valued<bool>,
    pub fix_interrupted: Valued<bool>,
    pub remove_unused_kernels: Valued<bool>,
    pub remove_unused_dependencies: Valued<bool>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Mesh {
    pub interface: Valued<String>,
    pub range: Valued<IpNet>,
    pub port: Valued<u16>,
    pub keepalive: Valued<u16>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Docker {
    /// The packages that bring the engine.
    pub packages: Valued<Vec<String>>,
    /// Users in the docker group; none: the admin.
    pub users: Option<Valued<Vec<String>>>,
    /// daemon.json, as given, over the profile's.
    pub daemon: BTreeMap<String, Valued<serde_json::Value>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExtraUser {
    pub name: Valued<String>,
    pub uid: Option<Valued<u32>>,
    pub shell: Valued<String>,
    pub home: Valued<String>,
    pub home_mode: Valued<u32>,
    pub groups: Vec<Valued<String>>,
    pub keys: Vec<Valued<String>>,
    /// None: no sudo. `all`: everything without a password. Else one command a line.
    pub sudo: Option<Valued<Vec<String>>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExtraGroup {
    pub name: Valued<String>,
    pub gid: Option<Valued<u32>>,
    pub system: Valued<bool>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExtraDirectory {
    pub path: Valued<String>,
    pub owner: Valued<String>,
    pub group: Valued<String>,
    pub mode: Valued<u32>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExtraFile {
    pub path: Valued<String>,
    /// The text itself, or that of the file that `source` names.
    pub content: Valued<String>,
    pub owner: Valued<String>,
    pub group: Valued<String>,
    pub mode: Valued<u32>,
    /// Units to reload when it changed.
    pub reloads: Vec<Valued<String>>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExtraLink {
    pub path: Valued<String>,
    pub target: Valued<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct CronJob {
    pub name: Valued<String>,
    pub schedule: Valued<String>,
    pub user: Valued<String>,
    pub command: Valued<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct TimerJob {
    pub name: Valued<String>,
    pub calendar: Valued<String>,
    pub user: Valued<String>,
    pub command: Valued<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExtraUnit {
    pub name: Valued<String>,
    pub enabled: Option<Valued<bool>>,
    pub active: Option<Valued<bool>>,
}
