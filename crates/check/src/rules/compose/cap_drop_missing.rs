use crate::rules::prelude::*;

rule! {
    /// A service keeps all the capabilities that Docker gives.
    ///
    /// Fourteen of root's powers, of which most services need none. Drop them all and add back what is missed.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   web: { image: "ghcr.io/acme/web:1.4.2" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   web: { image: "ghcr.io/acme/web:1.4.2", cap_drop: [ALL] }
    /// ```
    ///
    /// Source: CIS Docker benchmark 5.3; OWASP Docker cheat sheet, rule 3.
    RULE = "compose-cap-drop-missing", Info, High, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if !service.drops_all_capabilities() && !service.get("privileged").is_some_and(Value::is_true) {
        report
            .at(service.key, format!("`{}` does not drop the capabilities it has no use for", service.name))
            .help("cap_drop: [ALL]");
    }
}
