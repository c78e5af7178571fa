use crate::meant;
use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// A service runs privileged.
    ///
    /// It has every capability and every device: nothing parts it from the host. What needs one device or one
    /// capability can be given that one; cAdvisor, for which this is often written, needs `/dev/kmsg`.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   cadvisor: { image: "ghcr.io/google/cadvisor:0.56.2", privileged: true }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   cadvisor: { image: "ghcr.io/google/cadvisor:0.56.2", devices: ["/dev/kmsg"] }
    /// ```
    ///
    /// An information where the program's own documentation asks for it. Source: docker-bench-security
    /// `tests/5_container_runtime.sh` (CIS Docker Benchmark 1.6.0, 5.5); cAdvisor `docs/running.md` (`--device=/dev/kmsg`
    /// and no `--privileged`); read 2026-11-28.
    RULE = "compose-privileged", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(value) = service.get("privileged").filter(|value| value.is_true()) else { return };
    let image = service.image.as_ref();
    // A Docker inside of Docker does not start without it; Sysbox and rootless ones are other images.
    if image.is_some_and(|image| image.tag.as_deref().is_some_and(|tag| tag.contains("dind"))) {
        return;
    }
    let finding = report.at(value, format!("nothing parts `{}` from the host", service.name));
    finding.help("list the devices and capabilities that it needs");
    // Its own installation guide asks for it, its owner says why, or a test runs in it.
    let has_docker_inside = service.variable("DOCKER_IN_DOCKER").is_some();
    if has_docker_inside
        || purpose::needs_privileges(service)
        || meant::is_explained(value)
        || is_of_tests(service.document)
    {
        finding.severity(Severity::Info);
    }
}
