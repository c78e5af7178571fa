use crate::rules::prelude::*;

rule! {
    /// Several files are copied to what is no folder.
    ///
    /// With more than one source the target has to end with `/`; else builders before BuildKit stop.
    ///
    /// ```dockerfile Dockerfile bad
    /// FROM node:24
    /// COPY package.json package-lock.json /app
    /// ```
    ///
    /// ```dockerfile Dockerfile good
    /// FROM node:24
    /// COPY package.json package-lock.json /app/
    /// COPY package.json package-lock.json .
    /// ```
    ///
    /// Fix: safe. The idea is hadolint's DL3021. Source: Dockerfile reference, COPY ("must end with a slash"); moby
    /// `builder/dockerfile/copy.go`, where it is an error; read 2026-11-28.
    RULE = "dockerfile-copy-needs-slash", Warning, High, Look::File(&[Kind::Dockerfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for line in document.root().lines().filter(|line| line.word_text(0).eq_ignore_ascii_case("copy")) {
        let words: Vec<Value> =
            line.words().skip(1).filter(|word| !word.text().is_some_and(|text| text.starts_with("--"))).collect();
        let texts: Vec<&str> = words.iter().filter_map(|word| word.text()).collect();
        let odd = texts
            .iter()
            .any(|text| text.starts_with(['[', '<', '"', '\'']) || text.contains('$') || text.starts_with('#'));
        let (Some(target), true) = (words.last(), words.len() > 2 && !odd) else { continue };
        let text = target.text().unwrap_or_default();
        if !text.ends_with('/') && !matches!(text, "." | "..") && !text.ends_with("/.") {
            report
                .at(
                    *target,
                    "with several sources this is a folder: without `/` at its end, builders before BuildKit stop",
                )
                .safe_fix(format!("{text}/"), vec![Edit::replace(*target, format!("{text}/"))]);
        }
    }
}
