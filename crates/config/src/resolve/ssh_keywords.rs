//! The keywords of sshd_config(5), as OpenSSH 8.9 to 10 know them, and how each takes a list.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// `Ciphers a,b`.
    Commas,
    /// `AuthenticationMethods a b`.
    Spaces,
    /// `HostKey` once for each.
    Lines,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Keyword {
    pub(super) name: &'static str,
    pub(super) lists: Lists,
}

/// What has a key of its own, or no place in a file of keywords, and the advice.
pub(super) const ELSEWHERE: &[(&str, &str)] = &[
    ("Port", "use `ssh.port`: the filter, the ban and the socket follow it"),
    ("AllowUsers", "use `ssh.allow_users`: piton makes sure that the admin is among them"),
    ("Match", "put a file with the block under [[files]], in /etc/ssh/sshd_config.d and sorted last"),
    ("Include", "put the file itself under [[files]], in /etc/ssh/sshd_config.d"),
];

/// Old names that sshd still takes; two names for one keyword would hide which one wins.
const ALIASES: &[(&str, &str)] = &[
    ("ChallengeResponseAuthentication", "KbdInteractiveAuthentication"),
    ("SkeyAuthentication", "KbdInteractiveAuthentication"),
    ("DSAAuthentication", "PubkeyAuthentication"),
    ("PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms"),
    ("HostbasedAcceptedKeyTypes", "HostbasedAcceptedAlgorithms"),
    ("CASignatureAlgorithm", "CASignatureAlgorithms"),
    ("KeyboardInteractiveAuthentication", "KbdInteractiveAuthentication"),
];

const COMMAS: &[&str] = &[
    "CASignatureAlgorithms",
    "Ciphers",
    "HostKeyAlgorithms",
    "HostbasedAcceptedAlgorithms",
    "KexAlgorithms",
    "MACs",
    "PubkeyAcceptedAlgorithms",
];

const LINES: &[&str] = &["HostCertificate", "HostKey", "ListenAddress", "Subsystem"];

const SPACES: &[&str] = &[
    "AcceptEnv",
    "AddressFamily",
    "AllowAgentForwarding",
    "AllowGroups",
    "AllowStreamLocalForwarding",
    "AllowTcpForwarding",
    "AuthenticationMethods",
    "AuthorizedKeysCommand",
    "AuthorizedKeysCommandUser",
    "AuthorizedKeysFile",
    "AuthorizedPrincipalsCommand",
    "AuthorizedPrincipalsCommandUser",
    "AuthorizedPrincipalsFile",
    "Banner",
    "ChannelTimeout",
    "ChrootDirectory",
    "ClientAliveCountMax",
    "ClientAliveInterval",
    "Compression",
    "DebianBanner",
    "DenyGroups",
    "DenyUsers",
    "DisableForwarding",
    "ExposeAuthInfo",
    "FingerprintHash",
    "ForceCommand",
    "GSSAPIAuthentication",
    "GSSAPICleanupCredentials",
    "GSSAPIKeyExchange",
    "GSSAPIStoreCredentialsOnRekey",
    "GSSAPIStrictAcceptorCheck",
    "GatewayPorts",
    "HostKeyAgent",
    "HostbasedAuthentication",
    "HostbasedUsesNameFromPacketOnly",
    "IPQoS",
    "IgnoreRhosts",
    "IgnoreUserKnownHosts",
    "KbdInteractiveAuthentication",
    "KerberosAuthentication",
    "KerberosGetAFSToken",
    "KerberosOrLocalPasswd",
    "KerberosTicketCleanup",
    "LogLevel",
    "LogVerbose",
    "LoginGraceTime",
    "MaxAuthTries",
    "MaxSessions",
    "MaxStartups",
    "ModuliFile",
    "PAMServiceName",
    "PasswordAuthentication",
    "PerSourceMaxStartups",
    "PerSourceNetBlockSize",
    "PerSourcePenalties",
    "PerSourcePenaltyExemptList",
    "PermitEmptyPasswords",
    "PermitListen",
    "PermitOpen",
    "PermitRootLogin",
    "PermitTTY",
    "PermitTunnel",
    "PermitUserEnvironment",
    "PermitUserRC",
    "PidFile",
    "PrintLastLog",
    "PrintMotd",
    "PubkeyAuthOptions",
    "PubkeyAuthentication",
    "RDomain",
    "RekeyLimit",
    "RequiredRSASize",
    "RevokedKeys",
    "SecurityKeyProvider",
    "SetEnv",
    "StreamLocalBindMask",
    "StreamLocalBindUnlink",
    "StrictModes",
    "SyslogFacility",
    "TCPKeepAlive",
    "TrustedUserCAKeys",
    "UnusedConnectionTimeout",
    "UseDNS",
    "UsePAM",
    "VersionAddendum",
    "X11DisplayOffset",
    "X11Forwarding",
    "X11UseLocalhost",
    "XAuthLocation",
];

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    [COMMAS, LINES, SPACES].into_iter().flatten().copied()
}

/// Gives a keyword by its name, in any case, spelled as sshd_config does.
pub(super) fn find(written: &str) -> Option<Keyword> {
    let alias = ALIASES.iter().find(|(old, _)| old.eq_ignore_ascii_case(written));
    let written = alias.map_or(written, |(_, name)| name);
    [(COMMAS, Lists::Commas), (LINES, Lists::Lines), (SPACES, Lists::Spaces)].into_iter().find_map(|(names, lists)| {
        let name = names.iter().find(|name| name.eq_ignore_ascii_case(written))?;
        Some(Keyword { name, lists })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_and_old_names_become_new_ones() {
        assert_eq!(find("passwordauthentication").unwrap().name, "PasswordAuthentication");
        assert_eq!(find("ChallengeResponseAuthentication").unwrap().name, "KbdInteractiveAuthentication");
        assert!(find("PermitRootLogon").is_none());
    }

    #[test]
    fn every_old_name_leads_to_a_keyword() {
        for (old, name) in ALIASES {
            assert_eq!(find(old).unwrap().name, *name);
            assert!(names().all(|known| known != *old), "{old} is in both lists");
        }
    }
}
