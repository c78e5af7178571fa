use crate::rules::prelude::*;

rule! {
    /// A role's name that Galaxy does not take.
    ///
    /// Lower-case letters, digits and underscores: `schema[meta]` fails on anything else, dashes above all.
    ///
    /// ```yaml roles/web/meta/main.yml bad
    /// galaxy_info: { role_name: my-web, author: me, description: web, license: MIT, min_ansible_version: "2.16" }
    /// ```
    ///
    /// ```yaml roles/web/meta/main.yml good
    /// galaxy_info: { role_name: my_web, author: me, description: web, license: MIT, min_ansible_version: "2.16" }
    /// ```
    ///
    /// Source: ansible-lint 26.10.1, `schemas/meta.json` (`^[a-z][a-z0-9_]+$`); read 2026-11-27.
    RULE = "ansible-role-name-invalid", Error, High, Look::File(&[Kind::Yaml], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.folder().ends_with("meta") {
        return;
    }
    let Some(name) = find(document, "galaxy_info.role_name") else { return };
    let valid = |text: &str| {
        text.starts_with(|letter: char| letter.is_ascii_lowercase())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && text.len() > 1
    };
    if name.literal().is_some_and(|text| !valid(text)) {
        report.at(name, "a role's name has lower-case letters, digits and underscores");
    }
}
