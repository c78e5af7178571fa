use crate::rules::prelude::*;

rule! {
    /// A certificate is not checked.
    ///
    /// `curl -k` takes whoever answers. Where the name is wrong or the authority unknown, that is what should be mended:
    /// `--cacert`, or `--resolve` for a name that does not point here yet.
    ///
    /// ```sh fetch.sh bad
    /// #!/bin/sh
    /// curl -k https://vault.example.org/v1/sys/health
    /// ```
    ///
    /// ```sh fetch.sh good
    /// #!/bin/sh
    /// curl --cacert ca.pem https://vault.example.org/v1/sys/health
    /// curl -k https://127.0.0.1:8200/v1/sys/health
    /// ```
    ///
    /// Calls to the own machine are not told, nor are probes that only ask whether something answers, nor what is
    /// checked by its digest right after. Tried with curl, 2026-11-28: a certificate for
    /// another name is exit 60, with `-k` 200.
    RULE = "script-insecure-tls", Warning, High, Look::File(COMMANDS, check)
}

/// Whether what comes is thrown away: the caller wants to know whether anything answers, and how.
fn is_probe(command: &crate::command::Command) -> bool {
    let away =
        command.has_run(&["-o", "/dev/null"]) || command.has_run(&["-O", "/dev/null"]) || command.has("--spider");
    let head = command.has("-I") || command.has("--head");
    away || head || command.words.iter().any(|word| word.contains("o/dev/null")) || ends_in_null(command)
}

/// `curl -sko /dev/null`: the letter of the output among others.
fn ends_in_null(command: &crate::command::Command) -> bool {
    command.words.windows(2).any(|pair| {
        pair[1] == "/dev/null" && pair[0].starts_with('-') && !pair[0].starts_with("--") && pair[0].ends_with('o')
    })
}

/// Whether one of the next lines asks for a digest or a signature.
fn is_verified(behind: &str) -> bool {
    let signs =
        ["sha256", "sha512", "sha1sum", "md5sum", "b2sum", "gpg --verify", "gpgv", "minisign", "cosign", "checksum"];
    behind.lines().take(6).any(|line| signs.iter().any(|sign| line.contains(sign)))
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    // Tests run against certificates that they made a minute ago.
    if document.kind == Kind::Workflow {
        return;
    }
    for command in project.commands(document) {
        let short = |word: &&str| {
            word.starts_with('-')
                && !word.starts_with("--")
                && word.len() <= 6
                && word.contains('k')
                && word[1..].bytes().all(|byte| byte.is_ascii_alphabetic())
        };
        let curl = command.program() == "curl" && (command.has("--insecure") || command.words.iter().any(short));
        let wget = command.program() == "wget" && command.has("--no-check-certificate");
        if !curl && !wget {
            continue;
        }
        let local = ["localhost", "127.0.0.1", "[::1]", "${HOST}", "$HOST", "//10.", "//192.168.", "//172."]
            .iter()
            .any(|host| command.words.iter().any(|word| word.contains(host)));
        if is_probe(command) || is_verified(&document.text[command.range.end..]) {
            continue;
        }
        if !local && command.words.iter().any(|word| word.contains("https://")) {
            report
                .at((document, command.range.clone()), "whoever answers is taken for the right one")
                .help("--cacert FILE");
        }
    }
}
