use crate::rules::prelude::*;
use piton_config::nearest;

rule! {
    /// A route leads to a receiver that is not there.
    ///
    /// Alertmanager checks that each route's receiver has its entry, and refuses the file: it does not start, and a
    /// reload keeps the old one.
    ///
    /// ```yaml alertmanager.yml bad
    /// route: { receiver: ops, routes: [{ receiver: pager, matchers: ['severity="critical"'] }] }
    /// receivers: [{ name: ops, webhook_configs: [{ url: "http://ntfy:8080/alerts" }] }]
    /// ```
    ///
    /// ```yaml alertmanager.yml good
    /// route: { receiver: ops, routes: [{ receiver: ops, matchers: ['severity="critical"'] }] }
    /// receivers: [{ name: ops, webhook_configs: [{ url: "http://ntfy:8080/alerts" }] }]
    /// ```
    ///
    /// Source: `checkReceiver` of Alertmanager's `config/config.go` ("undefined receiver used in route"), the same
    /// since its first versions; read 2026-11-28.
    RULE = "am-receiver-unknown", Error, High, Look::File(&[Kind::Alertmanager], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(receivers) = find(document, "receivers").filter(|receivers| receivers.is_list()) else { return };
    if document.is_partial || !document.templated.is_empty() {
        return;
    }
    let names: Vec<&str> = receivers.items().filter_map(|one| one.get("name").and_then(Value::literal)).collect();
    // A receiver that something else names may be any of them.
    if names.len() != receivers.items().count() || names.iter().any(|name| name.contains('$')) {
        return;
    }
    for receiver in super::routes(document).into_iter().filter_map(|route| route.get("receiver")) {
        let Some(name) = receiver.literal().filter(|name| !name.is_empty() && !name.contains('$') && !is_mark(name))
        else {
            continue;
        };
        if !names.contains(&name) && !is_substituted(project, document) {
            let finding =
                report.at(receiver, format!("no receiver is called `{name}`: Alertmanager refuses this file"));
            if let Some(meant) = nearest(name, names.iter().copied()) {
                finding.help(format!("did you mean `{meant}`?"));
            }
        }
    }
}
