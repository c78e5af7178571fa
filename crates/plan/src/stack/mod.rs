//! What the services of one host come to: stacks, as values that can be compared, shown and carried out.
//!
//! A stack is one compose project, or, for programs that systemd runs, the same without one: its
//! networks, folders, files, containers, units and the steps that provision it. The `catalog` room
//! makes it and leaves no choice; a host carries it out in the order of the fields. Nothing here
//! holds a secret's value: where one belongs stands a [`mark`].

pub mod mark;
mod port;

use crate::{FileSpec, Mode};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

pub use port::{Joins, Port};

/// One compose project of one host, or the units that stand in its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// The compose project's name.
    pub name: String,
    pub phase: Phase,
    /// The folder of the project, absolute; compose runs in it.
    pub directory: String,
    /// What must be true on the host before anything of this stack is touched.
    pub requires: Vec<Precondition>,
    /// Every one is `external` to compose: it is made before the first stack that joins it, and goes
    /// with the last. A subnet that overlaps a route of the host's is refused.
    pub networks: Vec<Network>,
    /// Those that compose makes by itself, with the subnets that its file says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_networks: Vec<Network>,
    /// Those that compose makes by itself with a subnet of Docker's choosing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<Pool>,
    pub directories: Vec<StackDirectory>,
    /// The compose file and the variables are among them.
    pub files: Vec<StackFile>,
    /// The path of the compose file; none: nothing of this stack runs in a container.
    pub compose: Option<String>,
    /// In the order in which they start.
    pub containers: Vec<Container>,
    /// What containers and units open on the host.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    /// What its files may open besides, and nobody can tell from them: in words that follow "cannot foretell".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// systemd's, started once their files lie there.
    pub units: Vec<StackUnit>,
    /// Carried out in every apply, in this order, each once its container is ready.
    pub provisions: Vec<Provision>,
    /// Each secret that a mark in `files` or `provisions` names.
    pub secrets: Vec<SecretNeed>,
}

/// Infrastructure stays up while applications are replaced, and is ready before they start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Infrastructure,
    Application,
}

/// What a host must show before a stack may be changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Precondition {
    /// A certificate for the name lies on the host, valid still, and was had over DNS: its issuer
    /// needs no open port to renew it.
    CertificateByDns {
        domain: String,
        /// Where the edge keeps its certificates on the host.
        storage: String,
        /// What to say when it is not there.
        why: String,
    },
    /// The engine has this runtime.
    Runtime { name: String, why: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    pub name: String,
    pub subnet: IpNet,
    /// The bridge's own address in it, which is how the host appears to containers.
    pub gateway: IpAddr,
    /// No way out.
    pub internal: bool,
}

/// A network of which Docker picks the subnet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    pub name: String,
    /// No way out.
    pub internal: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StackDirectory {
    pub path: String,
    /// As `chown` takes them: a container's numbers, `65534:65534`, or names of the host.
    pub owner: String,
    pub group: String,
    pub mode: Mode,
    /// Holds what cannot be made again: it stays when the stack goes, unless the operator says otherwise.
    pub data: bool,
}

/// A file of a stack. Where `secret` is set its content has marks, and what is written is the filled text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StackFile {
    #[serde(flatten)]
    pub file: FileSpec,
    /// Holds marks: the filled file is readable by its owner alone, and a plan never shows its text.
    pub secret: bool,
    /// The containers (by compose service) that must be made anew when the file changed: a single
    /// file that is mounted keeps showing its old content, and variables are read at the start.
    pub containers: Vec<String>,
    /// The units to restart when it changed.
    pub units: Vec<String>,
}

/// A service of the compose file, and how it is known to be up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Container {
    /// The service's name in the compose file.
    pub name: String,
    /// The name that `docker ps` shows.
    pub container: String,
    #[serde(default)]
    pub joins: Joins,
    /// It may open what the stack's ports do not say, or change the host's network: nobody can tell from its files.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unforeseen: bool,
    pub image: Image,
    pub ready: Ready,
    /// Two of it may run at once: a new one is shown to be well beside the old one before that stops.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// As compose has it: `redis:8.0.2-alpine`.
    pub reference: String,
    pub pin: Pin,
    /// The folder with the Dockerfile it is built from, on the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// What the name must lead to, as `docker image inspect` has it: known where the operator sends the image along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the registry's name led to when `piton.lock` was written, or when the plan was made: `sha256:…` of the
    /// manifest, or of the index that has one for each platform. The host pulls this and nothing else under the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl Image {
    /// Whether a registry has to say what the name leads to: nobody sends the image along, builds it, or has said it.
    pub fn is_open(&self) -> bool {
        let elsewhere = self.id.is_some() || self.build.is_some() || self.pin == Pin::Local;
        !elsewhere && self.digest.is_none() && !self.reference.contains('@')
    }

    /// The name by which the very image is pulled: `redis@sha256:…`.
    pub fn by_digest(&self) -> Option<String> {
        let digest = self.digest.as_ref()?;
        let name = match self.reference.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => name,
            _ => &self.reference,
        };
        Some(format!("{name}@{digest}"))
    }

    /// The name, and what it must lead to, short enough for a line.
    pub fn words(&self) -> String {
        match &self.digest {
            Some(digest) => format!("{} ({})", self.reference, short_digest(digest)),
            None => self.reference.clone(),
        }
    }
}

/// A digest, short enough for a line.
pub fn short_digest(digest: &str) -> String {
    digest.strip_prefix("sha256:").unwrap_or(digest).chars().take(12).collect()
}

/// How far an image may move by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pin {
    /// This version and no other; its digest goes into `piton.lock`.
    Exact,
    /// Patches of this version.
    Patch,
    /// Minor versions of this major one.
    Minor,
    /// Built on the host from a file of the stack's; no registry has it.
    Local,
}

/// The gate after a start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    /// Counted from its start; then the container is not healthy, whatever Docker still hopes for.
    pub within_seconds: u32,
    /// False: it waits for what is outside of its host, so that one which is up and not yet well is told of and
    /// undoes nothing, unless the one before it was well. One that ends over and over undoes the change all the same.
    pub blocks: bool,
    /// How long one that is new must have been up besides: its check says no more than that the program is there.
    #[serde(default)]
    pub steady_seconds: u32,
    pub by: ReadyBy,
}

/// Who says that a container is up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadyBy {
    /// Its own health check.
    Docker,
    /// It answers the host at this address with 200: its image has no tool to ask with. The host name
    /// `container` stands for the container's own address.
    Url(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StackUnit {
    pub name: String,
    pub enabled: bool,
    pub active: bool,
}

/// A program that is run in a running container, and that may be run again at any time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provision {
    /// What it does, in words: `database litellm of litellm`.
    pub name: String,
    /// The compose service it runs in, once that is ready.
    pub container: String,
    pub command: Vec<String>,
    /// What it reads from its standard input, with marks; a secret is never a word of the command.
    pub input: String,
    pub repeats: Repeats,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeats {
    /// Cheap, and mends what somebody changed by hand.
    Always,
    /// Only when its command or input is another than what was last carried out.
    WhenChanged,
}

/// A secret by name, and how one is made if there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretNeed {
    pub name: String,
    pub about: String,
    pub made: Made,
    /// It may be missing, and then reads as empty.
    pub optional: bool,
    /// What was written with it can be read with no other: a new value loses that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub permanent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// 64 hexadecimal digits, once.
    Hex64,
    /// 32 letters and digits, once.
    Password,
    /// `sk-` and 48 letters and digits, as model proxies want their keys.
    SkKey,
    /// Somebody else gives it: the operator sets it.
    ByOperator,
}

impl Stack {
    /// The names of all secrets that the files and provisions have marks of, each once.
    pub fn marked(&self) -> std::collections::BTreeSet<String> {
        let files = self.files.iter().map(|file| file.file.content.as_str());
        let inputs = self.provisions.iter().map(|step| step.input.as_str());
        files.chain(inputs).flat_map(|text| mark::marks(text).map(|mark| mark.secret.to_owned())).collect()
    }
}
