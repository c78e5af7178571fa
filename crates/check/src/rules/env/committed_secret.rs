use crate::rules::prelude::*;

use crate::rules::compose::env_inline_secret::{is_secret_name, is_secret_value};

rule! {
    /// A .env with real secrets is tracked by git, or not ignored.
    ///
    /// What is once pushed is known: bots read new commits within minutes. Replace the secret, `git rm --cached` the file, and
    /// put it into .gitignore.
    ///
    /// ```text .gitignore bad
    /// node_modules/
    /// ```
    ///
    /// ```env .env bad
    /// POSTGRES_PASSWORD=kV83nfQ02mZxPq71
    /// ```
    ///
    /// ```text .gitignore good
    /// node_modules/
    /// ```
    ///
    /// ```env .env good
    /// POSTGRES_PASSWORD=
    /// ```
    ///
    /// What is tracked is looked at although it is ignored: ignored after it was committed, it is in the history all the
    /// same, and in each commit to come. A warning in `.env.local`. Told where files of git's lie beside it: elsewhere a
    /// .env with secrets is where they belong. Evidence: the file itself. That a pushed secret has to be taken for known:
    /// git-filter-repo's guide "Removing sensitive data" ("Rotate any exposed credentials immediately"); read 2026-11-28.
    RULE = "env-committed-secret", Error, Medium, Look::File(&[Kind::Env], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let name = document.file_name();
    let real = name == ".env" || matches!(name, ".env.production" | ".env.prod" | ".env.local");
    let trial =
        document.path.to_ascii_lowercase().split('/').any(|part| part.contains("test") || part.contains("example"));
    let top = document.path.split('/').next().unwrap_or_default();
    let in_git = project.documents.iter().any(|file| {
        let git = matches!(file.file_name(), ".gitignore" | ".gitattributes" | ".gitmodules")
            || file.path.contains(".github/");
        git && (!file.path.contains('/')
            || file.path.starts_with(".github/")
            || file.path.split('/').next() == Some(top))
    });
    if !real || trial || !in_git || !document.templated.is_empty() {
        return;
    }
    let entries = document.root().entries();
    let mut secrets = entries.iter().filter(|(key, value)| {
        let secret = key.text().is_some_and(is_secret_name);
        // What SOPS has encrypted is there to be shared.
        let is_secret = |text: &str| is_secret_value(text) && is_random(text) && !text.starts_with("ENC[");
        secret && value.literal().is_some_and(is_secret)
    });
    let Some((key, value)) = secrets.next() else { return };
    let more = secrets.count();
    let others = if more == 0 { String::new() } else { format!(", and {more} more") };
    let finding = report
        .at(
            *value,
            format!(
                "{} is a secret in a file that git tracks or does not ignore{others}",
                key.text().unwrap_or_default()
            ),
        )
        .help("replace it, `git rm --cached` the file, and ignore it");
    // By its name for one developer's machine.
    if name == ".env.local" {
        finding.severity(Severity::Warning);
    }
}

/// Long, of letters and digits, and no word that people choose for a first try.
fn is_random(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let words = [
        "password",
        "secret",
        "admin",
        "postgres",
        "localhost",
        "default",
        "sample",
        "demo",
        "minio",
        "change",
        "dev",
        "1234",
        "here",
        "abcd",
    ];
    text.len() >= 16
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !text.contains(char::is_whitespace)
        && !words.iter().any(|word| lower.contains(word))
}
