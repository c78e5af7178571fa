use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// A container may make every system call.
    ///
    /// Docker's seccomp profile keeps away some forty calls that containers have no use for and exploits do. `unconfined` takes
    /// it off; so does it with AppArmor.
    ///
    /// ```yaml compose.yaml bad
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", security_opt: ["seccomp:unconfined"] } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", security_opt: ["seccomp:./profile.json"] } }
    /// ```
    ///
    /// An information where the program's own documentation asks for it. The idea is KICS's "Security Opt Not Set" and Docker Bench 5.22. Source: Docker documentation,
    /// "Seccomp security profiles" ("not recommended to change the default"); read 2026-11-27.
    RULE = "compose-unconfined", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    for value in service.all("security_opt") {
        let off = ["seccomp:unconfined", "seccomp=unconfined", "apparmor:unconfined", "apparmor=unconfined"];
        if value.literal().is_some_and(|text| off.contains(&text)) {
            let finding = report.at(value, "the profile that keeps exploits away is off");
            finding.help("a profile with what is missed");
            if purpose::needs_capabilities(service) {
                finding.severity(Severity::Info);
            }
        }
    }
}
