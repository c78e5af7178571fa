//! Rules for Loki. One file a rule; `rules/mod.rs` has the list.

pub(super) mod auth_off_public;
pub(super) mod iface_mismatch;
pub(super) mod index_period;
pub(super) mod ingester_ring;
pub(super) mod instance_addr;
pub(super) mod promtail_host_label;
pub(super) mod promtail_loki_url;
pub(super) mod promtail_positions_tmp;
pub(super) mod removed_key;
pub(super) mod replication_factor;
pub(super) mod retention;
pub(super) mod ring_store;
pub(super) mod ruler_url;
pub(super) mod schema_old;
pub(super) mod structured_metadata_off;

use crate::image::Version;
use crate::project::{Project, find};
use piton_config::read::{Document, Value};

/// Whether the file is for one instance that does everything.
fn is_single(document: &Document) -> bool {
    let target = find(document, "target").and_then(Value::text);
    let joins = find(document, "memberlist.join_members").is_some_and(|members| !members.is_empty());
    target.is_none_or(|target| target == "all") && !joins
}

/// The version of the program that a service of the project runs with this file.
pub(super) fn version(project: &Project, document: &Document) -> Option<Version> {
    let runs =
        |service: &&crate::compose::Service| service.mounted(project).any(|(file, _)| file.path == document.path);
    project.services().find(runs)?.version()
}
