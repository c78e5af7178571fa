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
pub(super) mod retention_store;
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

/// The version of the program that a service of the project runs with this file; where none mounts it, that of the only
/// Loki (or Tempo) around.
pub(super) fn version(project: &Project, document: &Document) -> Option<Version> {
    let runs =
        |service: &&crate::compose::Service| service.mounted(project).any(|(file, _)| file.path == document.path);
    if let Some(service) = project.services().find(runs) {
        return service.version();
    }
    let program = if document.kind == piton_config::read::Kind::Tempo { "tempo" } else { "loki" };
    let mut around =
        project.services().filter(|service| service.is(program) && Project::are_related(service.document, document));
    let Some(first) = around.next() else { return version_of_role(project, document, program) };
    around.all(|other| other.version() == first.version()).then(|| first.version()).flatten()
}

/// What the variables of the file's role say: `loki_version: "2.9.0"`.
fn version_of_role(project: &Project, document: &Document, program: &str) -> Option<Version> {
    let (role, _) = document.path.rsplit_once("/templates/").or_else(|| document.path.rsplit_once("/files/"))?;
    let name = format!("{program}_version");
    let variables = project.of_kind(piton_config::read::Kind::AnsibleVars);
    let mut said = variables.filter(|file| file.path.starts_with(role)).filter_map(|file| find(file, &name)?.text());
    Version::of_tag(said.next()?)
}
