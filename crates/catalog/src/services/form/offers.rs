//! What a service offers to people and to whatever watches it: its page, metrics, alerts, backup, probes and actions.

use super::Text;
use piton_config::PageAccess;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What people see of the service through the edge.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct PageForm {
    pub(in crate::services) port: String,
    #[serde(default = "vpn")]
    pub(in crate::services) access: PageAccess,
    /// Why it cannot be served under a path; none: it can.
    pub(in crate::services) no_path: Option<String>,
    /// Paths that are public although the page is not: webhooks that prove themselves.
    #[serde(default)]
    pub(in crate::services) public_paths: Vec<String>,
    /// A path that hands the browser a token: served to the VPN alone, whatever `access` says.
    pub(in crate::services) bootstrap: Option<BootstrapForm>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct BootstrapForm {
    pub(in crate::services) path: String,
    pub(in crate::services) secret: String,
    /// The key of the browser's store under which the page looks for it.
    pub(in crate::services) storage_key: String,
}

fn vpn() -> PageAccess {
    PageAccess::Vpn
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct MetricsForm {
    pub(in crate::services) container: Option<String>,
    pub(in crate::services) port: String,
    #[serde(default = "metrics_path")]
    pub(in crate::services) path: String,
    /// The secret that must be shown as a bearer token.
    pub(in crate::services) bearer: Option<String>,
    pub(in crate::services) when: Option<Text>,
}

fn metrics_path() -> String {
    "/metrics".to_owned()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct AlertForm {
    pub(in crate::services) name: Text,
    pub(in crate::services) expr: Text,
    #[serde(rename = "for")]
    pub(in crate::services) lasts: String,
    pub(in crate::services) severity: String,
    pub(in crate::services) summary: Text,
    pub(in crate::services) when: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct BackupForm {
    /// Paths on the host, or keys of volumes.
    pub(in crate::services) paths: Vec<Text>,
    /// Run in the container before, so that what is copied is whole; its output is the backup when
    /// `dump` is set.
    #[serde(default)]
    pub(in crate::services) quiesce: Vec<Text>,
    pub(in crate::services) container: Option<String>,
    pub(in crate::services) dump: Option<String>,
    pub(in crate::services) why: String,
}

/// A question with a pass or fail answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct ProbeForm {
    pub(in crate::services) about: String,
    pub(in crate::services) container: Option<String>,
    /// Passes when it ends with 0.
    #[serde(default)]
    pub(in crate::services) command: Vec<Text>,
    /// Passes when it answers with this status.
    pub(in crate::services) url: Option<Text>,
    pub(in crate::services) status: Option<u16>,
}

/// A named, typed operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct ActionForm {
    pub(in crate::services) about: String,
    pub(in crate::services) container: Option<String>,
    pub(in crate::services) command: Vec<Text>,
    /// Word to meaning; each stands in the command as `{{ input.WORD }}`.
    #[serde(default)]
    pub(in crate::services) inputs: BTreeMap<String, String>,
    #[serde(default)]
    pub(in crate::services) risk: Risk,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::services) enum Risk {
    #[default]
    Reads,
    Changes,
    /// Interrupts the service.
    Restarts,
    LosesData,
}
