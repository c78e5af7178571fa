use crate::rules::prelude::*;

rule! {
    /// A key that ansible-lint refuses.
    ///
    /// Its file takes known keys only. `playbooks_dir` was never one of them in the 26 series, and the whole run ends with
    /// "Invalid configuration file".
    ///
    /// ```yaml .ansible-lint bad
    /// offline: true
    /// playbooks_dir: playbooks
    /// ```
    ///
    /// ```yaml .ansible-lint good
    /// offline: true
    /// exclude_paths: [vendor/]
    /// ```
    ///
    /// Source: ansible-lint 26.10.1, `schemas/ansible-lint-config.json` (additionalProperties: false);
    /// read 2026-11-27.
    RULE = "ansible-lint-unknown-key", Error, Medium, Look::File(&[Kind::AnsibleLint], check)
}

const KNOWN: [&str; 30] = [
    "cache_dir",
    "display_relative_path",
    "enable_list",
    "exclude_paths",
    "extra_vars",
    "kinds",
    "list_rules",
    "loop_var_prefix",
    "max_block_depth",
    "max_tasks",
    "mock_filters",
    "mock_modules",
    "mock_roles",
    "offline",
    "only_builtins_allow_collections",
    "only_builtins_allow_modules",
    "parseable",
    "profile",
    "progressive",
    "project_dir",
    "quiet",
    "rules",
    "rulesdir",
    "skip_action_validation",
    "skip_list",
    "strict",
    "supported_ansible_also",
    "tags",
    "task_name_prefix",
    "use_default_rules",
];

const MORE: [&str; 8] = [
    "var_naming_pattern",
    "verbosity",
    "warn_list",
    "write_list",
    "write_exclude_list",
    "sarif_file",
    "list_tags",
    "yaml-document-start",
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let name = document.file_name();
    let config = document.folder().rsplit('/').next() == Some(".config");
    let is_its = matches!(name, ".ansible-lint" | ".ansible-lint.yml" | ".ansible-lint.yaml")
        || config && matches!(name, "ansible-lint.yml" | "ansible-lint.yaml");
    if !is_its {
        return;
    }
    for (key, _) in document.root().entries() {
        if let Some(name) = key.text().filter(|name| !KNOWN.contains(name) && !MORE.contains(name)) {
            let severity = if name == "playbooks_dir" { Severity::Error } else { Severity::Warning };
            report.at(key, format!("ansible-lint has no `{name}`, and refuses the file")).severity(severity);
        }
    }
}
