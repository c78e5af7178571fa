use crate::rules::prelude::*;

rule! {
    /// A file of secrets is written for everybody to read.
    ///
    /// WireGuard's configuration, tunnel credentials and env files hold keys. Without a mode they get what the umask leaves:
    /// 0644 most of the time.
    ///
    /// ```yaml roles/mesh/tasks/main.yml bad
    /// - name: Tunnel
    ///   ansible.builtin.template: { src: wg0.conf.j2, dest: /etc/wireguard/wg0.conf, mode: "0644" }
    /// ```
    ///
    /// ```yaml roles/mesh/tasks/main.yml good
    /// - name: Tunnel
    ///   ansible.builtin.template: { src: wg0.conf.j2, dest: /etc/wireguard/wg0.conf, mode: "0600" }
    /// ```
    ///
    /// A mode that gives the group read (0640) is not told. Fix: safe. Source: wg-quick,
    /// which says "is world accessible" at each start; read 2026-11-27.
    RULE = "ansible-secret-file-mode", Error, High, Look::File(&[Kind::Tasks, Kind::Playbook], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (key, module) in document.maps().flat_map(Value::entries) {
        let writes =
            key.text().is_some_and(|name| matches!(name.trim_start_matches("ansible.builtin."), "template" | "copy"));
        let Some(target) = module.get("dest").filter(|_| writes).and_then(Value::text) else { continue };
        let name = target.rsplit('/').next().unwrap_or_default();
        let secret = (target.contains("/wireguard/") && name.ends_with(".conf"))
            || matches!(name, "openclaw.json" | "credentials.json" | ".env" | "private.key");
        let Some(mode) = module.get("mode").filter(|_| secret) else { continue };
        let others_read = mode
            .literal()
            .and_then(|text| text.trim_start_matches('0').chars().last())
            .is_some_and(|digit| matches!(digit, '4'..='7'));
        let numeric = mode.literal().is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        if others_read && numeric {
            report
                .at(mode, format!("everybody on the host may read {name}"))
                .unsafe_fix("0600", vec![Edit::replace(mode, "\"0600\"")]);
        }
    }
}
