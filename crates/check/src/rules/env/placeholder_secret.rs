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
    /// Files that are examples are not meant.
    RULE = "env-placeholder-secret", Warning, High, Look::File(&[Kind::Env], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if is_sample(document)
        || ["example", "sample", "template"].iter().any(|word| document.path.to_ascii_lowercase().contains(word))
    {
        return;
    }
    for (name, value) in document.root().entries() {
        let (Some(key), Some(text)) = (name.text(), value.literal()) else { continue };
        if is_secret_name(key) && is_placeholder(text) {
            report.at(value, format!("{key} is a placeholder"));
        }
    }
}
