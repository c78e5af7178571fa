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
    /// A mode that gives the group read (0640) is not told, nor are env files and the like without a word of a secret in them; a
    /// warning where what is written cannot be seen. Fix: safe. Source: wg-quick,
    /// which says "is world accessible" at each start; read 2026-11-27.
    RULE = "ansible-secret-file-mode", Error, High, Look::File(&[Kind::Tasks, Kind::Playbook], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (key, module) in document.maps().flat_map(Value::entries) {
        let writes =
            key.text().is_some_and(|name| matches!(name.trim_start_matches("ansible.builtin."), "template" | "copy"));
        if !writes {
            continue;
        }
        // `template: src=a dest=b mode=0644` is a text.
        let in_text = |name: &str| {
            let words = module.text().unwrap_or_default().split_whitespace();
            words.filter_map(|word| word.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let Some(target) = module.get("dest").and_then(Value::text).or_else(|| in_text("dest")) else { continue };
        let name = target.rsplit('/').next().unwrap_or_default();
        let secret = (target.contains("/wireguard/") && name.ends_with(".conf"))
            || matches!(name, "openclaw.json" | "credentials.json" | ".env" | "private.key");
        let own = module.get("mode");
        let mode = own.and_then(Value::literal).or_else(|| in_text("mode")).filter(|_| secret);
        if !mode.is_some_and(lets_others_read) {
            continue;
        }
        // WireGuard's file always holds a key; of others it counts what is written.
        let always = target.contains("/wireguard/") || matches!(name, "credentials.json" | "private.key");
        let holds = if always { Some(true) } else { holds_a_secret(project, document, module) };
        if holds == Some(false) {
            continue;
        }
        let finding = report.at(own.unwrap_or(module), format!("everybody on the host may read {name}"));
        if holds.is_none() {
            finding.severity(Severity::Warning).note("what is written there is not seen here");
        }
        match own {
            Some(mode) => finding.unsafe_fix("0600", vec![Edit::replace(mode, "\"0600\"")]),
            None => finding.help("mode=0600"),
        };
    }
}

/// Whether what a task writes holds a secret; nothing where that cannot be seen.
fn holds_a_secret(project: &Project, document: &Document, module: Value) -> Option<bool> {
    let text = match module.get("content") {
        Some(content) => content.text()?.to_owned(),
        None => {
            let source = module.get("src").and_then(Value::text)?;
            let role = document.folder().rsplit_once('/').map_or("", |(role, _)| role);
            let folders = [format!("{role}/templates"), format!("{role}/files"), document.folder().to_owned()];
            let found = folders.iter().find_map(|folder| project.at(&crate::project::join(folder, source)?))?;
            found.text.clone()
        }
    };
    let words = ["password", "passwd", "secret", "token", "api_key", "apikey", "private", "credential", "_key"];
    let lines = text.lines().map(str::to_ascii_lowercase);
    // A secret that is only named, `${TOKEN}`, is not there.
    Some(lines.filter(|line| !line.contains("${")).any(|line| words.iter().any(|word| line.contains(word))))
}

/// Whether others may read what has this mode: `0644`, `u=rw,g=r,o=r`, `a+r`.
fn lets_others_read(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| byte.is_ascii_digit()) {
        return mode.trim_start_matches('0').chars().last().is_some_and(|digit| matches!(digit, '4'..='7'));
    }
    mode.split(',').any(|part| {
        part.split_once(['=', '+'])
            .is_some_and(|(who, what)| what.contains('r') && (who.is_empty() || who.contains(['o', 'a'])))
    })
}
