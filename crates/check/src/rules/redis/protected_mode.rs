use crate::rules::prelude::*;

rule! {
    /// Redis's protected mode is off.
    ///
    /// It is what refuses strangers while there is no password. Off, with `bind` on every address and no password, Redis
    /// belongs to the first who finds it.
    ///
    /// ```redis redis.conf bad
    /// bind 0.0.0.0
    /// protected-mode no
    /// ```
    ///
    /// ```redis redis.conf good
    /// bind 0.0.0.0
    /// protected-mode no
    /// requirepass a-long-password
    /// ```
    ///
    /// Tried with Redis 8.0.2 on two addresses, 2026-11-28: the first answers PONG to another address, the second NOAUTH, and
    /// without the line it says DENIED. Source: redis.conf on `protected-mode`.
    RULE = "redis-protected-mode-off", Warning, High, Look::File(&[Kind::Redis], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let line = |name: &str| document.root().lines().find(|line| line.word_text(0).eq_ignore_ascii_case(name));
    let Some(off) = line("protected-mode").filter(|line| line.word_text(1).eq_ignore_ascii_case("no")) else { return };
    let locked = ["requirepass", "aclfile", "user", "include"].iter().any(|name| line(name).is_some());
    let local = line("bind").is_some_and(|bind| {
        bind.words()
            .skip(1)
            .filter_map(Value::text)
            .all(|address| matches!(address.trim_start_matches('-'), "127.0.0.1" | "::1" | "localhost"))
    });
    if !locked && !local {
        let open =
            line("bind").is_some_and(|bind| bind.words().any(|word| matches!(word.text(), Some("0.0.0.0" | "*"))));
        report.at(off, "without it and without a password, Redis answers everybody").severity(if open {
            Severity::Error
        } else {
            Severity::Warning
        });
    }
}
