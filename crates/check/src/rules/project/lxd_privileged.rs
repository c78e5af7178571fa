use crate::rules::prelude::*;

rule! {
    /// A container of LXD is privileged.
    ///
    /// Its root is the host's root: what gets out of it is on the host.
    ///
    /// ```yaml profile.yaml bad
    /// config: { security.privileged: "true" }
    /// devices: { root: { path: /, pool: default, type: disk } }
    /// ```
    ///
    /// ```yaml profile.yaml good
    /// config: { security.nesting: "true" }
    /// devices: { root: { path: /, pool: default, type: disk } }
    /// ```
    ///
    /// Source: LXD `doc/explanation/security.md` ("the container UID 0 is mapped to the host's UID 0 … not root-safe");
    /// read 2026-11-28.
    RULE = "lxd-privileged", Warning, High, Look::File(&[Kind::LxdProfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) = document
        .root()
        .get("config")
        .and_then(|config| config.get("security.privileged"))
        .filter(|value| value.is_true() || value.text() == Some("1"))
    {
        report.at(value, "the root of this container is the root of the host");
    }
}
