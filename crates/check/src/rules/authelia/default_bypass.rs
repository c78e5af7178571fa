use crate::rules::prelude::*;

rule! {
    /// What no rule of Authelia's names is open.
    ///
    /// `default_policy: bypass` lets everybody through to each domain that is not listed: the next service that is put behind
    /// the proxy is public until somebody remembers the list. Authelia's own default is `deny`.
    ///
    /// ```yaml configuration.yml bad
    /// authentication_backend: { file: { path: /config/users.yml } }
    /// access_control:
    ///   default_policy: bypass
    ///   rules: [{ domain: admin.example.org, policy: two_factor }]
    /// ```
    ///
    /// ```yaml configuration.yml good
    /// authentication_backend: { file: { path: /config/users.yml } }
    /// access_control:
    ///   default_policy: deny
    ///   rules: [{ domain: www.example.org, policy: bypass }]
    /// ```
    ///
    /// A reviewer of real files named it. Source: Authelia's documentation, "Access Control", `default_policy` ("recommended …
    /// deny"), and `validator/access_control.go`; read 2026-11-28. Without any rule `bypass` is refused at the start.
    RULE = "authelia-default-bypass", Warning, High, Look::File(&[Kind::Authelia], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let policy = find(document, "access_control.default_policy").filter(|value| value.text() == Some("bypass"));
    if let Some(policy) = policy {
        report
            .at(policy, "whatever no rule names is open to everybody")
            .help("deny, and a rule for what is meant to be open");
    }
}
