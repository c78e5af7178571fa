use crate::password;
use crate::rules::prelude::*;

rule! {
    /// A secret of Authelia's is a text that everybody can read.
    ///
    /// Authelia takes the value of `secret` as it stands. A path is not opened and `${NAME}` is not expanded, so what signs
    /// sessions and links for new passwords is that very text, which the repository shows. Secrets come from
    /// `AUTHELIA_SESSION_SECRET_FILE` and its like, or from `{{ secret "/run/secrets/session" }}` with the template filter on.
    ///
    /// ```yaml configuration.yml bad
    /// authentication_backend: { file: { path: /config/users.yml } }
    /// access_control: { default_policy: deny }
    /// session: { secret: "${SESSION_SECRET}" }
    /// storage: { encryption_key: /run/secrets/storage }
    /// ```
    ///
    /// ```yaml configuration.yml good
    /// authentication_backend: { file: { path: /config/users.yml } }
    /// access_control: { default_policy: deny }
    /// session: { secret: '{{ secret "/run/secrets/session" }}' }
    /// ```
    ///
    /// A warning where it is a word that everybody tries, a placeholder, or a secret in clear. Silent where a filter is on or a variable says otherwise.
    /// Source: <https://www.authelia.com/configuration/methods/secrets/> and `/methods/files/`, "File Filters" (none by default);
    /// read 2026-11-28.
    RULE = "authelia-secret-is-text", Error, High, Look::File(&[Kind::Authelia], check)
}

/// Where secrets stand, and what the variable for each begins with.
const SECRETS: [(&str, &str); 6] = [
    ("jwt_secret", "AUTHELIA_JWT_SECRET"),
    ("identity_validation.reset_password.jwt_secret", "AUTHELIA_IDENTITY_VALIDATION_RESET_PASSWORD_JWT_SECRET"),
    ("session.secret", "AUTHELIA_SESSION_SECRET"),
    ("storage.encryption_key", "AUTHELIA_STORAGE_ENCRYPTION_KEY"),
    ("identity_providers.oidc.hmac_secret", "AUTHELIA_IDENTITY_PROVIDERS_OIDC_HMAC_SECRET"),
    ("duo_api.secret_key", "AUTHELIA_DUO_API_SECRET_KEY"),
];

fn check(project: &Project, document: &Document, report: &mut Report) {
    if is_sample(document)
        || document.text.contains("{{")
        || !document.templated.is_empty()
        || is_filtered(project, document)
    {
        return;
    }
    for (path, variable) in SECRETS {
        let Some(value) = find(document, path) else { continue };
        let Some(text) = value.text().map(str::trim).filter(|text| !text.is_empty()) else { continue };
        // The secret was taken out before the file was shared.
        if is_redacted(text) || is_overridden(project, document, variable) {
            continue;
        }
        let (message, severity) = match text {
            _ if text.starts_with('/') => {
                ("is a path, and Authelia does not open it: the path itself is the secret", Severity::Error)
            }
            _ if text.starts_with('$') && !text.contains(char::is_whitespace) => {
                ("is not expanded by Authelia: the text itself is the secret", Severity::Error)
            }
            _ if password::is_known(text) || is_to_be_replaced(text) || text.len() < 8 => {
                ("is one that everybody tries first", Severity::Warning)
            }
            _ if text.len() >= 16 && !text.contains(char::is_whitespace) => {
                ("is a secret in a file that is shared", Severity::Warning)
            }
            _ => continue,
        };
        // What a test starts with guards nothing.
        if severity < Severity::Error && is_of_tests(document) {
            continue;
        }
        report
            .at(value, format!("`{path}` {message}"))
            .severity(severity)
            .help(format!("{variable}_FILE, and nothing here"));
    }
}

/// Whether a service of the project with Authelia in it has a filter on, or something else fills the file in.
fn is_filtered(project: &Project, document: &Document) -> bool {
    let has_filter = |service: &Service| {
        service.variable("X_AUTHELIA_CONFIG_FILTERS").is_some()
            || ["command", "entrypoint"]
                .iter()
                .any(|key| service.words(key).iter().any(|(_, word)| word.contains("filters")))
    };
    project.services().any(has_filter) || is_substituted(project, document)
}

/// Whether a variable sets the secret, or one may: its service reads a file that is not here.
fn is_overridden(project: &Project, document: &Document, name: &str) -> bool {
    let runs = |service: &&Service| {
        service.image.as_ref().is_some_and(|image| image.repository.contains("authelia"))
            && Project::are_related(service.document, document)
    };
    project.services().filter(runs).any(|service| {
        let sets = service.variables.iter().any(|variable| variable.name.starts_with(name));
        let reads_others = service.all("env_file").iter().any(|file| {
            let name = file.text().or_else(|| file.get("path").and_then(Value::text)).unwrap_or_default();
            project.beside(file.document(), name).is_none()
        });
        sets || reads_others
    })
}

/// Whether a text says that another is to be put in its place.
fn is_to_be_replaced(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    is_placeholder(text)
        || ["_here", "create_", "insecure", "replace", "secret_"].iter().any(|word| lower.contains(word))
}
