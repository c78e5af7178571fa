use crate::rules::prelude::*;

rule! {
    /// Packages are installed after the image stepped down from root.
    ///
    /// `apt-get` and `apk` need root: the build ends with "permission denied". Move the line above `USER`.
    ///
    /// ```docker Dockerfile bad
    /// FROM node:24-slim
    /// USER node
    /// RUN apt-get update && apt-get install -y git
    /// ```
    ///
    /// ```docker Dockerfile good
    /// FROM node:24-slim
    /// RUN apt-get update && apt-get install -y git
    /// USER node
    /// ```
    ///
    /// Tried as `nobody` on Debian 13, 2026-11-28: update and install both end with "Could not open lock file … Permission
    /// denied". apk ("Unable to lock database") and dnf ("superuser privileges") say the like in public logs, read that day.
    RULE = "dockerfile-install-after-user", Error, High, Look::File(&[Kind::Dockerfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let mut user: Option<Value> = None;
    for line in document.root().lines() {
        match line.word_text(0).to_ascii_uppercase().as_str() {
            "FROM" => user = None,
            "USER" => {
                let name = line.word_text(1).split(':').next().unwrap_or_default();
                user = (!matches!(name, "root" | "0" | "") && !name.contains('$')).then_some(line);
            }
            "RUN" => {
                let Some(user) = user else { continue };
                let words: Vec<&str> = line.words().filter_map(Value::text).collect();
                let installs = words.windows(2).any(|pair| {
                    matches!(pair[0], "apt-get" | "apt" | "apk" | "dnf" | "yum")
                        && matches!(pair[1], "install" | "update" | "add" | "upgrade")
                });
                if installs && !words.iter().any(|word| matches!(*word, "sudo" | "doas")) {
                    report
                        .at(line.word(0).unwrap_or(line), "this runs as a user who may not install")
                        .related(user, "from here on");
                }
            }
            _ => {}
        }
    }
}
