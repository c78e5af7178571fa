use crate::rules::prelude::*;

rule! {
    /// ansible-lint cannot name a play, because nobody gave it the variable.
    ///
    /// Names of plays are made from extra variables alone. ansible-lint runs the syntax check without any, and stops: "Error
    /// processing keyword 'name': … is undefined". `extra_vars` in its configuration gives it some.
    ///
    /// ```yaml .ansible-lint bad
    /// offline: true
    /// ```
    ///
    /// ```yaml site.yml bad
    /// - name: "Deploy {{ target_env }}"
    ///   hosts: all
    ///   roles: [web]
    /// ```
    ///
    /// ```yaml .ansible-lint good
    /// offline: true
    /// extra_vars: { target_env: lint }
    /// ```
    ///
    /// ```yaml site.yml good
    /// - name: "Deploy {{ target_env }}"
    ///   hosts: all
    ///   roles: [web]
    /// ```
    ///
    /// Tried with ansible-lint 26.10.1 and ansible-core 2.19.14, 2026-11-27.
    RULE = "ansible-lint-extra-vars-missing", Warning, High, Look::File(&[Kind::Playbook], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let mut configs = project.of_kind(Kind::AnsibleLint).filter(|file| document.path.starts_with(file.folder()));
    let (Some(config), None) = (configs.next(), configs.next()) else { return };
    if find(config, "extra_vars").is_some() {
        return;
    }
    for play in document.roots().flat_map(Value::items).filter(|play| play.get("hosts").is_some()) {
        let Some(name) = play.get("name") else { continue };
        let Some((_, expression)) = name.text().and_then(|text| text.split_once("{{")) else { continue };
        let expression = expression.split("}}").next().unwrap_or_default().trim();
        let variable = expression.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let own = play.path(&format!("vars.{expression}")).is_some() || play.get("vars_files").is_some();
        let magic =
            expression.starts_with("ansible_") || expression.starts_with("inventory_") || expression == "hostvars";
        if variable && !own && !magic && !expression.is_empty() {
            report
                .at(name, format!("ansible-lint does not know `{expression}`, and stops here"))
                .related((config, 0..0), "its configuration gives it no variables")
                .help(format!("extra_vars: {{ {expression}: lint }}"));
        }
    }
}
