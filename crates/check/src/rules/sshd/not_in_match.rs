use crate::rules::prelude::*;

use super::says;

rule! {
    /// A keyword that sshd refuses in a `Match` block.
    ///
    /// A block ends with the next `Match` or with the file. What is added below one belongs to it, and where the
    /// keyword counts for the whole daemon only, sshd does not start any more: the next restart takes ssh away.
    ///
    /// ```sshd sshd_config bad
    /// Match User backup
    ///     ForceCommand /usr/local/bin/receive
    ///
    /// Port 2222
    /// ```
    ///
    /// ```sshd sshd_config good
    /// Port 2222
    ///
    /// Match User backup
    ///     ForceCommand /usr/local/bin/receive
    /// ```
    ///
    /// Tried with `sshd -t` of OpenSSH 9.2, 2026-11-28, each of the keywords: "Directive 'Port' is not allowed within a
    /// Match block", and the answer is 255.
    RULE = "sshd-not-in-match", Error, High, Look::File(&[Kind::Sshd], check)
}

/// What counts for the whole daemon in every version; `Subsystem` and others may stand in a block by now.
const WHOLE: [&str; 24] = [
    "addressfamily",
    "ciphers",
    "compression",
    "hostcertificate",
    "hostkey",
    "hostkeyagent",
    "hostkeyalgorithms",
    "kexalgorithms",
    "listenaddress",
    "logingracetime",
    "macs",
    "maxstartups",
    "permituserenvironment",
    "pidfile",
    "port",
    "printlastlog",
    "printmotd",
    "strictmodes",
    "syslogfacility",
    "tcpkeepalive",
    "usedns",
    "usepam",
    "versionaddendum",
    "xauthlocation",
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    // A template may close a block in a way that cannot be seen.
    if !document.templated.is_empty() {
        return;
    }
    let mut block: Option<Value> = None;
    for line in document.root().lines() {
        let name = line.word_text(0);
        if name.eq_ignore_ascii_case("match") {
            block = line.word(1).is_some_and(|word| !says(word, "all")).then_some(line);
        } else if let Some(head) = block
            && WHOLE.iter().any(|whole| name.eq_ignore_ascii_case(whole))
        {
            report
                .at(line, format!("sshd takes `{name}` in no Match block, and does not start"))
                .related(head, "this block ends with the file or with the next Match")
                .help("put it above the first Match; `sshd -t` tries it");
        }
    }
}
