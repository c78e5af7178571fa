use crate::rules::prelude::*;

rule! {
    /// A key is added with apt-key.
    ///
    /// Debian 13 has no apt-key any more, and the module fails there. A key in `/etc/apt/keyrings` and `signed-by` in the source
    /// do it everywhere.
    ///
    /// ```yaml roles/docker/tasks/main.yml bad
    /// - name: Key
    ///   ansible.builtin.apt_key: { url: "https://download.docker.com/linux/debian/gpg" }
    /// ```
    ///
    /// ```yaml roles/docker/tasks/main.yml good
    /// - name: Key
    ///   ansible.builtin.get_url: { url: "https://download.docker.com/linux/debian/gpg", dest: /etc/apt/keyrings/docker.asc, mode: "0644" }
    /// ```
    ///
    /// Tried on Debian 13, 2026-11-28: there is no apt-key. Source: ansible-core 2.19.14, `modules/apt_key.py` ("removed in
    /// modern debian versions"; `get_bin_path('apt-key', required=True)`); read the same day.
    RULE = "ansible-apt-key-deprecated", Warning, High, Look::File(&[Kind::Tasks, Kind::Playbook], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (key, value) in document.maps().flat_map(Value::entries) {
        let module = matches!(key.text(), Some("apt_key" | "ansible.builtin.apt_key"));
        if module && value.path("state").and_then(Value::text) != Some("absent") {
            let finding = report.at(key, "Debian 13 and Ubuntu 26.04 have no apt-key");
            if is_somebody_elses(document) {
                finding.severity(Severity::Info);
            }
            finding.help("get_url into /etc/apt/keyrings, and signed-by in the source");
        }
    }
}

/// Whether the role came from elsewhere, by its name with an author in front: `roles/geerlingguy.docker/`.
fn is_somebody_elses(document: &Document) -> bool {
    let after = document.path.rsplit_once("roles/").map_or("", |(_, rest)| rest);
    after.split('/').next().is_some_and(|role| role.contains('.'))
}
