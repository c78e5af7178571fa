use crate::rules::prelude::*;

use crate::rules::compose::env_inline_secret::is_secret_name;

rule! {
    /// A placeholder stands where a secret belongs.
    ///
    /// The stack starts, and its password is a word that everybody knows who has seen the example.
    ///
    /// ```env .env bad
    /// POSTGRES_PASSWORD=changeme
    /// ```
    ///
    /// ```env .env good
    /// POSTGRES_PASSWORD=uT7k0wqZ4Yh2mN8e
    /// ```
    ///
    /// An information where the value is an instruction (`your_password`, `<password>`), where others give the key so that
    /// a placeholder opens nothing, and in files that something else fills in (`default.env`). Files that are examples are
    /// not meant. Evidence: the file itself. Source: docker-library/postgres `docker-entrypoint.sh`,
    /// docker_verify_minimum_env (an empty password is refused, any other is taken); read 2026-11-28.
    RULE = "env-placeholder-secret", Warning, High, Look::File(&[Kind::Env], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if is_sample(document)
        || ["example", "sample", "template"].iter().any(|word| document.path.to_ascii_lowercase().contains(word))
    {
        return;
    }
    // A base of Kustomize is laid under what replaces it.
    let is_to_be_filled =
        document.file_name().contains("default") || document.folder().split('/').any(|part| part == "base");
    for (name, value) in document.root().entries() {
        let (Some(key), Some(text)) = (name.text(), value.literal()) else { continue };
        if is_secret_name(key) && is_placeholder(text) {
            let finding = report.at(value, format!("{key} is a placeholder"));
            if is_to_be_filled || is_instruction(text) || is_given_by_others(key) {
                finding.severity(Severity::Info);
            }
        }
    }
}

/// Whether a value says what to write there, rather than being a password that works.
fn is_instruction(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    is_mark(text)
        || ["your", "replace", "insert", "here", "xxx", "placeholder", "todo", "fill"]
            .iter()
            .any(|word| lower.contains(word))
}

/// Whether somebody else's service gives the key: what is wrong there lets nobody in.
fn is_given_by_others(name: &str) -> bool {
    ["API_TOKEN", "API_KEY", "APIKEY", "ACCESS_KEY", "BOT_TOKEN", "AUTHKEY"].iter().any(|end| name.ends_with(end))
}
