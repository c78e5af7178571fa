use crate::rules::prelude::*;

rule! {
    /// Tempo takes traces from its own container only.
    ///
    /// Since 2.7 the OTLP receivers listen on localhost unless an endpoint is given. Programs in other containers get
    /// "connection refused", and no trace arrives.
    ///
    /// ```yaml tempo.yaml bad
    /// distributor: { receivers: { otlp: { protocols: { grpc: {}, http: {} } } } }
    /// storage: { trace: { backend: local, local: { path: /var/tempo } } }
    /// ```
    ///
    /// ```yaml tempo.yaml good
    /// distributor:
    ///   receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } } } }
    /// storage: { trace: { backend: local, local: { path: /var/tempo } } }
    /// ```
    ///
    /// Source: Tempo CHANGELOG, 2.7.0, pull request 4466 ("Tempo installations running inside Docker have to update the
    /// address they listen") and `configuration/_index.md` (`# default localhost:4317`); read 2026-11-28.
    RULE = "tempo-otlp-bind", Warning, High, Look::File(&[Kind::Tempo], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if crate::rules::loki::version(project, document).is_some_and(|version| version.below("2.7")) {
        return;
    }
    for protocol in ["grpc", "http"] {
        let Some((name, value)) =
            find(document, "distributor.receivers.otlp.protocols").and_then(|protocols| protocols.entry(protocol))
        else {
            continue;
        };
        if value.get("endpoint").is_none() {
            report
                .at(name, "this receiver listens on localhost since Tempo 2.7")
                .help(format!("endpoint: \"0.0.0.0:{}\"", if protocol == "grpc" { 4317 } else { 4318 }));
        }
    }
}
