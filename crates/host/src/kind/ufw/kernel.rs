//! What `iptables-save` says is loaded, compared with the lines that ufw meant to load.
//!
//! The kernel prints a rule with more words than it was given (`-m tcp`, `/32`, defaults). Both
//! sides are reduced to the words that decide which packets a rule takes and what becomes of them.

use ipnet::IpNet;
use piton_plan::kind::filter_policy::Policy;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// One `-A` line as the options that decide, with their values.
type Line = BTreeMap<String, String>;

const DECIDING: [&str; 13] =
    ["-A", "-s", "-d", "-p", "-i", "-o", "-j", "--dport", "--dports", "--sport", "--sports", "--ctstate", "--hitcount"];

/// The filter table of one address family.
#[derive(Debug, Default)]
pub(crate) struct Kernel {
    policies: BTreeMap<String, String>,
    lines: BTreeSet<Line>,
}

impl Kernel {
    /// Reads the filter table out of what `iptables-save` prints.
    pub(crate) fn parse(saved: &str) -> Kernel {
        let mut kernel = Kernel::default();
        // Other tables have an INPUT chain as well, with a policy of its own.
        let filter = saved.lines().skip_while(|text| *text != "*filter").take_while(|text| *text != "COMMIT");
        for text in filter {
            if let Some(chain) = text.strip_prefix(':') {
                let mut words = chain.split_whitespace();
                if let (Some(name), Some(policy)) = (words.next(), words.next()) {
                    kernel.policies.insert(name.to_owned(), policy.to_owned());
                }
            }
            kernel.lines.extend(line(text));
        }
        kernel
    }

    /// Whether packets that come in pass through ufw's chains (`ufw` or `ufw6`).
    pub(crate) fn is_live(&self, prefix: &str) -> bool {
        let jumps =
            [format!("-A INPUT -j {prefix}-before-input"), format!("-A {prefix}-before-input -j {prefix}-user-input")];
        jumps.iter().filter_map(|jump| line(jump)).all(|jump| self.lines.contains(&jump))
    }

    /// Whether a line that ufw wrote is loaded.
    pub(crate) fn has(&self, wanted: &str) -> bool {
        line(wanted).is_some_and(|wanted| self.lines.contains(&wanted))
    }

    /// What becomes of packets that no rule names, in `INPUT` or `OUTPUT`.
    pub(crate) fn policy(&self, prefix: &str, chain: &str) -> Policy {
        let reject = format!("{prefix}-reject-{}", chain.to_ascii_lowercase());
        let rejects = self
            .lines
            .iter()
            .any(|line| line.get("-A") == Some(&reject) && line.get("-j").is_some_and(|target| target == "REJECT"));
        match (self.policies.get(chain).map(String::as_str), rejects) {
            (_, true) => Policy::Reject,
            (Some("DROP"), false) => Policy::Deny,
            _ => Policy::Allow,
        }
    }
}

fn line(text: &str) -> Option<Line> {
    let mut words = text.split_whitespace().peekable();
    if words.peek() != Some(&"-A") {
        return None;
    }
    let mut line = Line::new();
    let mut not = "";
    while let Some(word) = words.next() {
        if word == "!" {
            not = "!";
        } else if DECIDING.contains(&word) {
            let value = words.next().unwrap_or_default();
            line.insert(word.to_owned(), format!("{not}{}", plain(value)));
            not = "";
        }
    }
    Some(line)
}

/// An address without the prefix that a single host has anyway.
fn plain(value: &str) -> String {
    match value.parse::<IpNet>() {
        Ok(net) if net.prefix_len() == net.max_prefix_len() => net.addr().to_string(),
        Ok(net) => net.trunc().to_string(),
        Err(_) => value.parse::<IpAddr>().map_or(value.to_owned(), |address| address.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAVED: &str = r#"*nat
:INPUT ACCEPT [0:0]
COMMIT
*filter
:INPUT DROP [0:0]
:OUTPUT ACCEPT [0:0]
:ufw-user-input - [0:0]
-A INPUT -j ufw-before-input
-A ufw-before-input -j ufw-user-input
-A ufw-user-input -s 10.0.0.0/24 -p tcp -m tcp --dport 9100 -j ACCEPT
-A ufw-user-input -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 30 --hitcount 6 --name DEFAULT --mask 255.255.255.255 --rsource -j ufw-user-limit
-A ufw-user-input -i wg0 -p tcp -m multiport --dports 80,443 -j ACCEPT
-A ufw-user-input -p tcp -m tcp --dport 22 -m comment --comment "\'dapp_OpenSSH\'" -j ACCEPT
-A ufw-user-input -s 1.2.3.4/32 -j DROP
COMMIT
"#;

    #[test]
    fn a_line_of_ufw_s_is_found_however_the_kernel_words_it() {
        let kernel = Kernel::parse(SAVED);
        let loaded = [
            "-A ufw-user-input -p tcp --dport 9100 -s 10.0.0.0/24 -j ACCEPT",
            "-A ufw-user-input -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 30 --hitcount 6 -j ufw-user-limit",
            "-A ufw-user-input -i wg0 -p tcp -m multiport --dports 80,443 -j ACCEPT",
            "-A ufw-user-input -p tcp --dport 22 -j ACCEPT -m comment --comment 'dapp_OpenSSH'",
            "-A ufw-user-input -s 1.2.3.4 -j DROP",
        ];
        for line in loaded {
            assert!(kernel.has(line), "{line}");
        }
        assert!(!kernel.has("-A ufw-user-input -p tcp --dport 9101 -s 10.0.0.0/24 -j ACCEPT"));
        assert!(!kernel.has("-A ufw-user-input -p tcp --dport 9100 -j ACCEPT"), "another source is another rule");
    }

    #[test]
    fn ufw_is_live_only_while_packets_pass_its_chains() {
        assert!(Kernel::parse(SAVED).is_live("ufw"));
        assert!(!Kernel::parse(&SAVED.replace("-A ufw-before-input -j ufw-user-input\n", "")).is_live("ufw"));
        assert!(!Kernel::parse("").is_live("ufw"));
    }

    #[test]
    fn the_default_policy_is_the_kernel_s() {
        let kernel = Kernel::parse(SAVED);
        assert_eq!((kernel.policy("ufw", "INPUT"), kernel.policy("ufw", "OUTPUT")), (Policy::Deny, Policy::Allow));
        let reject = "-A ufw-reject-input -j REJECT --reject-with icmp-port-unreachable\n:OUTPUT";
        let rejecting = SAVED.replace(":OUTPUT", reject);
        assert_eq!(Kernel::parse(&rejecting).policy("ufw", "INPUT"), Policy::Reject);
    }
}
