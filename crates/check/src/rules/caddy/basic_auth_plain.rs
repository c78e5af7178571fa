use super::all_lines;
use crate::rules::prelude::*;

rule! {
    /// A password stands in clear where Caddy wants its hash.
    ///
    /// Caddy compares with a hash of bcrypt or Argon2 and takes nothing else: it does not start, or starts and lets nobody in.
    /// And the password is known to whoever reads the file.
    ///
    /// ```caddy Caddyfile bad
    /// example.org {
    ///     basic_auth {
    ///         admin hunter2
    ///     }
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// example.org {
    ///     basic_auth /admin/* bcrypt {
    ///         admin $2a$14$Zkx19XLiW6VYouLHR5NmfOFU0z2GTNmpkT/5qqR7hx4IjWJPDhjvG
    ///         deploy {$DEPLOY_HASH}
    ///     }
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// Tried with Caddy 2.6.2 and 2.11.4, `validate`, 2026-11-28: "base64-decoding password: illegal base64 data"; what happens to be
    /// base64 is taken for a hash that no password has. Source: Caddy documentation, `basic_auth` ("does not accept plaintext
    /// passwords"); read 2026-11-28.
    RULE = "caddy-basic-auth-plaintext", Error, High, Look::File(&[Kind::Caddyfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("basic") {
        return;
    }
    for line in all_lines(document).filter(|line| matches!(line.word_text(0), "basic_auth" | "basicauth")) {
        for user in line.block().into_iter().flat_map(Value::lines) {
            let words = user.words().count();
            let Some(word) = user.word(1).filter(|_| words == 2 || words == 3) else { continue };
            if word.literal().is_none_or(|text| is_hash(text) || is_open(text)) {
                continue;
            }
            report
                .at(word, "this is no hash: Caddy lets nobody in with it, or does not start")
                .help("`caddy hash-password` makes one; the password is known to everybody who reads this file");
        }
    }
}

/// Bcrypt, Argon2 or scrypt, or one of these as base64, which is how older ones were written.
fn is_hash(text: &str) -> bool {
    text.starts_with('$') || text.starts_with("JDJ") || text.starts_with("JGFyZ") || text.len() >= 60
}

/// Somebody else fills it in.
fn is_open(text: &str) -> bool {
    text.contains(['{', '}'])
        || is_placeholder(text)
        || is_mark(text)
        || is_redacted(text)
        || text.to_ascii_lowercase().contains("hash")
}
