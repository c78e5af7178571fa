use crate::rules::prelude::*;

rule! {
    /// A jail uses a filter that is not there.
    ///
    /// fail2ban stops at it: "Unable to read the filter". No jail runs, the one for ssh neither.
    ///
    /// ```ini fail2ban/jail.local bad
    /// [caddy-flood]
    /// enabled = true
    /// filter = caddy-flood
    /// ```
    ///
    /// ```ini fail2ban/filter.d/other.conf bad
    /// [Definition]
    /// failregex = ^<HOST>
    /// ```
    ///
    /// ```ini fail2ban/jail.local good
    /// [caddy-flood]
    /// enabled = true
    /// filter = caddy-flood
    /// ```
    ///
    /// ```ini fail2ban/filter.d/caddy-flood.conf good
    /// [Definition]
    /// failregex = ^<HOST>
    /// ```
    ///
    /// ```ini fail2ban/jail.local bad 2
    /// [sshd-ddos]
    /// enabled = true
    /// filter = sshd-ddos
    /// ```
    ///
    /// Compared where the project brings a filter.d of its own; the package's filters are known by name, and those that it does not
    /// bring any more. Source: fail2ban's `config/filter.d`, where
    /// `sshd` has modes and no `sshd-ddos` is left; read 2026-11-27.
    RULE = "f2b-filter-missing", Warning, Medium, Look::File(&[Kind::Jail], check)
}

/// Filters that the package brings.
const PACKAGED: [&str; 95] = [
    "3proxy",
    "apache-auth",
    "apache-badbots",
    "apache-botsearch",
    "apache-common",
    "apache-fakegooglebot",
    "apache-modsecurity",
    "apache-nohome",
    "apache-noscript",
    "apache-overflows",
    "apache-pass",
    "apache-shellshock",
    "assp",
    "asterisk",
    "bitwarden",
    "botsearch-common",
    "centreon",
    "common",
    "counter-strike",
    "courier-auth",
    "courier-smtp",
    "cyrus-imap",
    "directadmin",
    "domino-smtp",
    "dovecot",
    "dropbear",
    "drupal-auth",
    "ejabberd-auth",
    "exim",
    "exim-common",
    "exim-spam",
    "freeswitch",
    "froxlor-auth",
    "gitlab",
    "grafana",
    "groupoffice",
    "gssftpd",
    "guacamole",
    "haproxy-http-auth",
    "horde",
    "kerio",
    "lighttpd-auth",
    "mongodb-auth",
    "monit",
    "monitorix",
    "mssql-auth",
    "murmur",
    "mysqld-auth",
    "nagios",
    "named-refused",
    "nginx-bad-request",
    "nginx-botsearch",
    "nginx-forbidden",
    "nginx-http-auth",
    "nginx-limit-req",
    "nsd",
    "openhab",
    "openwebmail",
    "oracleims",
    "pam-generic",
    "perdition",
    "php-url-fopen",
    "phpmyadmin-syslog",
    "portsentry",
    "postfix",
    "proftpd",
    "pure-ftpd",
    "qmail",
    "recidive",
    "roundcube-auth",
    "scanlogd",
    "screensharingd",
    "selinux-common",
    "selinux-ssh",
    "sendmail-auth",
    "sendmail-reject",
    "sieve",
    "slapd",
    "softethervpn",
    "sogo-auth",
    "solid-pop3d",
    "squid",
    "squirrelmail",
    "sshd",
    "stunnel",
    "suhosin",
    "tine20",
    "traefik-auth",
    "uwimap-auth",
    "vsftpd",
    "webmin-auth",
    "wuftpd",
    "xinetd-fail",
    "znc-adminlog",
    "zoneminder",
];

/// Jails that the package brings with a filter of another name.
const OTHERWISE: [&str; 6] = ["postfix-rbl", "postfix-sasl", "openhab-auth", "pass2allow-ftp", "sshd-ddos", "ssh-ddos"];

fn check(project: &Project, document: &Document, report: &mut Report) {
    let top = document.folder().trim_end_matches("/jail.d");
    let own: Vec<&str> = project
        .of_kind(Kind::Fail2banFilter)
        .filter(|file| file.path.starts_with(top))
        .map(|file| file.file_name().split('.').next().unwrap_or_default())
        .collect();
    // Taken out with 0.10, where it became a mode of `sshd`; without it the whole of fail2ban does not start.
    for (title, section) in document.root().entries() {
        let filter = section.get("filter");
        let name = filter.unwrap_or(title).literal().unwrap_or_default();
        let on = section.get("enabled").is_some_and(Value::is_true);
        if on && matches!(name, "sshd-ddos" | "ssh-ddos") && !own.contains(&name) {
            report
                .at(
                    filter.unwrap_or(title),
                    format!("fail2ban has no filter {name} since 0.10, and stops here with all jails"),
                )
                .help("filter = sshd[mode=aggressive]");
        }
    }
    if own.is_empty() || document.file_name() == "jail.conf" {
        return;
    }
    for (title, section) in
        document.root().entries().into_iter().filter(|(_, section)| section.get("enabled").is_some_and(Value::is_true))
    {
        let Some(filter) = section.get("filter") else {
            // A jail without one has the filter of its own name.
            let name = title.literal().unwrap_or_default();
            let known = own.contains(&name) || PACKAGED.contains(&name) || OTHERWISE.contains(&name);
            if !known && !name.is_empty() && !matches!(name, "DEFAULT" | "INCLUDES") {
                report.at(title, format!("there is no filter.d/{name}.conf: fail2ban stops here, with all jails"));
            }
            continue;
        };
        let name = filter.literal().unwrap_or_default().split('[').next().unwrap_or_default();
        if !name.is_empty()
            && !name.contains('%')
            && !own.contains(&name)
            && !PACKAGED.contains(&name)
            && !OTHERWISE.contains(&name)
        {
            report.at(filter, format!("there is no filter.d/{name}.conf: fail2ban stops here, with all jails"));
        }
    }
}
