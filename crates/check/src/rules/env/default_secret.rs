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
    /// Fix: unsafe, since a stack without the variable stops then. Source: Compose's interpolation syntax.
    RULE = "compose-default-secret", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if crate::rules::compose::env_inline_secret::is_trial(service.document) {
        return;
    }
    for variable in service.variables.iter().filter(|variable| variable.inline) {
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
            let finding = report.at(variable.place, format!("where {name} is not set, the secret is `{default}`"));
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
