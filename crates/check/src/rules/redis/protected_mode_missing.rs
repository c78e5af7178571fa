use crate::rules::prelude::*;

rule! {
    /// Redis's protected mode is left to the default.
    ///
    /// It is on by default, and off in the official image. Written down, it is the same wherever the file is used.
    ///
    /// ```redis redis.conf bad
    /// bind 127.0.0.1
    /// ```
    ///
    /// ```redis redis.conf good
    /// bind 127.0.0.1
    /// protected-mode yes
    /// ```
    ///
    /// Tried with Debian's Redis 8.0.2, 2026-11-28: yes. Source: redis/docker-library-redis, `debian/Dockerfile` of 8.6.4
    /// ("disable Redis protected mode"); read the same day.
    RULE = "redis-protected-mode-missing", Info, High, Look::File(&[Kind::Redis], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.root().lines().any(|line| line.word_text(0).eq_ignore_ascii_case("protected-mode")) {
        report.at((document, 0..0), "protected-mode is not written down").help("protected-mode yes");
    }
}
