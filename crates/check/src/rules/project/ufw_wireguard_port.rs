use crate::rules::prelude::*;
use crate::rules::wireguard::interface;

rule! {
    /// The mesh's port is not let in.
    ///
    /// The tunnel never comes up: the other side knocks, and ufw drops it without a word.
    ///
    /// ```ini host/wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// ListenPort = 51820
    /// PrivateKey = {{ wg_private_key }}
    /// ```
    ///
    /// ```ufw host/ufw/user.rules bad
    /// *filter
    /// -A ufw-user-input -p tcp --dport 22 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// ```ini host/wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// ListenPort = 51820
    /// PrivateKey = {{ wg_private_key }}
    /// ```
    ///
    /// ```ufw host/ufw/user.rules good
    /// *filter
    /// -A ufw-user-input -p tcp --dport 22 -j ACCEPT
    /// -A ufw-user-input -p udp --dport 51820 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// Compared in one folder's tree. Source: wg(8), ListenPort; read 2026-11-27.
    RULE = "ufw-wireguard-port-missing", Error, Medium, Look::Project(check)
}

fn check(project: &Project, report: &mut Report) {
    for tunnel in project.of_kind(Kind::WireGuard) {
        let Some(port) = interface(tunnel).and_then(|section| section.get_in_any_case("ListenPort")) else { continue };
        let Some(number) = port.literal() else { continue };
        let top = tunnel.folder().trim_end_matches("/wireguard").trim_end_matches("/etc");
        if top.is_empty() || top == "wireguard" || top == "etc" {
            continue;
        }
        let rules: Vec<&Document> = project
            .of_kind(Kind::Ufw)
            .filter(|file| file.path.starts_with(&format!("{top}/")) && file.file_name() == "user.rules")
            .collect();
        let [rules] = rules.as_slice() else { continue };
        if rules.text.contains("ufw-user-input") && !rules.text.contains(number) && !rules.text.contains("multiport") {
            report
                .at(port, format!("ufw does not let {number}/udp in: the tunnel never comes up"))
                .related((*rules, 0..0), "these are its rules")
                .help(format!("ufw allow {number}/udp"));
        }
    }
}
