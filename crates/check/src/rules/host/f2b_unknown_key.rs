use crate::rules::prelude::*;
use piton_config::nearest;

rule! {
    /// A key that fail2ban does not know.
    ///
    /// fail2ban takes any key, since every key can be a variable of another one. A misspelt one sets nothing: with
    /// `maxretri = 3` the jail goes on with what `[DEFAULT]` says.
    ///
    /// ```ini jail.local bad
    /// [sshd]
    /// enabled = true
    /// maxretri = 3
    /// ```
    ///
    /// ```ini jail.local good
    /// [sshd]
    /// enabled = true
    /// maxretry = 3
    /// ```
    ///
    /// Told is what is nearly a known key and is nobody's variable. Tried with fail2ban 1.1.0, 2026-11-28:
    /// `fail2ban-client -t` says "configuration test is successful".
    RULE = "f2b-unknown-key", Error, High, Look::File(&[Kind::Jail], check)
}

/// What jail.conf(5) and Debian's jail.conf name.
const KNOWN: [&str; 41] = [
    "action",
    "backend",
    "banaction",
    "banaction_allports",
    "bantime",
    "blocktype",
    "chain",
    "datepattern",
    "dbpurgeage",
    "destemail",
    "enabled",
    "failregex",
    "fail2ban_agent",
    "filter",
    "findtime",
    "ignorecache",
    "ignorecommand",
    "ignoreip",
    "ignoreregex",
    "ignoreself",
    "journalmatch",
    "knocking_url",
    "logencoding",
    "logpath",
    "logtimezone",
    "maxlines",
    "maxmatches",
    "maxretry",
    "mode",
    "mta",
    "port",
    "prefregex",
    "protocol",
    "returntype",
    "sender",
    "sendername",
    "skip_if_nologs",
    "systemd_if_nologs",
    "tcpport",
    "udpport",
    "usedns",
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (_, section) in document.root().entries() {
        for (key, _) in section.entries() {
            let Some(name) = key.literal().map(str::trim) else { continue };
            // `bantime.increment` and its like.
            let known = |name: &str| KNOWN.contains(&name.split('.').next().unwrap_or(name));
            let is_a_variable = document.text.contains(&format!("%({name})s"));
            if known(name) || is_a_variable || name.starts_with("action_") || name.len() < 5 {
                continue;
            }
            if let Some(meant) = nearest(name, KNOWN) {
                report
                    .at(key, format!("fail2ban does not know `{name}`, and goes on without it"))
                    .help(format!("did you mean `{meant}`?"));
            }
        }
    }
}
