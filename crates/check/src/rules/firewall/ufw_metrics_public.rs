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
    /// Evidence: the file itself.
    RULE = "ufw-metrics-public", Error, High, Look::File(&[Kind::Ufw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for line in document.root().lines() {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let narrowed = words.iter().any(|word| matches!(*word, "-s" | "-i"));
        let accepts = words.windows(2).any(|pair| pair == ["-j", "ACCEPT"]);
        let port = words.windows(2).find(|pair| pair[0] == "--dport").map(|pair| pair[1]);
        let private = port.is_some_and(|port| {
            matches!(port, "9100" | "18789" | "3100" | "4317" | "4318" | "9090" | "9093" | "6333" | "5432" | "6379")
        });
        if words.starts_with(&["-A", "ufw-user-input"]) && accepts && private && !narrowed {
            report
                .at(line, format!("port {} answers anybody", port.unwrap_or_default()))
                .help("allow it from the mesh only: ufw allow from 10.0.0.0/24 to any port …");
        }
    }
}
