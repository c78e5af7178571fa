use crate::rules::prelude::*;

rule! {
    /// A rule names an interface that may not be there yet.
    ///
    /// `iif` and `oif` are looked up while the file is read: where the interface does not exist at that moment, nft refuses
    /// the whole file, and the host comes up without a filter. nftables.service runs before the network. `iifname` and
    /// `oifname` compare names, and wait.
    ///
    /// ```nft nftables.conf bad
    /// table inet filter {
    ///   chain input {
    ///     type filter hook input priority 0; policy drop;
    ///     iif "wg0" tcp dport 22 accept
    ///   }
    /// }
    /// ```
    ///
    /// ```nft nftables.conf good
    /// table inet filter {
    ///   chain input {
    ///     type filter hook input priority 0; policy drop;
    ///     iif "lo" accept
    ///     iifname "wg0" tcp dport 22 accept
    ///   }
    /// }
    /// ```
    ///
    /// Fix: safe, the same interfaces are meant. A reviewer of real files named it. Tried with nft 1.0.6 ("Interface does not exist"),
    /// 2026-11-28. Source: nft(8), "meta expressions".
    RULE = "nft-interface-index", Warning, High, Look::File(&[Kind::Nftables], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (range, line) in document.lines() {
        let code = bare(line);
        for word in ["iif", "oif"] {
            let Some(at) = code.match_indices(word).map(|(at, _)| at).find(|at| is_word(&code, *at, word)) else {
                continue;
            };
            let rest = line[at + word.len()..].trim_start().trim_start_matches("!=").trim_start();
            let name = rest.trim_start_matches('"');
            let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
            // A map says by itself what its keys are.
            let is_known = matches!(name.split(['"', ' ']).next(), Some("lo" | "vmap" | "map"));
            if is_name && !is_known {
                let place = range.start + at..range.start + at + word.len();
                report
                    .at((document, place.clone()), "nft refuses the whole file where this interface is not there yet")
                    .safe_fix(format!("{word}name"), vec![Edit::at(document, place, format!("{word}name"))]);
            }
        }
    }
}

/// A line with blanks for what stands in quotes, and without its comment; each byte stays in its place.
fn bare(line: &str) -> String {
    let mut is_quoted = false;
    let mut code = String::with_capacity(line.len());
    for letter in line.chars() {
        match letter {
            '#' if !is_quoted => break,
            '"' => {
                is_quoted = !is_quoted;
                code.push('"');
            }
            letter if is_quoted => code.extend(std::iter::repeat_n(' ', letter.len_utf8())),
            letter => code.push(letter),
        }
    }
    code
}

fn is_word(code: &str, at: usize, word: &str) -> bool {
    let before = code[..at].chars().next_back();
    let after = code[at + word.len()..].chars().next();
    // `meta iif` is the same; `fib saddr . iif oif` is no comparison with a name.
    before.is_none_or(|letter| letter.is_whitespace() || matches!(letter, '{' | ';'))
        && after.is_some_and(char::is_whitespace)
        && !code[..at].contains("fib ")
}
