use crate::rules::prelude::*;

rule! {
    /// A fact is used by a name that this project switches off.
    ///
    /// With `inject_facts_as_vars = False` facts are in `ansible_facts` alone: `ansible_date_time` is undefined, and the task
    /// fails.
    ///
    /// ```ini ansible.cfg bad
    /// [defaults]
    /// inject_facts_as_vars = False
    /// ```
    ///
    /// ```yaml roles/stamp/tasks/main.yml bad
    /// - name: Stamp
    ///   ansible.builtin.debug: { msg: "{{ ansible_date_time.iso8601 }}" }
    /// ```
    ///
    /// ```ini ansible.cfg good
    /// [defaults]
    /// inject_facts_as_vars = False
    /// ```
    ///
    /// ```yaml roles/stamp/tasks/main.yml good
    /// - name: Stamp
    ///   ansible.builtin.debug: { msg: "{{ ansible_facts['date_time']['iso8601'] }}" }
    /// ```
    ///
    /// Tried with ansible-core 2.19.14, 2026-11-27.
    RULE = "ansible-fact-injected-var", Error, High, Look::File(&[Kind::Tasks, Kind::Playbook, Kind::AnsibleVars], check)
}

/// Facts that playbooks ask for; what is set for a connection looks alike and is none.
const FACTS: [&str; 20] = [
    "ansible_date_time",
    "ansible_distribution",
    "ansible_distribution_release",
    "ansible_distribution_version",
    "ansible_distribution_major_version",
    "ansible_os_family",
    "ansible_architecture",
    "ansible_hostname",
    "ansible_fqdn",
    "ansible_default_ipv4",
    "ansible_all_ipv4_addresses",
    "ansible_memtotal_mb",
    "ansible_processor_vcpus",
    "ansible_processor_cores",
    "ansible_kernel",
    "ansible_interfaces",
    "ansible_service_mgr",
    "ansible_pkg_mgr",
    "ansible_lsb",
    "ansible_mounts",
];

fn check(project: &Project, document: &Document, report: &mut Report) {
    let switched =
        project.of_kind(Kind::AnsibleCfg).filter(|file| document.path.starts_with(file.folder())).find_map(|file| {
            file.root().path("defaults.inject_facts_as_vars").filter(|value| value.truth() == Some(false))
        });
    let Some(switched) = switched else { return };
    for value in document.texts() {
        let Some(text) = value.text().filter(|text| text.contains("ansible_")) else { continue };
        let Some(fact) = used(text) else { continue };
        let short = fact.trim_start_matches("ansible_");
        report
            .at(value, format!("`{fact}` is undefined here"))
            .related(switched, "facts are not made variables")
            .help(format!("ansible_facts['{short}']"));
    }
}

/// The first fact that an expression uses by its old name.
fn used(text: &str) -> Option<&'static str> {
    FACTS.iter().copied().find(|fact| {
        text.match_indices(fact).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + fact.len()..].chars().next();
            let word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
            let quoted = matches!(before, Some('\'' | '"' | '.' | '/' | '-'));
            // In an expression: between braces, or in a condition.
            let expression = text[..at].rfind("{{").is_some_and(|open| !text[open..at].contains("}}"))
                || text.trim_start().starts_with(fact) && after.is_some_and(|letter| matches!(letter, ' ' | '.' | '['));
            !word(before) && !word(after) && !quoted && expression
        })
    })
}
