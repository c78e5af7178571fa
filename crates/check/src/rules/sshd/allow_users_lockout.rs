use crate::rules::prelude::*;

rule! {
    /// Ansible's own user is not among those that ssh lets in.
    ///
    /// The run that writes `AllowUsers` is the last one that gets in: the next one logs in as `ansible_user`, and is refused.
    ///
    /// ```sshd roles/ssh/files/sshd_config bad
    /// AllowUsers admin
    /// ```
    ///
    /// ```yaml group_vars/all.yml bad
    /// ansible_user: deploy
    /// ```
    ///
    /// ```sshd roles/ssh/files/sshd_config good
    /// AllowUsers admin deploy
    /// ```
    ///
    /// ```yaml group_vars/all.yml good
    /// ansible_user: deploy
    /// ```
    ///
    /// Told where the project names one user alone, letter by letter. Source: OpenSSH's sshd_config(5),
    /// AllowUsers; read, and tried with 9.2, 2026-11-28: "not allowed because not listed in AllowUsers", with the right key.
    RULE = "sshd-allow-users-lockout", Warning, Medium, Look::File(&[Kind::Sshd], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let lines = || document.root().lines().filter(|line| line.word_text(0).eq_ignore_ascii_case("allowusers"));
    let Some(first) = lines().next() else { return };
    let words: Vec<Value> = lines().flat_map(|line| line.words().skip(1).collect::<Vec<_>>()).collect();
    // `user@host` and patterns let in more than they say here, and a template may say anything.
    let open = words.iter().any(|word| word.literal().is_none_or(|text| text.contains(['*', '?', '!'])));
    let users: Vec<Value> = project
        .documents
        .iter()
        .filter(|file| matches!(file.kind, Kind::AnsibleVars | Kind::Yaml) && Project::are_related(file, document))
        .flat_map(Document::maps)
        .filter_map(|map| map.get("ansible_user"))
        .collect();
    let Some(user) = users.first().and_then(|user| user.literal()) else { return };
    let one = users.iter().all(|other| other.literal() == Some(user));
    let allowed = words.iter().any(|word| word.text().and_then(|text| text.split('@').next()) == Some(user));
    if one && !open && !allowed && user != "root" {
        report
            .at(first, format!("Ansible logs in as `{user}`, whom this keeps out"))
            .related(users[0], "here it is said");
    }
}
