//! What `service.toml` may say: the form of a service, typed.
//!
//! Reading it is `piton_config::form`'s. Every [`Text`] is a template; one that comes out empty leaves out
//! what it was for, so that a condition can stand where the value does. What each key means to people
//! is in docs/reference/service.md.
//!
//! Here is the whole with its values, images, needs and secrets; the larger parts have files of their own.

mod container;
mod host;
mod offers;

pub(super) use container::{ContainerForm, PortForm, To, VolumeForm};
pub(super) use host::{FileForm, HostForm};
pub(super) use offers::{ActionForm, AlertForm, BackupForm, MetricsForm, PageForm, ProbeForm, Risk};

use piton_config::Valued;
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
    pub(super) when: Option<Text>,
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
