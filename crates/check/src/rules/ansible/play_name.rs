use crate::rules::prelude::*;

rule! {
    /// A play's name holds a variable of the inventory.
    ///
    /// Names of plays are made before hosts are known: the variable is undefined there, and the play fails or shows braces.
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
    /// Source: Ansible documentation, "Using variables", where play names can use extra variables only.
    RULE = "ansible-play-name-templated", Warning, Medium, Look::File(&[Kind::Playbook], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for play in document.roots().flat_map(Value::items).filter(|play| play.get("hosts").is_some()) {
        if let Some(name) = play.get("name").filter(|name| {
            name.text().is_some_and(|text| {
                ["inventory_hostname", "hostvars", "ansible_host", "groups["]
                    .iter()
                    .any(|word| text.contains(word) && text.contains("{{"))
            })
        }) {
            report.at(name, "hosts are not known yet when plays get their names");
        }
    }
}
