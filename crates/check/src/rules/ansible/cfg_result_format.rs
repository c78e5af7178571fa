use crate::rules::prelude::*;

rule! {
    /// A key in ansible.cfg that nobody reads.
    ///
    /// The format of results is `callback_result_format` in the file; `result_format` is its name in the plugin only.
    ///
    /// ```ini ansible.cfg bad
    /// [defaults]
    /// result_format = yaml
    /// ```
    ///
    /// ```ini ansible.cfg good
    /// [defaults]
    /// callback_result_format = yaml
    /// ```
    ///
    /// Fix: safe. Tried with ansible-core 2.19.14, 2026-11-28: `ansible-config dump --only-changed -t callback` names the one and
    /// not the other. Source: its `plugins/doc_fragments/result_format_callback.py`.
    RULE = "ansible-cfg-result-format-key", Warning, High, Look::File(&[Kind::AnsibleCfg], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(defaults) = document.root().get("defaults") else { return };
    if let Some((key, _)) = defaults.entry("result_format") {
        let finding = report.at(key, "nobody reads this key").help("callback_result_format");
        // A key that is there twice is refused.
        if defaults.get("callback_result_format").is_none() {
            finding.safe_fix("callback_result_format", vec![Edit::replace(key, "callback_result_format")]);
        }
    }
}
