use crate::rules::prelude::*;

rule! {
    /// What closes doors comes before what still needs them.
    ///
    /// A role that moves ssh or shuts ports, and then one that fails, leaves a host half set up behind a door that has moved.
    /// What can lock out comes last, with a session kept open.
    ///
    /// ```yaml site.yml bad
    /// - name: Set up
    ///   hosts: all
    ///   roles: [ssh_hardening, docker, app]
    /// ```
    ///
    /// ```yaml site.yml good
    /// - name: Set up
    ///   hosts: all
    ///   roles: [docker, app, ssh_hardening]
    /// ```
    ///
    /// Told with `--strict`: many harden first on purpose. `piton apply` orders by itself. Not
    /// verified (2026-11-28): an experience of one lock-out, of which no program's documentation speaks.
    RULE = "ansible-hardening-not-last", Info, Low, Look::File(&[Kind::Playbook], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for play in document.roots().flat_map(Value::items) {
        let tasks = play.get("tasks").into_iter().flat_map(Value::items).filter_map(imported);
        let roles: Vec<Value> = play.get("roles").into_iter().flat_map(Value::items).chain(tasks).collect();
        let name = |role: &Value| {
            role.text()
                .or_else(|| role.get("role").or_else(|| role.get("name"))?.text())
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        let hardens = |role: &Value| {
            let name = name(role);
            name.contains("hardening") || name.contains("ufw") || name.contains("firewall")
        };
        if let Some(at) = roles.iter().position(hardens)
            && roles[at..].iter().any(|role| !hardens(role))
        {
            report.at(roles[at], "roles that still need the way in come after this one");
        }
    }
}

/// The role that a task brings.
fn imported(task: Value<'_>) -> Option<Value<'_>> {
    ["import_role", "include_role", "ansible.builtin.import_role", "ansible.builtin.include_role"]
        .iter()
        .find_map(|name| task.get(name))
}
