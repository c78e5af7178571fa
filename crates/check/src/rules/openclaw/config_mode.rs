use crate::rules::prelude::*;

rule! {
    /// Ansible writes an openclaw.json that the gateway cannot read.
    ///
    /// In the container the gateway is uid 1000. A file of root with 0600 is closed to it, and the gateway starts without a
    /// configuration, or not at all.
    ///
    /// ```yaml roles/openclaw/tasks/main.yml bad
    /// - name: Configure the gateway
    ///   ansible.builtin.template: { src: openclaw.json.j2, dest: /srv/openclaw/openclaw.json, owner: root, mode: "0600" }
    /// ```
    ///
    /// ```yaml roles/openclaw/tasks/main.yml good
    /// - name: Configure the gateway
    ///   ansible.builtin.template: { src: openclaw.json.j2, dest: /srv/openclaw/openclaw.json, owner: "1000", mode: "0600" }
    /// ```
    ///
    /// Told where owner and mode both say so. Source: openclaw/openclaw `Dockerfile` (`USER node`, uid 1000); read 2026-11-27.
    RULE = "openclaw-config-mode", Error, High, Look::File(&[Kind::Tasks, Kind::Playbook], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (key, module) in document.maps().flat_map(Value::entries) {
        let writes =
            key.text().is_some_and(|name| matches!(name.trim_start_matches("ansible.builtin."), "template" | "copy"));
        let text = |name: &str| module.get(name).and_then(Value::literal);
        let to_file = module.get("dest").and_then(Value::text).is_some_and(|dest| dest.ends_with("/openclaw.json"));
        let of_root = matches!(text("owner"), Some("root" | "0"));
        let closed = matches!(text("mode"), Some("0600" | "600" | "0400"));
        if let Some(owner) = module.get("owner").filter(|_| writes && to_file && of_root && closed) {
            report.at(owner, "the gateway is uid 1000, and cannot read this").help("owner: \"1000\", group: \"1000\"");
        }
    }
}
