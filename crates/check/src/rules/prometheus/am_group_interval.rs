use crate::rules::prelude::*;

rule! {
    /// A group of alerts is told again every few seconds.
    ///
    /// `group_interval` is how long to wait before a changed group is sent once more. Ten seconds turn one incident into
    /// a page of messages; five minutes is the default.
    ///
    /// ```yaml alertmanager.yml bad
    /// route: { receiver: ops, group_interval: 10s }
    /// receivers: [{ name: ops, webhook_configs: [{ url: "http://ntfy:8080/alerts" }] }]
    /// ```
    ///
    /// ```yaml alertmanager.yml good
    /// route: { receiver: ops, group_interval: 5m }
    /// receivers: [{ name: ops, webhook_configs: [{ url: "http://ntfy:8080/alerts" }] }]
    /// ```
    ///
    /// Source: Alertmanager `docs/configuration.md`, `group_interval` (default 5m; also the timeout of each sending); read
    /// 2026-11-28.
    RULE = "am-group-interval-too-short", Info, Medium, Look::File(&[Kind::Alertmanager], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) = find(document, "route.group_interval")
        && value
            .literal()
            .and_then(|text| text.strip_suffix('s')?.parse::<u32>().ok())
            .is_some_and(|seconds| seconds <= 10)
    {
        report.at(value, "each change of a group is sent again after seconds").help("5m");
    }
}
