use crate::rules::prelude::*;

rule! {
    /// A file of secrets is not encrypted.
    ///
    /// `vault.yml` by name and plain by content: whoever reads the repository reads the passwords.
    ///
    /// ```yaml group_vars/all/vault.yml bad
    /// vault_db_password: kV83nfQ02mZx
    /// ```
    ///
    /// ```yaml group_vars/all/vault.yml good
    /// $ANSIBLE_VAULT;1.1;AES256
    /// 3364386436353263
    /// ```
    ///
    /// Tried with ansible-core 2.19.14, 2026-11-28: `ansible-vault view` says "Input is not vault encrypted data", and a play
    /// reads the file all the same. Evidence: the file itself.
    RULE = "ansible-secret-plaintext", Error, High, Look::File(&[Kind::AnsibleVars], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if document.text.trim_start().starts_with("$ANSIBLE_VAULT") || is_sample(document) {
        return;
    }
    for (key, value) in document.root().entries() {
        let named = key.text().is_some_and(|name| name.starts_with("vault_"));
        if let Some(text) = value.literal().filter(|_| named)
            && text.len() >= 6
            && crate::rules::compose::env_inline_secret::is_secret_value(text)
            && crate::rules::compose::env_inline_secret::is_secret_name(key.text().unwrap_or_default())
        {
            report
                .at(value, format!("{} is there for everybody to read", key.text().unwrap_or_default()))
                .help("ansible-vault encrypt_string");
            return;
        }
    }
}
