use crate::rules::prelude::*;

rule! {
    /// The YAML output of Ansible has moved.
    ///
    /// community.general 12 took its callback away: "Invalid callback for stdout specified: yaml", and no playbook runs. Since
    /// ansible-core 2.13 the default one does it.
    ///
    /// ```ini ansible.cfg bad
    /// [defaults]
    /// stdout_callback = yaml
    /// ```
    ///
    /// ```ini ansible.cfg good
    /// [defaults]
    /// stdout_callback = ansible.builtin.default
    /// callback_result_format = yaml
    /// ```
    ///
    /// Fix: safe from ansible-core 2.13 on. Source: the changelog of community.general 11.4.2, which announces it
    /// for 12.0.0; read 2026-11-27.
    RULE = "ansible-cfg-yaml-callback-removed", Error, High, Look::File(&[Kind::AnsibleCfg], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(defaults) = document.root().get("defaults") else { return };
    if let Some((key, value)) = defaults
        .entry("stdout_callback")
        .filter(|(_, value)| matches!(value.text(), Some("yaml" | "community.general.yaml")))
    {
        let mut edits = vec![Edit::replace(value, "ansible.builtin.default")];
        if defaults.get("callback_result_format").is_none() {
            edits.push(Edit::line_above(document, key.range().start, "callback_result_format = yaml"));
        }
        report
            .at(value, "community.general 12 has no such callback, and no playbook runs")
            .safe_fix("the default one, in YAML", edits);
    }
}
