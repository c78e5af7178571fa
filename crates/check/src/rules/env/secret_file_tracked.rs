use crate::rules::prelude::*;

rule! {
    /// A file of keys lies in the repository.
    ///
    /// A private key is read by everybody who can read the repository, and by whoever ever could. Replace them; taking the
    /// file out does not take it out of the history.
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
    /// What git ignores is not looked at. Keys below folders for tests, fixtures and examples are not told. Evidence: the
    /// file itself; looked for are the first lines that openssl 3.0 and ssh-keygen 9.2 write, tried 2026-11-28.
    RULE = "repo-secret-file-tracked", Error, High, Look::File(&[Kind::Other, Kind::Json, Kind::Yaml], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let trial = is_of_tests(document) || is_sample(document);
    let Some(at) = document.text.find("PRIVATE KEY-----").filter(|_| !trial) else { return };
    let start = document.text[..at].rfind("-----BEGIN ");
    let Some(start) = start.filter(|start| at - start < 40) else { return };
    if is_key(&document.text[at + "PRIVATE KEY-----".len()..]) {
        // The range is the first line alone: a key must not be printed a second time.
        let finding = report.at((document, start..at), "a private key that everybody can read who can read this");
        if is_for_play(document) {
            finding.severity(Severity::Warning);
        }
    }
}

/// Whether the name says that nobody but its own machine trusts the key: `fake-certs/`, and how mkcert calls what it writes.
fn is_for_play(document: &Document) -> bool {
    let mut parts = document.path.split('/').map(str::to_ascii_lowercase);
    let of_mkcert = |name: &str| {
        let number = name.strip_suffix("-key.pem").and_then(|stem| stem.rsplit_once('+')).map(|(_, number)| number);
        name == "localhost-key.pem" || number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    of_mkcert(&document.file_name().to_ascii_lowercase())
        || parts.any(|part| {
            part.split(|letter: char| !letter.is_ascii_alphanumeric())
                .any(|word| matches!(word, "fake" | "dummy" | "selfsigned"))
        })
}

/// Whether a key stands there, and not three dots or the name of a variable.
fn is_key(text: &str) -> bool {
    let Some((body, _)) = text.split_once("-----END ") else { return false };
    let body = body.replace("\\n", "");
    let letters =
        body.bytes().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')).count();
    let others = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).count() - letters;
    let kinds = body.bytes().collect::<std::collections::BTreeSet<u8>>().len();
    letters >= 48 && others * 20 < letters && kinds > 10
}
