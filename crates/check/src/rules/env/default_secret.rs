use crate::compose::Variable;
use crate::rules::compose::env_inline_secret::is_of_hidden_database;
use crate::rules::prelude::*;

rule! {
    /// A secret has a default that everybody can read.
    ///
    /// `${PASSWORD:-changeme}` starts without a word when the variable is missing, and then the password is `changeme`.
    /// `${PASSWORD:?}` stops instead.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     environment: { POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:-changeme}" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     environment: { POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:?set it in .env}" }
    /// ```
    ///
    /// An information where all ports of the service are bound to the host itself, and for a database of
    /// the same stack that publishes no port. Fix: unsafe, since a stack without the variable stops then. Source: Compose
    /// specification, `12-interpolation.md` (`:-` takes the default where the variable is unset or empty, `:?` exits with
    /// an error); read 2026-11-27.
    RULE = "compose-default-secret", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if is_trial(service.document) {
        return;
    }
    // A variable that several services get is told where it is first.
    let before = project.services_of(service.document).iter().take_while(|other| other.name != service.name);
    let mut told: Vec<String> = before.flat_map(|other| other.variables.iter()).filter_map(defaulted).collect();
    for variable in service.variables.iter().filter(|variable| variable.inline) {
        let Some(own) = defaulted(variable).filter(|own| !told.contains(own)) else { continue };
        told.push(own);
        let Some(written) = variable.place.text() else { continue };
        let Some((name, default)) = written
            .split_once("${")
            .and_then(|(_, rest)| rest.split_once(":-"))
            .and_then(|(name, rest)| Some((name, rest.split_once('}')?.0)))
        else {
            continue;
        };
        let value_is_secret = crate::rules::compose::env_inline_secret::is_secret_name(variable.name);
        let worthless = default.contains('$')
            || !crate::rules::compose::env_inline_secret::is_secret_value(default) && !is_placeholder(default);
        if value_is_secret && !worthless && variable.name != "GF_SECURITY_ADMIN_PASSWORD" {
            let finding = report
                .at(variable.place, format!("where {name} is not set, the secret is one that everybody can read here"));
            if service.is_for_the_host() || is_of_hidden_database(project, service, variable.name) {
                finding.severity(Severity::Info);
            }
            let old = format!("{name}:-{default}");
            if variable.place.written().contains(&old) {
                finding.unsafe_fix(
                    "stop where it is not set",
                    vec![Edit::replace(
                        variable.place,
                        variable.place.written().replace(&old, &format!("{name}:?set {name}")),
                    )],
                );
            }
        }
    }
}

/// `${NAME:-default}` of a variable that is a secret, as written.
fn defaulted(variable: &Variable) -> Option<String> {
    let (_, rest) = variable.place.text()?.split_once("${")?;
    let (inside, _) = rest.split_once('}')?;
    let is_secret = crate::rules::compose::env_inline_secret::is_secret_name(variable.name);
    (is_secret && inside.contains(":-")).then(|| inside.to_owned())
}
