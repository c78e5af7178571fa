use crate::rules::prelude::*;

rule! {
    /// /tmp gets another mode than 1777.
    ///
    /// Without the sticky bit anybody deletes anybody's files; without write for all, builds and services fail with "permission
    /// denied".
    ///
    /// ```sh fix.sh bad
    /// #!/bin/sh
    /// chmod 777 /tmp
    /// ```
    ///
    /// ```sh fix.sh good
    /// #!/bin/sh
    /// chmod 1777 /tmp
    /// ```
    ///
    /// Fix: safe for `chmod 777 /tmp` alone. Tried 2026-11-28: with 777 `nobody` deletes root's file, with 1777 not. Source: systemd's `tmpfiles.d/tmp.conf`
    /// (`q /tmp 1777`).
    RULE = "systemd-failed-tmp-mode", Warning, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    // An image for one user may lock its own /tmp up.
    if document.kind == Kind::Dockerfile {
        return;
    }
    for command in project.commands(document).iter().filter(|command| {
        command.program() == "chmod" && command.words.iter().any(|word| matches!(*word, "/tmp" | "/tmp/"))
    }) {
        let mode = command.words.iter().find(|word| word.bytes().all(|byte| byte.is_ascii_digit()) && word.len() >= 3);
        if let Some(mode) = mode.filter(|mode| !matches!(**mode, "1777" | "01777")) {
            let Some(place) = command.place_of(document, mode) else { continue };
            let finding = report.at((document, place.clone()), "/tmp is 1777, or it does not work for everybody");
            let edits = vec![Edit::at(document, place, "1777")];
            // Then only the sticky bit comes, and to nothing else.
            let is_all_for_tmp = command.words.len() == 3 && matches!(*mode, "777" | "0777");
            match is_all_for_tmp {
                true => finding.safe_fix("1777", edits),
                false => finding.unsafe_fix("1777", edits),
            };
        }
    }
}
