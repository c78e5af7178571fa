use crate::rules::prelude::*;

rule! {
    /// A key that Prometheus or Alertmanager does not know.
    ///
    /// Both read their files strictly: one unknown key, and they do not start. How long samples are kept is a flag
    /// (`--storage.tsdb.retention.time`), and a mail's subject is one of its `headers`.
    ///
    /// ```yaml prometheus.yml bad
    /// storage: { tsdb: { retention_time: 30d } }
    /// scrape_configs: [{ job_name: self, static_configs: [{ targets: ["localhost:9090"] }] }]
    /// ```
    ///
    /// ```yaml alertmanager.yml bad 2
    /// route: { receiver: ops }
    /// receivers: [{ name: ops, email_configs: [{ to: ops@example.org, subject: Alert }] }]
    /// ```
    ///
    /// ```yaml prometheus.yml good
    /// storage: { tsdb: { out_of_order_time_window: 30m } }
    /// scrape_configs: [{ job_name: self, static_configs: [{ targets: ["localhost:9090"] }] }]
    /// ```
    ///
    /// ```yaml alertmanager.yml good 2
    /// route: { receiver: ops }
    /// receivers: [{ name: ops, email_configs: [{ to: ops@example.org, headers: { Subject: Alert } }] }]
    /// ```
    ///
    /// A reviewer of real files named it. Tried with promtool 2.42 ("field retention_time not found in type config.plain"),
    /// 2026-11-28. Source: `TSDBConfig` of Prometheus and `EmailConfig` of Alertmanager; read 2026-11-28.
    RULE = "prom-key-unknown", Error, High, Look::File(&[Kind::Prometheus, Kind::Alertmanager], check)
}

/// Keys below `storage.tsdb` that people write, and that were never there: flags.
const TSDB: [(&str, &str); 5] = [
    ("retention_time", "the flag --storage.tsdb.retention.time"),
    ("retention_size", "the flag --storage.tsdb.retention.size"),
    ("path", "the flag --storage.tsdb.path"),
    ("wal_compression", "the flag --storage.tsdb.wal-compression"),
    ("no_lockfile", "the flag --storage.tsdb.no-lockfile"),
];

/// Keys of a mail that people write, and what they mean.
const MAIL: [(&str, &str); 4] = [
    ("subject", "headers: { Subject: … }"),
    ("body", "text: or html:"),
    ("username", "auth_username"),
    ("password", "auth_password_file"),
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    if document.kind == Kind::Prometheus {
        unknown("Prometheus", find(document, "storage.tsdb"), &TSDB, report);
        return;
    }
    let receivers = find(document, "receivers").into_iter().flat_map(Value::items);
    for mail in receivers.filter_map(|receiver| receiver.get("email_configs")).flat_map(Value::items) {
        unknown("Alertmanager", Some(mail), &MAIL, report);
    }
}

fn unknown(program: &str, map: Option<Value>, keys: &[(&str, &str)], report: &mut Report) {
    for (key, instead) in keys {
        if let Some((name, _)) = map.and_then(|map| map.entry(key)) {
            report.at(name, format!("{program} knows no `{key}` here, and does not start")).help(*instead);
        }
    }
}
