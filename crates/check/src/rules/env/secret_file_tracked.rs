use crate::rules::prelude::*;

rule! {
    /// A file of keys lies in the repository.
    ///
    /// Private keys, tunnel credentials and Vault's unseal keys are read by everybody who can read the repository, and by
    /// whoever ever could. Replace them; taking the file out does not take it out of the history.
    ///
    /// ```text certs/server.key bad
    /// -----BEGIN PRIVATE KEY-----
    /// MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    /// -----END PRIVATE KEY-----
    /// ```
    ///
    /// ```text certs/server.crt good
    /// -----BEGIN CERTIFICATE-----
    /// MIIB
    /// -----END CERTIFICATE-----
    /// ```
    ///
    /// What git ignores is not looked at. Keys in folders called test or fixtures are not told.
    /// Evidence: the file itself.
    RULE = "repo-secret-file-tracked", Error, High, Look::File(&[Kind::Other, Kind::Json, Kind::Yaml], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let trial = document
        .path
        .to_ascii_lowercase()
        .split('/')
        .any(|part| part.contains("test") || part.contains("fixture") || part.contains("example"));
    let Some(at) = document.text.find("PRIVATE KEY-----").filter(|_| !trial) else { return };
    let start = document.text[..at].rfind("-----BEGIN ");
    if let Some(start) = start.filter(|start| at - start < 40 && document.text.contains("-----END ")) {
        // The range is the first line alone: a key must not be printed a second time.
        report.at((document, start..at), "a private key that everybody can read who can read this");
    }
}
