//! What the environment of a service says about the password that it asks for: none, one that everybody tries, one that
//! counts only where nobody sets another, or one of its own.
//!
//! How bad an open port is depends on it: an error is what is open to everybody.

use crate::compose::{Service, Variable};
use crate::rules::is_secret_name;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Password {
    /// Nothing says that it asks for one.
    None,
    /// A word that is tried first, or the user's name again.
    Known,
    /// Such a word, where nobody sets another.
    Fallback,
    /// One of its own, or one that comes from outside.
    Own,
}

/// Words that are tried first, in small letters.
const KNOWN: &str = "
    admin administrator admin123 adminadmin changeit changeme change-me change_me changethis default demo example
    guest letmein minio minioadmin mongo mysql n8n pass passw0rd password password1 password123 postgres postgresql qwerty redis root
    rootpassword rootroot secret secretpassword supersecret test test123 toor user welcome 1234 12345 123456 12345678 123456789";

/// Whether a password is one that everybody tries.
pub(crate) fn is_known(value: &str) -> bool {
    let lower = value.trim().trim_end_matches('!').to_ascii_lowercase();
    KNOWN.split_ascii_whitespace().any(|word| word == lower) || lower.starts_with("changeme")
}

/// The password that guards a database, a broker or a page: the best that is said of it, since one with an
/// administrator's own has other users' as well.
pub(crate) fn of(service: &Service) -> Password {
    let by_variables =
        service.variables.iter().filter(|variable| is_password(variable.name)).map(|one| said(service, one));
    let by_words = ["entrypoint", "command"].into_iter().flat_map(|key| service.words(key)).any(|(_, word)| {
        ["requirepass", "aclfile", "--auth", "keyFile", "web.config.file"].iter().any(|sign| word.contains(sign))
    });
    let best = by_variables.max().unwrap_or(Password::None);
    if by_words {
        return Password::Own;
    }
    // What is in an env file that is not here is not known: most likely that.
    let image = service.image.as_ref().map_or("", |image| image.repository.as_str());
    let may_ask = BY_ENVIRONMENT.split_ascii_whitespace().any(|word| image.contains(word));
    let is_elsewhere = best == Password::None && may_ask && service.has("env_file") && !is_open(service);
    // From 2 on InfluxDB asks everybody, for a token.
    let by_itself = image.ends_with("influxdb") && service.version().is_some_and(|version| version.at_least("2"));
    if is_elsewhere || by_itself { Password::Own } else { best }
}

/// Databases and brokers whose images take a password from the environment.
const BY_ENVIRONMENT: &str = "postgres postgis pgvector mysql mariadb mongo influxdb elasticsearch opensearch clickhouse minio rabbitmq neo4j qdrant mssql";

/// Whether a variable is the password that a program asks others for.
fn is_password(name: &str) -> bool {
    let name = name.strip_suffix("_FILE").or_else(|| name.strip_suffix("__FILE")).unwrap_or(name);
    is_secret_name(name) || name.ends_with("_PASS") || matches!(name, "NEO4J_AUTH" | "REDIS_ARGS")
}

/// Whether it lets in everybody by its settings.
fn is_open(service: &Service) -> bool {
    let value = |name: &str| service.variable(name).and_then(|variable| variable.value.as_deref());
    value("POSTGRES_HOST_AUTH_METHOD") == Some("trust") || value("NEO4J_AUTH") == Some("none")
}

fn said(service: &Service, variable: &Variable) -> Password {
    if is_open(service) {
        return Password::None;
    }
    let written = variable.place.text().unwrap_or_default();
    let Some(value) = variable.value.as_deref() else { return Password::Own };
    let is_user =
        || service.variables.iter().any(|other| other.name.ends_with("USER") && other.value.as_deref() == Some(value));
    match value {
        // The .env that is shared leaves it to whoever starts the stack.
        "" if written.contains("${") && !written.contains(":-") => Password::Own,
        "" => Password::None,
        _ if is_known(value) || is_user() => match written.contains("${") {
            true => Password::Fallback,
            false => Password::Known,
        },
        _ => Password::Own,
    }
}

/// The worst password that a page is given for its first login.
pub(crate) fn worst(service: &Service) -> Password {
    let passwords =
        service.variables.iter().filter(|variable| is_password(variable.name)).map(|one| said(service, one));
    passwords.filter(|one| *one != Password::None).min().unwrap_or(Password::Own)
}
