use crate::finding::{Finding, Place};
use crate::rules::prelude::*;

rule! {
    /// Ufw lets anybody reach metrics or logs.
    ///
    /// Node exporter, Prometheus, Loki and the OTLP receivers have no password: what is open to any is open to all.
    ///
    /// ```ufw ufw/user.rules bad
    /// *filter
    /// ### tuple ### allow tcp 9100 0.0.0.0/0 any 0.0.0.0/0 in
    /// -A ufw-user-input -p tcp --dport 9100 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// ```ufw ufw/user.rules good
    /// *filter
    /// ### tuple ### allow tcp 9100 0.0.0.0/0 any 10.0.0.0/24 in
    /// -A ufw-user-input -p tcp --dport 9100 -s 10.0.0.0/24 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// Tried with ufw 0.36.2, 2026-11-28: `ufw allow 9100/tcp` writes these two lines, and "Anywhere" may connect. Evidence: the
    /// file itself.
    RULE = "ufw-metrics-public", Error, High, Look::File(&[Kind::Ufw, Kind::Shell, Kind::Tasks, Kind::Playbook], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    match document.kind {
        Kind::Ufw => rules(document, report),
        Kind::Shell => commands(project, document, report),
        _ => tasks(document, report),
    }
}

fn is_private(port: &str) -> bool {
    matches!(port, "9100" | "18789" | "3100" | "4317" | "4318" | "9090" | "9093" | "6333" | "5432" | "6379")
}

fn tell<'r>(place: impl Into<Place>, port: &str, report: &'r mut Report) -> &'r mut Finding {
    report
        .at(place, format!("port {port} answers anybody"))
        .help("allow it from the mesh only: ufw allow from 10.0.0.0/24 to any port …")
}

fn rules(document: &Document, report: &mut Report) {
    for line in document.root().lines() {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let narrowed = words.iter().any(|word| matches!(*word, "-s" | "-i"));
        let accepts = words.windows(2).any(|pair| pair == ["-j", "ACCEPT"]);
        let port = words.windows(2).find(|pair| pair[0] == "--dport").map(|pair| pair[1]);
        if let Some(port) = port.filter(|port| is_private(port))
            && words.starts_with(&["-A", "ufw-user-input"])
            && accepts
            && !narrowed
        {
            tell(line, port, report);
        }
    }
}

/// `ufw allow 9100/tcp` of a script.
fn commands(project: &Project, document: &Document, report: &mut Report) {
    for command in project.commands(document).iter().filter(|command| command.program() == "ufw") {
        let port = command.words.windows(2).find(|pair| pair[0] == "allow").and_then(|pair| pair[1].split('/').next());
        let narrowed = command.has("from") || command.has("on");
        if let Some(port) = port.filter(|port| is_private(port) && !narrowed) {
            // A script may have a reason that is not in the line.
            tell((document, command.range.clone()), port, report).severity(Severity::Warning);
        }
    }
}

/// The module of Ansible.
fn tasks(document: &Document, report: &mut Report) {
    let modules = document.maps().filter_map(|task| task.get("community.general.ufw").or_else(|| task.get("ufw")));
    for module in modules {
        let narrowed = ["from_ip", "from", "src", "interface", "interface_in", "if", "if_in", "delete"]
            .iter()
            .any(|key| module.get(key).is_some());
        let allows = module.get("rule").and_then(Value::text) == Some("allow");
        let port = module.get("port").or_else(|| module.get("to_port"));
        if let Some((place, port)) = port.and_then(|port| Some((port, port.literal()?)))
            && is_private(port)
            && allows
            && !narrowed
        {
            tell(place, port, report);
        }
    }
}
