//! What a service takes of its host: packages, units, folders, cron lines and files.

use super::container::PortForm;
use super::{Text, yes};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct HostForm {
    #[serde(default)]
    pub(in crate::services) packages: Vec<Text>,
    #[serde(default)]
    pub(in crate::services) units: BTreeMap<String, UnitForm>,
    #[serde(default)]
    pub(in crate::services) ports: BTreeMap<String, PortForm>,
    #[serde(default)]
    pub(in crate::services) directories: BTreeMap<String, DirectoryForm>,
    #[serde(default)]
    pub(in crate::services) cron: BTreeMap<String, CronForm>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct UnitForm {
    #[serde(default = "yes")]
    pub(in crate::services) enabled: bool,
    #[serde(default = "yes")]
    pub(in crate::services) active: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct DirectoryForm {
    pub(in crate::services) path: Text,
    pub(in crate::services) owner: Text,
    pub(in crate::services) mode: Option<String>,
    #[serde(default)]
    pub(in crate::services) data: bool,
    pub(in crate::services) when: Option<Text>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct CronForm {
    pub(in crate::services) schedule: Text,
    pub(in crate::services) command: Text,
    pub(in crate::services) user: String,
    pub(in crate::services) when: Option<Text>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::services) struct FileForm {
    /// On the host: absolute, or from the stack's folder; the template's name if left out.
    pub(in crate::services) path: Option<Text>,
    /// Where the container sees it; none: it does not, or sees it in a volume.
    pub(in crate::services) at: Option<Text>,
    /// Which container; the only one, if left out.
    #[serde(rename = "in")]
    pub(in crate::services) container: Option<String>,
    pub(in crate::services) owner: Option<Text>,
    pub(in crate::services) mode: Option<String>,
    pub(in crate::services) when: Option<Text>,
    /// systemd's, to restart when it changed.
    pub(in crate::services) unit: Option<String>,
    /// The container reads it only at its start although it does not mount it by itself.
    #[serde(default)]
    pub(in crate::services) restarts: bool,
    /// Taken as it is, without being a template: the file is in another template language.
    #[serde(default)]
    pub(in crate::services) verbatim: bool,
}
