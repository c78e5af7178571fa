use crate::rules::prelude::*;

rule! {
    /// Snapshots are taken, and none is ever destroyed.
    ///
    /// A snapshot keeps what was deleted since. The pool fills up while every folder in it gets smaller.
    ///
    /// ```cron crontab bad
    /// 0 4 * * * zfs snapshot tank/data@$(date +\%F)
    /// ```
    ///
    /// ```cron crontab good
    /// 0 4 * * * zfs snapshot tank/data@$(date +\%F)
    /// 30 4 * * * zfs list -H -t snapshot -o name | head -n -7 | xargs -n1 zfs destroy
    /// ```
    ///
    /// Source: zfsconcepts(7), "Snapshots" ("as data … changes, the snapshot consumes more"); read 2026-11-28.
    RULE = "cron-zfs-no-destroy", Warning, High, Look::File(&[Kind::Crontab], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if document.text.contains("destroy") || document.text.contains("prune") {
        return;
    }
    for command in
        project.commands(document).iter().filter(|command| command.program() == "zfs" && command.has("snapshot"))
    {
        report
            .at((document, command.range.clone()), "nothing destroys old snapshots, so deleted files keep their space")
            .help("keep the last seven");
    }
}
