use crate::rules::prelude::*;

rule! {
    /// When a variable is empty, this deletes from the root.
    ///
    /// `rm -rf "$DIR/"*` is `rm -rf /*` where DIR was never set. `${DIR:?}` stops instead.
    ///
    /// ```sh clean.sh bad
    /// #!/bin/sh
    /// rm -rf "$BACKUP_DIR/"*
    /// ```
    ///
    /// ```sh clean.sh good
    /// #!/bin/sh
    /// rm -rf "${BACKUP_DIR:?}/"*
    /// ```
    ///
    /// Told where the script neither sets the variable nor stops at unset ones. The idea is ShellCheck's SC2115. Tried with
    /// dash 0.5.12, 2026-11-28: `"$NOPE/"*` is /bin /boot /dev …, `${NOPE:?}` ends the script.
    RULE = "script-rm-unset", Warning, High, Look::File(&[Kind::Shell], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let text = document.text.as_str();
    let all = project.commands(document);
    let strict = all.iter().any(|command| {
        command.program() == "set"
            && command.words.iter().any(|word| {
                *word == "nounset" || word.starts_with('-') && !word.starts_with("--") && word.contains('u')
            })
    });
    if strict {
        return;
    }
    for command in all.iter().filter(|command| command.program() == "rm") {
        let recursive = command
            .words
            .iter()
            .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(['r', 'R']));
        for word in command.words.iter().filter(|_| recursive) {
            let bare: String = word.chars().filter(|letter| !matches!(letter, '"' | '\'')).collect();
            let Some(rest) = bare.strip_prefix('$') else { continue };
            let name = rest.trim_start_matches('{').split(['/', '}', ':']).next().unwrap_or_default();
            let whole = matches!(rest, _ if rest == format!("{name}/*") || rest == format!("{name}/") || rest == format!("{{{name}}}/*") || rest == format!("{{{name}}}/"));
            let is_name = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && !name.as_bytes()[0].is_ascii_digit();
            let set = [format!("{name}="), format!("for {name} "), format!("read {name}"), format!("read -r {name}")];
            if whole && is_name && name != "HOME" && !set.iter().any(|way| text.contains(way.as_str())) {
                report
                    .at(
                        (document, command.range.clone()),
                        format!("where {name} is not set this deletes from the root"),
                    )
                    .help(format!("\"${{{name}:?}}\""));
            }
        }
    }
}
