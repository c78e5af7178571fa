use crate::rules::prelude::*;

rule! {
    /// n8n's login is called with the old name of its field.
    ///
    /// Since 1.81.4 (March 2025) it wants `emailOrLdapLoginId`; with `email` it answers 400.
    ///
    /// ```sh login.sh bad
    /// #!/bin/sh
    /// curl -s http://127.0.0.1:5678/rest/login -d '{"email":"me@example.org","password":"x"}'
    /// ```
    ///
    /// ```sh login.sh good
    /// #!/bin/sh
    /// curl -s http://127.0.0.1:5678/rest/login -d '{"emailOrLdapLoginId":"me@example.org","password":"x"}'
    /// ```
    ///
    /// Tried with n8n 2.8.4, 2026-11-21: 400 with `email`. Source: n8n-io/n8n pull request 13605 and issue 13462 ("released with
    /// n8n@1.81.4"), issue 14154; read 2026-11-28.
    RULE = "n8n-login-field", Warning, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("/rest/login") {
        return;
    }
    for command in project
        .commands(document)
        .iter()
        .filter(|command| command.words.iter().any(|word| word.contains("/rest/login")))
    {
        let text = &document.text[command.range.clone()];
        if text.contains("\"email\"") || text.contains("\\\"email\\\"") {
            report.at((document, command.range.clone()), "n8n 1.81.4 and later want `emailOrLdapLoginId`");
        }
    }
}
