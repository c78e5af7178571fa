use crate::rules::prelude::*;

rule! {
    /// Files are taken from a stage that comes later.
    ///
    /// `COPY --from` sees the stages above it. For a later one BuildKit says "it needs to be defined before current stage", for
    /// the stage itself "circular dependency"; builders before it look for an image of that name.
    ///
    /// ```dockerfile Dockerfile bad
    /// FROM debian:trixie-slim AS base
    /// COPY --from=build /app /app
    /// FROM rust:1.90-trixie AS build
    /// RUN cargo build --release
    /// FROM base AS run
    /// ```
    ///
    /// ```dockerfile Dockerfile good
    /// FROM rust:1.90-trixie AS build
    /// RUN cargo build --release
    /// FROM debian:trixie-slim AS run
    /// COPY --from=build /app /app
    /// ```
    ///
    /// A stage that nothing needs is skipped by BuildKit, and stops whoever asks for it with `--target`. The idea is hadolint's
    /// DL3022 and DL3023. Source: BuildKit `dockerfile2llb/convert.go` and `validations.go`; read 2026-11-28.
    RULE = "dockerfile-stage-later", Error, High, Look::File(&[Kind::Dockerfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let stage = |line: Value| -> Option<String> {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let at = words.iter().position(|word| word.eq_ignore_ascii_case("as"))?;
        words.get(at + 1).map(|name| name.to_ascii_lowercase())
    };
    let lines: Vec<Value> = document.root().lines().collect();
    let stages: Vec<(usize, String)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.word_text(0).eq_ignore_ascii_case("from"))
        .filter_map(|(at, line)| Some((at, stage(*line)?)))
        .collect();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.word_text(0).eq_ignore_ascii_case("copy")) {
        let from =
            line.words().find_map(|word| Some((word, word.text()?.strip_prefix("--from=")?.to_ascii_lowercase())));
        let Some((word, name)) = from else { continue };
        let current = lines[..at].iter().rposition(|line| line.word_text(0).eq_ignore_ascii_case("from")).unwrap_or(0);
        let earlier = stages.iter().any(|(known, stage)| *stage == name && *known < current);
        if let Some((known, _)) = stages.iter().find(|(_, stage)| *stage == name).filter(|_| !earlier) {
            report
                .at(word, format!("the stage `{name}` is not built yet here"))
                .related(lines[*known], "it comes here");
        }
    }
}
