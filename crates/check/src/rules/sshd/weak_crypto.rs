use crate::rules::prelude::*;

use super::in_force;

rule! {
    /// An algorithm that is broken or on its way out.
    ///
    /// CBC ciphers, arcfour, 3DES, MD5 as MAC, and Diffie-Hellman with SHA-1 are not in OpenSSH's own lists any more; a file
    /// that names them puts them back. Of arcfour, Blowfish and CAST nothing is left since 7.6, of DSA in Debian 13: sshd does
    /// not start.
    ///
    /// ```sshd sshd_config bad
    /// Ciphers aes256-ctr,aes128-cbc
    /// ```
    ///
    /// ```sshd sshd_config good
    /// Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com
    /// MACs hmac-sha2-512-etm@openssh.com
    /// ```
    ///
    /// Tried with OpenSSH 10.0p2, 2026-11-28: `sshd -T` offers none of them, `sshd -t` takes the others and refuses these with
    /// "Bad SSH2 cipher spec" and "Bad key types".
    RULE = "sshd-weak-crypto", Warning, High, Look::File(&[Kind::Sshd], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let weak = [
        "-cbc",
        "arcfour",
        "3des",
        "blowfish",
        "cast128",
        "hmac-md5",
        "group1-sha1",
        "group14-sha1",
        "group-exchange-sha1",
        "ssh-dss",
    ];
    for name in ["ciphers", "macs", "kexalgorithms", "hostkeyalgorithms"] {
        for (_, value) in in_force(project, document, name) {
            let Some(text) = value.text().filter(|text| !text.starts_with('-')) else { continue };
            let found: Vec<&str> =
                text.split(',').filter(|algorithm| weak.iter().any(|word| algorithm.contains(word))).collect();
            if !found.is_empty() {
                report.at(value, format!("{} should not be offered any more", found.join(", ")));
            }
        }
    }
}
