use crate::rules::prelude::*;

rule! {
    /// A data source is linked to one that is not there.
    ///
    /// "Logs for this trace" and the service map go by `datasourceUid`. Letters count: `LOKI` is not `loki`. The button is
    /// there and leads nowhere.
    ///
    /// ```yaml datasources.yaml bad
    /// apiVersion: 1
    /// datasources:
    ///   - { name: Loki, type: loki, uid: loki, url: "http://loki:3100" }
    ///   - { name: Tempo, type: tempo, uid: tempo, url: "http://tempo:3200", jsonData: { tracesToLogsV2: { datasourceUid: LOKI } } }
    /// ```
    ///
    /// ```yaml datasources.yaml good
    /// apiVersion: 1
    /// datasources:
    ///   - { name: Loki, type: loki, uid: loki, url: "http://loki:3100" }
    ///   - { name: Tempo, type: tempo, uid: tempo, url: "http://tempo:3200", jsonData: { tracesToLogsV2: { datasourceUid: loki } } }
    /// ```
    ///
    /// Compared with all data sources in the folder. Where the uid is another one's name Grafana finds that, so then it is
    /// an information. Source: Grafana `public/app/features/plugins/datasource_srv.ts`, getInstanceSettings (by uid, then
    /// by name, letter by letter); read 2026-11-28.
    RULE = "grafana-ds-uid-dangling", Error, High, Look::File(&[Kind::GrafanaDatasources], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let beside = project.of_kind(Kind::GrafanaDatasources).filter(|other| other.folder() == document.folder());
    let sources: Vec<Value> = beside.flat_map(super::sources).collect();
    let uids: Vec<&str> = sources.iter().filter_map(|source| source.get("uid")?.text()).collect();
    let is_name = |uid: &str| {
        let mut names = sources.iter().filter_map(|source| source.get("name")?.text());
        names.any(|name| name.eq_ignore_ascii_case(uid))
    };
    for map in document.maps() {
        for (key, value) in map.entries() {
            let Some(uid) = value.literal().filter(|_| key.text() == Some("datasourceUid")) else { continue };
            if !uids.contains(&uid) && !uid.is_empty() && !uid.starts_with('$') {
                let finding = report.at(value, format!("no data source here has the uid `{uid}`"));
                let mut near: Vec<&str> =
                    uids.iter().copied().filter(|known| known.eq_ignore_ascii_case(uid)).collect();
                near.dedup();
                // Where it is another one's name, Grafana finds that one today.
                let is_one =
                    near.len() == 1 && !sources.iter().any(|source| names(source, uid) && !has_uid(source, near[0]));
                match near.first() {
                    Some(known) => match spelled_like(value, known).filter(|_| is_one) {
                        Some(new) => finding.safe_fix(format!("`{known}`"), vec![Edit::replace(value, new)]),
                        None => finding.help(format!("`{known}`")),
                    },
                    // A name in the place of a uid is a mistake; what is nowhere may have been made by hand.
                    None if is_name(uid) => {
                        finding.help("this is a name; give that data source a uid").severity(Severity::Warning)
                    }
                    None => finding.help(format!("the uids are {}", uids.join(", "))).severity(Severity::Info),
                };
                // Grafana looks for the name where there is no such uid.
                if sources.iter().any(|source| source.get("name").and_then(Value::text) == Some(uid)) {
                    finding.severity(Severity::Info);
                }
            }
        }
    }
}

fn names(source: &Value, name: &str) -> bool {
    source.get("name").and_then(Value::text) == Some(name)
}

fn has_uid(source: &Value, uid: &str) -> bool {
    source.get("uid").and_then(Value::text) == Some(uid)
}

/// A text in the quotes of the one that it takes the place of; without any only what YAML takes for a text.
fn spelled_like(value: Value, new: &str) -> Option<String> {
    let is_plain = new.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let quote = value.written().chars().next().filter(|_| value.is_quoted());
    let is_name = new.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
            .iter()
            .any(|word| new.eq_ignore_ascii_case(word));
    match quote {
        Some(quote) if is_plain => Some(format!("{quote}{new}{quote}")),
        None if is_plain && is_name => Some(new.to_owned()),
        _ => None,
    }
}
