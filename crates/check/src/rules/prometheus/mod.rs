//! Rules for Prometheus, its rules, and Alertmanager. One file a rule; `rules/mod.rs` has the list.

pub(super) mod am_env;
pub(super) mod am_group_interval;
pub(super) mod am_receiver_empty;
pub(super) mod am_receiver_unknown;
pub(super) mod duration;
pub(super) mod expr_assignment;
pub(super) mod key_unknown;
pub(super) mod loopback_target;
pub(super) mod metric_unknown;
pub(super) mod remote_target_not_on_vpn;
pub(super) mod rule_job_unknown;
pub(super) mod rule_no_for;
pub(super) mod rule_no_severity;
pub(super) mod rules_not_loaded;
pub(super) mod target_host_port;

use crate::compose::Service;
use crate::project::{Project, find, join};
use piton_config::read::{Document, Kind, Value};

/// What a job is told to scrape in the file itself.
fn targets(job: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let configs = job.get("static_configs").into_iter().flat_map(Value::items);
    configs.filter_map(|config| config.get("targets")).flat_map(Value::items)
}

/// What the Prometheus of a service is told to scrape by the files mounted into it; nothing where it is not in a network of
/// its own, in which names and ports mean something else.
fn scraped<'a>(project: &'a Project, service: &'a Service) -> impl Iterator<Item = Value<'a>> {
    let is_contained = service.is("prometheus") && !service.has("network_mode");
    let mounted = is_contained.then(|| service.mounted(project)).into_iter().flatten();
    let configs = mounted.map(|(file, _)| file).filter(|file| file.kind == Kind::Prometheus);
    configs.filter_map(|file| find(file, "scrape_configs")).flat_map(Value::items).flat_map(targets)
}

/// Every alert: its name, and the whole rule.
fn alerts(document: &Document) -> impl Iterator<Item = (Value<'_>, Value<'_>)> {
    let groups = document.roots().filter_map(|root| root.get("groups")).flat_map(Value::items);
    let rules = groups.filter_map(|group| group.get("rules")).flat_map(Value::items);
    rules.filter_map(|rule| Some((rule.get("alert")?, rule)))
}

/// Every route of an Alertmanager, those below others among them.
fn routes(document: &Document) -> Vec<Value<'_>> {
    let mut found: Vec<Value> = find(document, "route").into_iter().collect();
    let mut next = 0;
    // Aliases can make a file far greater than it is.
    while let Some(route) = found.get(next).copied().filter(|_| found.len() < 10_000) {
        found.extend(route.get("routes").into_iter().flat_map(Value::items));
        next += 1;
    }
    found
}

/// Whether the project names VictoriaMetrics, which reads these files in its own way.
fn is_victoria(project: &Project) -> bool {
    ["victoria", "vmalert", "vmagent"].iter().any(|name| project.documents.iter().any(|file| file.text.contains(name)))
}

/// The name of what is made of a file: `alerts.yml` of `template_alerts.yml` and of `alerts.yml.j2`.
fn bare(name: &str) -> &str {
    let name =
        ["template_", "template-", "template."].iter().find_map(|start| name.strip_prefix(start)).unwrap_or(name);
    let ends = [".j2", ".tmpl", ".tpl", ".template", ".example", ".sample", ".in"];
    ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

/// Whether a prometheus.yml names a file of rules, by its name or by a pattern.
fn loads(config: &Document, rules: &Document) -> bool {
    let named = find(config, "rule_files").into_iter().flat_map(Value::items).filter_map(Value::text);
    named.into_iter().any(|name| {
        let last = bare(name.rsplit('/').next().unwrap_or(name));
        let own = bare(rules.file_name());
        let (start, end) = last.split_once('*').unwrap_or((last, ""));
        let fits = if last.contains('*') {
            own.starts_with(start) && own.ends_with(end.trim_start_matches('*'))
        } else {
            own == last
        };
        fits || join(config.folder(), name).as_deref() == Some(rules.path.as_str())
    })
}
