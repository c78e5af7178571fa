use crate::rules::prelude::*;

rule! {
    /// `sed` takes the backslash out of the line it puts in.
    ///
    /// In the text of `i`, `a` and `c` a backslash at the end of a line means that the text goes on, and is gone afterwards. What
    /// was to be one long RUN becomes two lines, and the Dockerfile does not build.
    ///
    /// ```sh patch.sh bad
    /// #!/bin/sh
    /// sed -i '/^USER node/i RUN apt-get update && \
    ///     apt-get install -y ffmpeg' Dockerfile
    /// ```
    ///
    /// ```sh patch.sh good
    /// #!/bin/sh
    /// sed -i '/^USER node/i RUN apt-get update && apt-get install -y ffmpeg' Dockerfile
    /// ```
    ///
    /// Tried with GNU sed 4.9 and busybox 1.37, 2026-11-28: the backslash is gone; three of them keep one. BuildKit then says
    /// "unknown instruction: apt-get" (`instructions/parse.go`).
    RULE = "script-sed-insert-continuation", Error, High, Look::File(&[Kind::Shell], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project.commands(document).iter().filter(|command| command.program() == "sed") {
        let dockerfile = command.words.last().is_some_and(|word| word.to_ascii_lowercase().contains("dockerfile"));
        let script = command.words.iter().find(|word| word.starts_with('/'));
        let Some(script) = script.filter(|_| dockerfile && command.words.iter().any(|word| word.starts_with("-i")))
        else {
            continue;
        };
        let Some(text) = inserted(script) else { continue };
        // One backslash before the break is eaten, an odd one behind a pair is kept.
        let eaten = text.match_indices('\n').any(|(at, _)| {
            let before = text[..at].trim_end_matches('\r');
            before.len() - before.trim_end_matches('\\').len() == 1
        });
        if eaten && text.trim_start().to_ascii_uppercase().starts_with("RUN ") {
            report
                .at(
                    (document, command.range.clone()),
                    "sed eats this backslash: the line that it puts in ends too early",
                )
                .help("one line without a break");
        }
    }
}

/// The text behind `/address/i`, where that is what the script does.
fn inserted(script: &str) -> Option<&str> {
    let end = script[1..].find('/')? + 1;
    let rest = script[end + 1..].trim_start();
    let text = rest.strip_prefix(['i', 'a', 'c'])?;
    // `i\` and a break is how the text is begun in POSIX.
    Some(text.strip_prefix('\\').map_or(text, |text| text.trim_start_matches(['\r', '\n'])))
}
