use crate::rules::prelude::*;

rule! {
    /// What a stranger types becomes part of a script of CI.
    ///
    /// `${{ … }}` is put in before the shell sees the line. A pull request whose title is `"; curl … | sh #` runs on the runner,
    /// with its secrets. In an environment variable the same text is only text.
    ///
    /// ```yaml .github/workflows/greet.yml bad
    /// on: pull_request_target
    /// jobs:
    ///   greet:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - run: echo "${{ github.event.pull_request.title }}"
    /// ```
    ///
    /// ```yaml .github/workflows/greet.yml good
    /// on: pull_request_target
    /// jobs:
    ///   greet:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - run: echo "$TITLE"
    ///         env: { TITLE: "${{ github.event.pull_request.title }}" }
    /// ```
    ///
    /// An information in a job or step whose `if:` lets only branches of the repository itself in.
    /// The idea is zizmor's `template-injection`. Source:
    /// <https://docs.github.com/en/actions/concepts/security/script-injections> (titles, bodies, branch names, addresses
    /// are "potentially untrusted input"); read 2026-11-28.
    RULE = "ci-template-injection", Warning, High, Look::File(&[Kind::Workflow], check)
}

/// What others than those who may push can fill.
const STRANGERS: [&str; 14] = [
    "github.event.issue.title",
    "github.event.issue.body",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.label",
    "github.event.comment.body",
    "github.event.review.body",
    "github.event.discussion.title",
    "github.event.discussion.body",
    "github.event.head_commit.message",
    "github.event.head_commit.author.name",
    "github.event.head_commit.author.email",
    "github.head_ref",
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("${{") {
        return;
    }
    for run in document.maps().filter_map(|map| map.get("run")) {
        let Some(text) = run.text().filter(|text| text.contains("${{")) else { continue };
        let expressions = text.split("${{").skip(1).filter_map(|rest| rest.split("}}").next()).map(str::trim);
        for expression in expressions.filter(|expression| STRANGERS.contains(expression)) {
            let at = run.written().find(expression).map_or(run.range(), |offset| {
                let start = run.range().start + offset;
                start..start + expression.len()
            });
            let finding = report.at((document, at), "strangers fill this, and the shell runs what they write");
            finding.help(format!("env: {{ NAME: ${{{{ {expression} }}}} }}, and \"$NAME\" in the script"));
            let holds = |map: &Value| map.range().start <= run.range().start && run.range().end <= map.range().end;
            if document.maps().filter(holds).any(is_for_own) {
                finding.message = "whoever may push fills this, and the shell runs what they write".to_owned();
                finding.severity(Severity::Info);
            }
        }
    }
}

/// Whether a job or a step runs only for branches of the repository itself, so that nobody fills it who may not push.
fn is_for_own(map: Value) -> bool {
    let Some(condition) = map.get("if").and_then(Value::text) else { return false };
    let bare: String = condition.chars().filter(|letter| !letter.is_whitespace()).collect();
    let same = [
        "github.event.pull_request.head.repo.full_name==github.repository",
        "github.repository==github.event.pull_request.head.repo.full_name",
        "github.event.pull_request.head.repo.fork==false",
        "!github.event.pull_request.head.repo.fork",
    ];
    same.iter().any(|test| bare.contains(test)) && !bare.contains("||")
}
