use crate::rules::prelude::*;

rule! {
    /// Ufw drops what is forwarded, on a host that forwards for containers or a mesh.
    ///
    /// LXD, Incus and WireGuard route through the host; with `DEFAULT_FORWARD_POLICY="DROP"` and no route rules their
    /// containers and peers have no way out.
    ///
    /// ```sh etc/default/ufw bad
    /// IPV6=yes
    /// DEFAULT_FORWARD_POLICY="DROP"
    /// ```
    ///
    /// ```ini wireguard/wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// PrivateKey = {{ key }}
    /// PostUp = sysctl -w net.ipv4.ip_forward=1
    /// ```
    ///
    /// ```sh etc/default/ufw good
    /// IPV6=yes
    /// DEFAULT_FORWARD_POLICY="DROP"
    /// ```
    ///
    /// Told only where another file of the project shows that the host forwards. Tried with ufw 0.36.2, 2026-11-28: `-P FORWARD
    /// DROP`, which is its default.
    RULE = "ufw-forward-policy", Warning, Medium, Look::File(&[Kind::UfwDefaults], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(value) = document.root().get("DEFAULT_FORWARD_POLICY").filter(|value| value.text() == Some("DROP")) else {
        return;
    };
    let forwards = project
        .of_kind(Kind::WireGuard)
        .filter(|file| Project::are_related(file, document))
        .any(|file| file.text.contains("ip_forward=1") || file.text.contains("FORWARD"))
        || project.of_kind(Kind::LxdProfile).any(|file| Project::are_related(file, document));
    let routed = project
        .of_kind(Kind::Ufw)
        .any(|file| file.text.contains("ufw-user-forward -j ACCEPT") || file.text.contains("route:allow"));
    if forwards && !routed {
        report
            .at(value, "containers and peers that go through this host have no way out")
            .help("ACCEPT, or `ufw route allow` for what is meant");
    }
}
