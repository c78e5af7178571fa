use crate::rules::prelude::*;

rule! {
    /// Vault's unseal keys lie in the repository.
    ///
    /// `vault operator init` prints them once. A file with them and the root token opens everything that Vault keeps.
    ///
    /// ```json vault/init.json bad
    /// { "unseal_keys_b64": ["a", "b", "c"], "root_token": "hvs.x" }
    /// ```
    ///
    /// ```json vault/config.json good
    /// { "storage": { "file": { "path": "/vault/data" } } }
    /// ```
    ///
    /// Rotate them: `vault operator rekey`. Source: hashicorp/vault `command/operator_init.go`, machineInit (the names of
    /// the keys); read 2026-11-28.
    RULE = "repo-vault-init-tracked", Error, High, Look::File(&[Kind::Json], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    let keys = ["unseal_keys_b64", "unseal_keys_hex", "keys_base64"].iter().find_map(|key| root.entry(key));
    if let Some((key, _)) = keys.filter(|_| root.get("root_token").is_some()) {
        report.at(key, "these open everything that Vault keeps");
    }
}
