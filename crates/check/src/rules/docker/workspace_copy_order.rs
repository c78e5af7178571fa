use crate::rules::prelude::*;

rule! {
    /// A workspace is installed before its packages are there.
    ///
    /// `pnpm install` reads `package.json` of every package of the workspace. Those that are copied later get no dependencies,
    /// without a word; they are missed when the program runs.
    ///
    /// ```dockerfile Dockerfile bad
    /// FROM node:24
    /// WORKDIR /app
    /// COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
    /// RUN pnpm install --frozen-lockfile
    /// COPY . .
    /// RUN pnpm build
    /// ```
    ///
    /// ```dockerfile Dockerfile good
    /// FROM node:24
    /// WORKDIR /app
    /// COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
    /// COPY packages/api/package.json ./packages/api/package.json
    /// RUN pnpm install --frozen-lockfile
    /// COPY . .
    /// RUN pnpm build
    /// ```
    ///
    /// Tried with pnpm 10.34.9, 2026-11-28: "Already up to date", exit 0, and the package then "Cannot find module". One
    /// production incident (extensions without dependencies).
    RULE = "dockerfile-workspace-copy-order", Warning, Medium, Look::File(&[Kind::Dockerfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("pnpm") {
        return;
    }
    let mut workspace = None;
    let mut packages = false;
    let mut early: Option<Value> = None;
    for line in document.root().lines() {
        let name = line.word_text(0).to_ascii_uppercase();
        let words: Vec<&str> = line.words().skip(1).filter_map(Value::text).collect();
        let text = &document.text[line.range()];
        match name.as_str() {
            "FROM" => (workspace, packages, early) = (None, false, None),
            "COPY" | "ADD" => {
                let sources = &words[..words.len().saturating_sub(1)];
                let brings =
                    |word: &&&str| !word.starts_with("--") && !word.ends_with(".yaml") && **word != "package.json";
                packages |= sources
                    .iter()
                    .filter(brings)
                    .any(|word| word.contains("/package.json") || matches!(*word, "." | "./") || is_folder(word))
                    || words.iter().any(|word| word.starts_with("--from"));
                if sources.contains(&"pnpm-workspace.yaml") || sources.contains(&"./pnpm-workspace.yaml") {
                    workspace = Some(line);
                }
            }
            "RUN" if text.contains("--mount=type=bind") => packages = true,
            "RUN" if text.contains("pnpm install") || text.contains("pnpm i ") => {
                // A second one mends what the first one missed.
                if early.take().is_none() && workspace.is_some() && !packages && !text.contains("--filter") {
                    early = Some(line);
                    continue;
                }
                return;
            }
            _ => {}
        }
    }
    if let (Some(line), Some(workspace)) = (early, workspace) {
        report
            .at(line, "the packages of the workspace are not there yet, and get no dependencies")
            .related(workspace, "only this was copied before");
    }
}

fn is_folder(word: &str) -> bool {
    !word.rsplit('/').next().unwrap_or(word).contains('.')
        && word != "patches"
        && word != "./patches"
        && !word.contains("scripts")
}
