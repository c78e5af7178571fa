use crate::rules::prelude::*;

rule! {
    /// ansible-lint wants octal numbers forbidden in yamllint's file.
    ///
    /// Beside a .yamllint that lacks one of five settings it warns of an "incompatible custom yamllint configuration", and its `--fix`
    /// does nothing. Modes are written as text: `'0644'`.
    ///
    /// ```yaml .yamllint bad
    /// extends: default
    /// rules: { line-length: disable }
    /// ```
    ///
    /// ```yaml .ansible-lint bad
    /// offline: true
    /// ```
    ///
    /// ```yaml .yamllint good
    /// extends: default
    /// rules:
    ///   line-length: disable
    ///   octal-values: { forbid-implicit-octal: true, forbid-explicit-octal: true }
    /// ```
    ///
    /// ```yaml .ansible-lint good
    /// offline: true
    /// ```
    ///
    /// Told beside an .ansible-lint, of these two settings only. Source: ansible-lint `yaml_utils.py`, load_yamllint_config; read
    /// 2026-11-27.
    RULE = "yamllint-octal-values", Info, High, Look::File(&[Kind::Yamllint], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    // It looks for yamllint's file at the top only.
    if document.folder().rsplit('/').next() == Some(".config") {
        return;
    }
    if !project.of_kind(Kind::AnsibleLint).any(|file| file.folder() == document.folder()) {
        return;
    }
    let octal = find(document, "rules.octal-values");
    let both = ["forbid-implicit-octal", "forbid-explicit-octal"]
        .iter()
        .all(|key| octal.and_then(|octal| octal.get(key)).is_some_and(Value::is_true));
    if !both {
        let place = octal
            .or_else(|| document.root().entry("rules").map(|(key, _)| key))
            .map_or((document, 0..0), |value| (document, value.range()));
        report
            .at(place, "ansible-lint warns of this file, and its --fix does nothing while octal numbers are allowed")
            .help("octal-values: { forbid-implicit-octal: true, forbid-explicit-octal: true }");
    }
}
