use crate::rules::prelude::*;

rule! {
    /// A play's name holds a variable of the inventory.
    ///
    /// Names of plays are made before hosts are known: the variable is undefined there. ansible-core 2.19 stops; older ones
    /// show the braces. A `default` behind it is the answer each time, and is not told.
    ///
    /// ```yaml site.yml bad
    /// - name: Deploy {{ inventory_hostname }}
    ///   hosts: all
    ///   roles: [web]
    /// ```
    ///
    /// ```yaml site.yml good
    /// - name: Deploy the web servers
    ///   hosts: all
    ///   roles: [web]
    /// ```
    ///
    /// Tried with ansible-core 2.19.14 ("Error processing keyword 'name': 'inventory_hostname' is undefined") and 2.16.19
    /// (`PLAY [Deploy {{ inventory_hostname }}]`), 2026-11-28.
    RULE = "ansible-play-name-templated", Warning, Medium, Look::File(&[Kind::Playbook], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for play in document.roots().flat_map(Value::items).filter(|play| play.get("hosts").is_some()) {
        if let Some(name) = play.get("name").filter(|name| {
            name.text().is_some_and(|text| {
                ["inventory_hostname", "hostvars", "ansible_host", "groups["]
                    .iter()
                    .any(|word| text.contains(word) && text.contains("{{") && !text.contains("default("))
            })
        }) {
            report.at(name, "hosts are not known yet when plays get their names");
        }
    }
}
