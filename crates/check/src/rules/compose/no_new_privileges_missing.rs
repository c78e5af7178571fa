use crate::rules::prelude::*;

rule! {
    /// A service may gain privileges by set-uid programs.
    ///
    /// `no-new-privileges` takes sudo, su and every other set-uid binary in the image out of the game.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   web: { image: "ghcr.io/acme/web:1.4.2" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   web: { image: "ghcr.io/acme/web:1.4.2", security_opt: ["no-new-privileges:true"] }
    /// ```
    ///
    /// `"no-new-privileges": true` in daemon.json does it for all. Source: docker-bench-security
    /// `tests/5_container_runtime.sh` (CIS Docker Benchmark 1.6.0, 5.26); OWASP Docker cheat sheet, rule 4; read
    /// 2026-11-28.
    RULE = "compose-no-new-privileges-missing", Info, High, Look::Service(check), strict
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let here = service
        .all("security_opt")
        .into_iter()
        .filter_map(Value::text)
        .any(|option| option.starts_with("no-new-privileges") && !option.ends_with("false"));
    let everywhere =
        project.of_kind(Kind::DaemonJson).any(|file| find(file, "no-new-privileges").is_some_and(Value::is_true));
    if !here && !everywhere {
        report
            .at(service.key, format!("`{}` may gain privileges by set-uid programs", service.name))
            .help("security_opt: [\"no-new-privileges:true\"]");
    }
}
