use crate::rules::prelude::*;

rule! {
    /// Redis commands are renamed.
    ///
    /// `rename-command` is deprecated in favour of ACLs, and renaming `CONFIG` stops Redis 8.2 to 8.6 where the search module
    /// is loaded, which calls it at the start.
    ///
    /// ```redis redis.conf bad
    /// rename-command FLUSHALL ""
    /// ```
    ///
    /// ```redis redis.conf good
    /// user default on >secret ~* &* +@all -flushall
    /// ```
    ///
    /// Plain Redis 8.0.2, 8.0.6 and 8.6.3 of Debian and Valkey 9.1 start with it: tried 2026-11-21 and 28. Source: redis.conf on
    /// `rename-command` ("DEPRECATED", "Instead use ACLs"); read 2026-11-28. RediSearch issue 8546 (8.2.1, 8.4.1
    /// and 8.6.1), redis issue 14339; read the same day.
    RULE = "redis-rename-command", Warning, High, Look::File(&[Kind::Redis], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let reads =
        |service: &&Service| service.is("valkey") || service.version().is_some_and(|version| version.below("8.2"));
    let mut readers =
        project.services().filter(|one| one.mounted(project).any(|(file, _)| file.path == document.path)).peekable();
    let is_older = readers.peek().is_some() && readers.all(|service| reads(&service));
    for line in document.root().lines().filter(|line| line.word_text(0).eq_ignore_ascii_case("rename-command")) {
        let config = line.word_text(1).eq_ignore_ascii_case("config") && !is_older;
        let message = if config {
            "renaming CONFIG stops Redis 8.2 and later where its search module is loaded"
        } else {
            "rename-command is deprecated: ACLs do this, and per user"
        };
        report.at(line, message).help("user default on … -flushall");
    }
}
