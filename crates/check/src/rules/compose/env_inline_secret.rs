use crate::compose::Port;
use crate::password;
use crate::rules::prelude::*;

rule! {
    /// A secret stands in the Compose file.
    ///
    /// The file is in git, in backups and in every screenshot of it. Taking it out later does not take it out of the
    /// history: it has to be replaced.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { DB_PASSWORD: "kV83nfQ02mZx" }
    /// ```
    ///
    /// ```yaml compose.yaml bad 2
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     environment: { POSTGRES_PASSWORD: changeme }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { DB_PASSWORD: "${DB_PASSWORD}", DB_PASSWORD_FILE: /run/secrets/db }
    /// ```
    ///
    /// An information where it is the password of a database in the same stack that publishes no port. Source: <https://docs.docker.com/compose/how-tos/use-secrets/>, read 2026-11-27; CIS Docker benchmark 4.10 in spirit.
    RULE = "compose-env-inline-secret", Warning, Medium, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if is_trial(service.document) {
        return;
    }
    for variable in service.variables.iter().filter(|variable| variable.inline) {
        // `PASSWORD=PASSWORD` waits for somebody to write another one.
        let Some(value) = variable.value.as_deref().filter(|value| *value != variable.name) else { continue };
        let written = variable.place.text().unwrap_or_default();
        if written.contains("${")
            || written.contains("{{")
            || variable.place.document().is_templated(&variable.place.range())
        {
            continue;
        }
        let in_address = password_of(value).is_some_and(|password| password.len() >= 8 && is_secret_value(password));
        if is_secret_name(variable.name)
            && is_known_password(variable.name, value)
            && variable.name != "GF_SECURITY_ADMIN_PASSWORD"
        {
            let finding = report.at(variable.place, format!("{} is a word that everybody tries first", variable.name));
            finding.help(format!("put a password of its own into .env and write ${{{}:?}}", variable.name));
            if is_of_hidden_database(project, service, variable.name) {
                finding.severity(Severity::Info);
            }
            continue;
        }
        if in_address || is_secret_name(variable.name) && is_secret_value(value) {
            let finding = report
                .at(variable.place, format!("the value of {} is a secret in a file that is shared", variable.name));
            finding.help(format!("put it into .env and write ${{{}}}", variable.name));
            if is_of_hidden_database(project, service, variable.name) {
                finding.severity(Severity::Info);
            }
        }
    }
}

/// Whether a placeholder is left that works as a password: the weakest there is.
fn is_known_password(name: &str, value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let words = ["changeme", "change-me", "change_me", "changethis", "change-this", "change_this"];
    (words.iter().any(|word| lower.starts_with(word)) || !name.ends_with("KEY") && password::is_known(&lower))
        && !is_mark(&lower)
}

/// Whether a variable is the password of a database that runs in the same stack, and that nobody else reaches.
pub(crate) fn is_of_hidden_database(project: &Project, service: &Service, name: &str) -> bool {
    const DATABASES: [&str; 9] =
        ["postgres", "mysql", "mariadb", "mongo", "redis", "valkey", "pgvector", "postgis", "timescale"];
    let is_database = |one: &Service| {
        let image = one.image.as_ref().map_or("", |image| image.repository.as_str());
        DATABASES.iter().any(|word| image.contains(word))
    };
    let words = ["DB_", "DATABASE", "POSTGRES", "MYSQL", "MARIADB", "MONGO", "REDIS", "VALKEY", "PGPASS"];
    let is_named = is_database(service) || words.iter().any(|word| name.contains(word));
    let mut databases = project.together(service.document).filter(|one| is_database(one)).peekable();
    is_named
        && databases.peek().is_some()
        && databases.all(|one| !one.ports.iter().any(Port::is_public) && !one.uses_host_network())
}

/// The password in `postgres://user:password@host`, where it is not the user's name again.
fn password_of(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', ' ']).next()?;
    let (user, password) = authority.rsplit_once('@')?.0.split_once(':')?;
    let is_scheme =
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (is_scheme && password != user).then_some(password)
}

pub(crate) fn is_secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let ends = [
        "PASSWORD",
        "PASSWD",
        "_PASS",
        "_TOKEN",
        "SECRET",
        "SECRET_KEY",
        "SECRET_KEY_BASE",
        "SECRETKEY",
        "API_KEY",
        "APIKEY",
        "MASTER_KEY",
        "ENCRYPTION_KEY",
        "PRIVATE_KEY",
        "ACCESS_KEY",
    ];
    // What goes on behind such a word is about the secret: `…_TOKEN_SCOPES`, `…_PASSWORD_FILE`. A number is not.
    let bare = upper.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
    ends.iter().any(|end| bare.ends_with(end)) && !upper.contains("ALLOW_EMPTY") && !upper.contains("PUBLIC")
}

/// Whether a value is words that say something of it: `DISABLED_USE_PER_EXT`, `SET_ME_IN_PORTAINER`.
fn is_sentence(value: &str) -> bool {
    let words = || value.split(['_', '-']);
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase());
    words().count() >= 2 && words().all(is_word)
}

/// How values begin that only say where a secret is kept.
const REFERENCES: [&str; 9] =
    ["op://", "vault:", "ref+", "bws://", "infisical://", "doppler://", "akv://", "awssm://", "gcpsm://"];

pub(crate) fn is_secret_value(value: &str) -> bool {
    let bare = value.trim().trim_matches(['"', '\'']);
    let harmless = ["true", "false", "yes", "no", "none", "null", "disabled", "test", "off", "on", "local"];
    let parts = [
        "dummy",
        "mock",
        "fake",
        "unused",
        "not-needed",
        "no-key",
        "no-auth",
        "not_needed",
        "example",
        "local-",
        "-local",
        "sqlite",
    ];
    let lower = bare.to_ascii_lowercase();
    !(bare.is_empty()
        || bare.starts_with(['/', '$', '.', '~', '%'])
        || bare.ends_with(".pem")
        || bare.starts_with("os.environ")
        || REFERENCES.iter().any(|start| bare.starts_with(start))
        || is_dummy_key(bare)
        || harmless.contains(&lower.as_str())
        || is_sentence(bare)
        || parts.iter().any(|part| lower.contains(part))
        || bare.parse::<f64>().is_ok_and(|_| bare.len() < 6)
        || is_placeholder(bare)
        || bare.contains("${")
        || is_redacted(bare))
}
