//! What `service.toml` may say: the form of a service, typed.
//!
//! Reading it is `piton_config::form`'s. Every [`Text`] is a template; one that comes out empty leaves out
//! what it was for, so that a condition can stand where the value does. What each key means to people
//! is in docs/reference/service.md.

use piton_config::{PageAccess, Valued};
use piton_plan::stack::{Made, Phase, Pin, Repeats};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A template with its place.
pub(super) type Text = Valued<String>;
/// A template, a number or a truth, with its place.
pub(super) type Scalar = Valued<Value>;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    /// What the service is, in one line.
    pub(super) about: String,
    #[serde(default = "application")]
    pub(super) phase: Phase,
    /// Smaller starts earlier, within a phase.
    #[serde(default = "fifty")]
    pub(super) order: u32,
    #[serde(default)]
    pub(super) values: BTreeMap<String, ValueForm>,
    #[serde(default)]
    pub(super) images: BTreeMap<String, ImageForm>,
    #[serde(default)]
    pub(super) containers: BTreeMap<String, ContainerForm>,
    /// A template that is a whole compose file; then the service is a stack of its own.
    pub(super) compose: Option<String>,
    /// For programs that systemd runs, and for what a container needs of its host.
    #[serde(default)]
    pub(super) host: HostForm,
    /// It collects the metrics of the others.
    #[serde(default)]
    pub(super) scrapes: bool,
    /// By template; a name that ends in `/` stands for every template below it.
    #[serde(default)]
    pub(super) files: BTreeMap<String, FileForm>,
    #[serde(default)]
    pub(super) needs: Needs,
    #[serde(default)]
    pub(super) provides: Provides,
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, SecretForm>,
    pub(super) page: Option<PageForm>,
    #[serde(default)]
    pub(super) metrics: Vec<MetricsForm>,
    #[serde(default)]
    pub(super) alerts: Vec<AlertForm>,
    #[serde(default)]
    pub(super) provisions: Vec<ProvisionForm>,
    pub(super) backup: Option<BackupForm>,
    #[serde(default)]
    pub(super) probes: BTreeMap<String, ProbeForm>,
    #[serde(default)]
    pub(super) actions: BTreeMap<String, ActionForm>,
}

fn application() -> Phase {
    Phase::Application
}

fn fifty() -> u32 {
    50
}

fn yes() -> bool {
    true
}

/// What the site may choose; the default's type is the value's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueForm {
    pub(super) about: String,
    /// None: the site must say.
    pub(super) default: Option<Scalar>,
    /// What the site says; never written in a service's own file.
    pub(super) set: Option<Scalar>,
    /// If there are any, one of these.
    #[serde(default)]
    pub(super) choices: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImageForm {
    pub(super) image: Text,
    pub(super) pin: Pin,
    /// Why this one, and why not newer.
    pub(super) why: String,
    /// The folder with its Dockerfile, from the stack's; it is built on the host then.
    pub(super) build: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContainerForm {
    /// A key of `images`; the container's own name if left out.
    pub(super) image: Option<String>,
    #[serde(default)]
    pub(super) entrypoint: Vec<Text>,
    #[serde(default)]
    pub(super) command: Vec<Text>,
    pub(super) user: Option<Scalar>,
    #[serde(default)]
    pub(super) groups: Vec<Text>,
    pub(super) init: Option<Scalar>,
    pub(super) read_only: Option<Scalar>,
    pub(super) runtime: Option<Text>,
    pub(super) pid: Option<Text>,
    pub(super) privileged: Option<Scalar>,
    #[serde(default)]
    pub(super) devices: Vec<Text>,
    #[serde(default = "all")]
    pub(super) cap_drop: Vec<Text>,
    #[serde(default)]
    pub(super) cap_add: Vec<Text>,
    #[serde(default = "yes")]
    pub(super) no_new_privileges: bool,
    /// On the host's own network, whatever its stack says.
    #[serde(default)]
    pub(super) host_network: bool,
    /// Those that its host does not have are left out.
    #[serde(default)]
    pub(super) networks: Vec<String>,
    #[serde(default)]
    pub(super) ports: BTreeMap<String, PortForm>,
    #[serde(default)]
    pub(super) volumes: BTreeMap<String, VolumeForm>,
    #[serde(default)]
    pub(super) mounts: Vec<MountForm>,
    #[serde(default)]
    pub(super) tmpfs: Vec<Text>,
    #[serde(default)]
    pub(super) env: BTreeMap<String, Scalar>,
    /// Variable to secret; they go into a file that only root reads.
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, SecretUse>,
    /// Where that file lies, from the stack's folder; the container's name and `.env` if left out.
    pub(super) env_file: Option<Text>,
    pub(super) memory: Option<Scalar>,
    pub(super) cpus: Option<Scalar>,
    pub(super) pids: Option<u32>,
    #[serde(default)]
    pub(super) reserve: Reserve,
    pub(super) shm: Option<Scalar>,
    pub(super) stop_grace: Option<Text>,
    pub(super) health: HealthForm,
    /// Reasons, by the line that they stand beside: `user`, `env.NODE_OPTIONS`, `ports.http`.
    #[serde(default)]
    pub(super) why: BTreeMap<String, String>,
}

fn all() -> Vec<Text> {
    vec![Valued::default("ALL".to_owned())]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reserve {
    pub(super) memory: Option<Scalar>,
    pub(super) cpus: Option<Scalar>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretUse {
    pub(super) secret: String,
    /// A text around the secret, with `SECRET` where its mark goes.
    pub(super) text: Option<Text>,
    pub(super) when: Option<Text>,
}

/// Who may reach a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum To {
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
pub(super) struct PortForm {
    pub(super) port: u16,
    #[serde(default)]
    pub(super) udp: bool,
    #[serde(default = "containers")]
    pub(super) to: Vec<To>,
    /// Unencrypted HTTP of the edge's: gone as soon as `edge.vpn_only` is prepared.
    #[serde(default)]
    pub(super) plain_http: bool,
    pub(super) why: Option<String>,
}

fn containers() -> Vec<To> {
    vec![To::Containers]
}

/// A folder on the host that the service owns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VolumeForm {
    /// In the container.
    pub(super) at: Text,
    /// On the host; `data/NAME` in the stack's folder if left out.
    pub(super) path: Option<Text>,
    /// `uid:gid` as the container has them.
    pub(super) owner: Text,
    pub(super) mode: Option<String>,
    /// False: it can be made again.
    #[serde(default = "yes")]
    pub(super) data: bool,
    pub(super) when: Option<Text>,
    pub(super) why: Option<String>,
}

/// Something of the host's that the container sees.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MountForm {
    pub(super) from: Text,
    pub(super) at: Text,
    #[serde(default = "yes")]
    pub(super) read_only: bool,
    pub(super) options: Option<String>,
    pub(super) when: Option<Text>,
    pub(super) why: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HealthForm {
    /// As compose takes it: `["CMD", …]`, with tools that the image has.
    #[serde(default)]
    pub(super) test: Vec<Text>,
    /// What the host asks instead, where the image has no tool at all.
    pub(super) url: Option<Text>,
    #[serde(default = "interval")]
    pub(super) interval: Text,
    #[serde(default = "timeout")]
    pub(super) timeout: Text,
    #[serde(default = "retries")]
    pub(super) retries: u32,
    pub(super) start_period: Option<Text>,
    /// Seconds from its start until it must be healthy.
    pub(super) within: u32,
    #[serde(default = "yes")]
    pub(super) blocks: bool,
    pub(super) why: Option<String>,
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

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HostForm {
    #[serde(default)]
    pub(super) packages: Vec<Text>,
    #[serde(default)]
    pub(super) units: BTreeMap<String, UnitForm>,
    #[serde(default)]
    pub(super) ports: BTreeMap<String, PortForm>,
    #[serde(default)]
    pub(super) directories: BTreeMap<String, DirectoryForm>,
    #[serde(default)]
    pub(super) cron: BTreeMap<String, CronForm>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitForm {
    #[serde(default = "yes")]
    pub(super) enabled: bool,
    #[serde(default = "yes")]
    pub(super) active: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DirectoryForm {
    pub(super) path: Text,
    pub(super) owner: Text,
    pub(super) mode: Option<String>,
    #[serde(default)]
    pub(super) data: bool,
    pub(super) when: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CronForm {
    pub(super) schedule: Text,
    pub(super) command: Text,
    pub(super) user: String,
    pub(super) when: Option<Text>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileForm {
    /// On the host: absolute, or from the stack's folder; the template's name if left out.
    pub(super) path: Option<Text>,
    /// Where the container sees it; none: it does not, or sees it in a volume.
    pub(super) at: Option<Text>,
    /// Which container; the only one, if left out.
    #[serde(rename = "in")]
    pub(super) container: Option<String>,
    pub(super) owner: Option<Text>,
    pub(super) mode: Option<String>,
    pub(super) when: Option<Text>,
    /// systemd's, to restart when it changed.
    pub(super) unit: Option<String>,
    /// The container reads it only at its start although it does not mount it by itself.
    #[serde(default)]
    pub(super) restarts: bool,
    /// Taken as it is, without being a template: the file is in another template language.
    #[serde(default)]
    pub(super) verbatim: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Needs {
    #[serde(default)]
    pub(super) services: Vec<NeedForm>,
    #[serde(default)]
    pub(super) databases: Vec<DatabaseForm>,
    /// Memory that the host should have for it, in MiB; for people.
    pub(super) memory: Option<u32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NeedForm {
    pub(super) service: String,
    pub(super) why: String,
    /// On the same host.
    #[serde(default)]
    pub(super) here: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatabaseForm {
    /// The service that keeps it.
    pub(super) of: String,
    pub(super) name: String,
    pub(super) user: String,
    /// The secret that is the user's password.
    pub(super) secret: String,
    #[serde(default)]
    pub(super) extensions: Vec<String>,
    /// A template to run in the database afterwards, as the user.
    pub(super) script: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provides {
    /// How this service makes a database for somebody who needs one.
    pub(super) database: Option<ProvidesDatabase>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProvidesDatabase {
    pub(super) container: String,
    pub(super) command: Vec<Text>,
    /// The template that makes user and database, told of `database`.
    pub(super) template: String,
    /// The command that runs a service's own script in its database.
    pub(super) script: Vec<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretForm {
    pub(super) about: String,
    #[serde(default = "by_operator")]
    pub(super) made: Made,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default)]
    pub(super) permanent: bool,
}

fn by_operator() -> Made {
    Made::ByOperator
}

/// What people see of the service through the edge.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageForm {
    pub(super) port: String,
    #[serde(default = "vpn")]
    pub(super) access: PageAccess,
    /// Why it cannot be served under a path; none: it can.
    pub(super) no_path: Option<String>,
    /// Paths that are public although the page is not: webhooks that prove themselves.
    #[serde(default)]
    pub(super) public_paths: Vec<String>,
    /// A path that hands the browser a token: served to the VPN alone, whatever `access` says.
    pub(super) bootstrap: Option<BootstrapForm>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BootstrapForm {
    pub(super) path: String,
    pub(super) secret: String,
    /// The key of the browser's store under which the page looks for it.
    pub(super) storage_key: String,
}

fn vpn() -> PageAccess {
    PageAccess::Vpn
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MetricsForm {
    pub(super) container: Option<String>,
    pub(super) port: String,
    #[serde(default = "metrics_path")]
    pub(super) path: String,
    /// The secret that must be shown as a bearer token.
    pub(super) bearer: Option<String>,
    pub(super) when: Option<Text>,
}

fn metrics_path() -> String {
    "/metrics".to_owned()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlertForm {
    pub(super) name: Text,
    pub(super) expr: Text,
    #[serde(rename = "for")]
    pub(super) lasts: String,
    pub(super) severity: String,
    pub(super) summary: Text,
    pub(super) when: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProvisionForm {
    pub(super) name: Text,
    pub(super) container: String,
    pub(super) command: Vec<Text>,
    /// What it reads: a template.
    pub(super) input: Option<String>,
    pub(super) repeats: Repeats,
    pub(super) when: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BackupForm {
    /// Paths on the host, or keys of volumes.
    pub(super) paths: Vec<Text>,
    /// Run in the container before, so that what is copied is whole; its output is the backup when
    /// `dump` is set.
    #[serde(default)]
    pub(super) quiesce: Vec<Text>,
    pub(super) container: Option<String>,
    pub(super) dump: Option<String>,
    pub(super) why: String,
}

/// A question with a pass or fail answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProbeForm {
    pub(super) about: String,
    pub(super) container: Option<String>,
    /// Passes when it ends with 0.
    #[serde(default)]
    pub(super) command: Vec<Text>,
    /// Passes when it answers with this status.
    pub(super) url: Option<Text>,
    pub(super) status: Option<u16>,
}

/// A named, typed operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionForm {
    pub(super) about: String,
    pub(super) container: Option<String>,
    pub(super) command: Vec<Text>,
    /// Word to meaning; each stands in the command as `{{ input.WORD }}`.
    #[serde(default)]
    pub(super) inputs: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) risk: Risk,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Risk {
    #[default]
    Reads,
    Changes,
    /// Interrupts the service.
    Restarts,
    LosesData,
}
