//! Rules for Grafana: data sources and dashboards. One file a rule; `rules/mod.rs` has the list.

pub(super) mod anonymous_admin;
pub(super) mod bind_public;
pub(super) mod dashboard_time;
pub(super) mod ds_uid_dangling;
pub(super) mod ds_uid_missing;
pub(super) mod loopback_datasource;
pub(super) mod pg_database;
pub(super) mod pg_password;
pub(super) mod pg_user;
pub(super) mod root_url;
pub(super) mod signup;
pub(super) mod traces_to_logs;

use piton_config::read::{Document, Value};

/// Every data source of a provisioning file.
fn sources(document: &Document) -> impl Iterator<Item = Value<'_>> {
    document.roots().filter_map(|root| root.get("datasources")).flat_map(Value::items)
}

fn is_postgres(source: Value) -> bool {
    matches!(source.get("type").and_then(Value::text), Some("postgres" | "grafana-postgresql-datasource"))
}
