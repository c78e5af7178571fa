use crate::rules::prelude::*;

rule! {
    /// A shell task speaks bash to dash.
    ///
    /// `ansible.builtin.shell` uses /bin/sh, which is dash on Debian and Ubuntu: `set -o pipefail` is an "Illegal option" in
    /// Debian 12 (Debian 13's dash takes it), and `[[` and `shopt` are not found in either.
    ///
    /// ```yaml roles/app/tasks/main.yml bad
    /// - name: Install
    ///   ansible.builtin.apt: { name: jq }
    /// - name: Count
    ///   ansible.builtin.shell: |
    ///     set -o pipefail
    ///     ls /srv | wc -l
    /// ```
    ///
    /// ```yaml roles/app/tasks/main.yml good
    /// - name: Install
    ///   ansible.builtin.apt: { name: jq }
    /// - name: Count
    ///   ansible.builtin.shell: |
    ///     set -o pipefail
    ///     ls /srv | wc -l
    ///   args: { executable: /bin/bash }
    /// ```
    ///
    /// Told in projects that use apt and nowhere set `ansible_shell_executable`. Fix: `executable: /bin/bash`. Tried with
    /// dash 0.5.12-2 and 0.5.12-12, 2026-11-28. The idea is ansible-lint's `risky-shell-pipe`.
    RULE = "ansible-shell-no-bash-executable", Warning, High, Look::File(&[Kind::Tasks, Kind::Playbook], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("shell") || !speaks_bash(&document.text) || is_for_others(document) {
        return;
    }
    let set = |word: &str| project.documents.iter().any(|file| file.text.contains(word));
    if set("ansible_shell_executable") || !set("apt") || set("module_defaults") {
        return;
    }
    for task in document.maps() {
        let module = ["shell", "ansible.builtin.shell"].iter().find_map(|name| task.get(name));
        let Some(module) = module else { continue };
        let script = module.get("cmd").unwrap_or(module);
        let chosen = task.path("args.executable").is_some() || module.get("executable").is_some();
        let inline = script.text().is_some_and(|text| text.contains("executable="));
        if !chosen && !inline && script.text().is_some_and(speaks_bash) {
            report
                .at(script, "/bin/sh is dash on Debian, and does not understand this")
                .help("args: { executable: /bin/bash }");
        }
    }
}

/// Whether the file's name says that it is for systems where /bin/sh is bash.
fn is_for_others(document: &Document) -> bool {
    let name = document.file_name().to_ascii_lowercase();
    let families = ["alma", "archlinux", "centos", "fedora", "oraclelinux", "redhat", "rhel", "rocky", "suse"];
    families.iter().any(|family| name.contains(family))
}

/// A script without what it hands to a bash: `bash -c '…'`, on whatever host or in whatever container that runs.
fn without_bash(script: &str) -> String {
    let mut out = String::new();
    let mut rest = script;
    while let Some(at) = rest.find("bash ") {
        let (before, after) = rest.split_at(at + "bash ".len());
        out.push_str(before);
        rest = after;
        let flags = after.split_whitespace().take_while(|word| word.starts_with('-')).last().unwrap_or_default();
        let opened = after.find(['\'', '"']).filter(|_| flags.ends_with('c'));
        let Some(opened) = opened.filter(|opened| after[..*opened].trim().starts_with('-')) else { continue };
        let quote = &after[opened..=opened];
        let Some(length) = after[opened + 1..].find(quote) else { continue };
        rest = &after[opened + 1 + length..];
    }
    out.push_str(rest);
    out
}

/// Whether a line begins with what only bash takes.
fn speaks_bash(script: &str) -> bool {
    let script = without_bash(script);
    script.lines().map(str::trim_start).any(|line| {
        let bare = line.trim_start_matches("if ").trim_start_matches("while ");
        bare.starts_with("[[ ")
            || ["&& [[ ", "|| [[ ", "; [[ ", " <("].iter().any(|sign| line.contains(sign))
            || line.starts_with("set -") && line.contains("pipefail")
            || line.starts_with("shopt ")
            || line.starts_with("declare -A ")
    })
}
