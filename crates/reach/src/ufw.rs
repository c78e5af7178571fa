//! ufw as its files say it is: what it would load, for foretelling a change.
//!
//! What is loaded already is in the [`crate::Filter`], as the kernel has it. Here is what ufw would
//! put there when it is turned on or reloaded: its own frame of chains, the rules of its files
//! `before.rules` and `after.rules`, and the user's rules between them.

use crate::filter::{Family, Filter, Program, Table, save};
use piton_plan::kind::filter_policy::Policy;
use piton_plan::kind::filter_rule::{Action, Protocol};
use piton_plan::kind::{FilterRule, Kind};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ufw {
    /// It is loaded now, and comes up at boot.
    pub enabled: bool,
    pub v6: bool,
    pub incoming: Policy,
    pub outgoing: Policy,
    /// What becomes of packets that pass through the host.
    pub routed: Policy,
    /// The user's rules, in ufw's order.
    pub rules: Vec<UserRule>,
    pub before: Files,
    pub after: Files,
}

/// One of ufw's rule files for each address family.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    pub v4: String,
    pub v6: String,
}

/// A rule of the user's, and the lines that ufw makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRule {
    /// As the filter rules of a plan are named.
    pub name: String,
    pub v4: Vec<String>,
    pub v6: Vec<String>,
}

impl From<&FilterRule> for UserRule {
    fn from(rule: &FilterRule) -> UserRule {
        UserRule { name: rule.name(), v4: lines(rule, "ufw", false), v6: lines(rule, "ufw6", true) }
    }
}

impl Ufw {
    /// As it is when it was just installed: off, and with the distribution's own rules.
    pub fn fresh() -> Ufw {
        Ufw {
            enabled: false,
            v6: true,
            incoming: Policy::Deny,
            outgoing: Policy::Allow,
            routed: Policy::Deny,
            rules: Vec::new(),
            before: Files { v4: BEFORE.into(), v6: BEFORE.replace("ufw-", "ufw6-") + BEFORE_V6 },
            after: Files::default(),
        }
    }

    /// Takes a rule in. For ufw two rules that differ in what they do are one: the later one stays,
    /// in its place.
    pub fn add(&mut self, rule: &FilterRule) {
        let what = |name: &str| name.split_once(' ').map(|(_, what)| what.to_owned());
        let new = UserRule::from(rule);
        match self.rules.iter_mut().find(|other| what(&other.name) == what(&new.name)) {
            Some(other) => *other = new,
            // ufw takes the first rule that fits, so piton puts refusals in front.
            None if matches!(rule.action, Action::Deny | Action::Reject) => self.rules.insert(0, new),
            None => self.rules.push(new),
        }
    }

    pub fn remove(&mut self, name: &str) {
        self.rules.retain(|rule| rule.name != name);
    }

    /// Loads ufw's rules in place of those that it had loaded.
    pub fn load(&self, filter: &mut Filter) -> Result<(), String> {
        unload(filter);
        self.load_family(filter, false)?;
        if self.v6 { self.load_family(filter, true) } else { Ok(()) }
    }

    fn load_family(&self, filter: &mut Filter, v6: bool) -> Result<(), String> {
        let family = if v6 { Family::Ip6 } else { Family::Ip };
        let text = self.frame(v6);
        let own = save::parse(&text, v6)?.into_iter().next().ok_or("ufw has no rules")?;
        let place = filter
            .tables
            .iter()
            .position(|table| table.program != Program::Nft && table.family == family && table.name == "filter");
        match place.and_then(|place| filter.tables.get_mut(place)) {
            None => filter.tables.push(own),
            Some(table) => join(table, own),
        }
        Ok(())
    }

    /// Everything that ufw loads into one family's filter table, as `iptables-save` would print it.
    fn frame(&self, v6: bool) -> String {
        let p = if v6 { "ufw6" } else { "ufw" };
        let policy = |policy: Policy| if policy == Policy::Allow { "ACCEPT" } else { "DROP" };
        let mut text = String::from("*filter\n");
        let hooks = [
            ("INPUT", "input", self.incoming),
            ("FORWARD", "forward", self.routed),
            ("OUTPUT", "output", self.outgoing),
        ];
        // Writing to a String cannot fail.
        for (chain, _, decides) in hooks {
            let _ = writeln!(text, ":{chain} {} [0:0]", policy(decides));
        }
        for part in ["before", "user", "after", "reject", "track"] {
            for (_, hook, _) in hooks {
                let _ = writeln!(text, ":{p}-{part}-{hook} - [0:0]");
            }
        }
        for own in [
            "user-limit",
            "user-limit-accept",
            "not-local",
            "skip-to-policy-input",
            "skip-to-policy-forward",
            "skip-to-policy-output",
        ] {
            let _ = writeln!(text, ":{p}-{own} - [0:0]");
        }
        for (chain, hook, decides) in hooks {
            for part in ["before", "after", "reject", "track"] {
                let _ = writeln!(text, "-A {chain} -j {p}-{part}-{hook}");
            }
            if decides == Policy::Reject {
                let _ = writeln!(text, "-A {p}-reject-{hook} -j REJECT");
            }
            let _ = writeln!(
                text,
                "-A {p}-skip-to-policy-{hook} -j {}",
                if decides == Policy::Reject { "REJECT" } else { policy(decides) }
            );
        }
        let _ = writeln!(text, "-A {p}-user-limit -j REJECT\n-A {p}-user-limit-accept -j ACCEPT");
        let (before, after) = match v6 {
            true => (&self.before.v6, &self.after.v6),
            false => (&self.before.v4, &self.after.v4),
        };
        text.push_str(&rules_of(before));
        for (_, hook, _) in hooks {
            let _ = writeln!(text, "-A {p}-before-{hook} -j {p}-user-{hook}");
        }
        for rule in &self.rules {
            for line in if v6 { &rule.v6 } else { &rule.v4 } {
                let _ = writeln!(text, "{line}");
            }
        }
        text.push_str(&rules_of(after));
        text.push_str("COMMIT\n");
        text
    }
}

/// The lines of a rule file's filter table: its chains and its rules.
fn rules_of(file: &str) -> String {
    let mut inside = false;
    let mut found = String::new();
    for line in file.lines().map(str::trim) {
        match line {
            "*filter" => inside = true,
            "COMMIT" => inside = false,
            rule if inside && rule.starts_with("-A ") => {
                found.push_str(rule);
                found.push('\n');
            }
            // Chains that the file brings itself; ufw's own are in the frame.
            chain if inside && chain.starts_with(':') && !chain.starts_with(":ufw") => {
                found.push_str(chain);
                found.push('\n');
            }
            _ => {}
        }
    }
    found
}

/// A rule of the user's, as ufw writes it into its chain.
fn lines(rule: &FilterRule, prefix: &str, v6: bool) -> Vec<String> {
    let addresses = [rule.from, rule.to].into_iter().flatten();
    if addresses.clone().any(|net| net.addr().is_ipv6() != v6) {
        return Vec::new();
    }
    let mut words = format!("-A {prefix}-user-input");
    if let Some(interface) = &rule.interface {
        let _ = write!(words, " -i {interface}");
    }
    if let Some(to) = rule.to {
        let _ = write!(words, " -d {to}");
    }
    if let Some(from) = rule.from {
        let _ = write!(words, " -s {from}");
    }
    let protocols: Vec<Option<Protocol>> = match (rule.protocol, rule.ports) {
        // A port without a protocol is a rule for each.
        (None, Some(_)) => vec![Some(Protocol::Tcp), Some(Protocol::Udp)],
        (protocol, _) => vec![protocol],
    };
    let mut found = Vec::new();
    for protocol in protocols {
        let mut line = words.clone();
        if let Some(protocol) = protocol {
            let _ = write!(line, " -p {protocol}");
        }
        if let Some(ports) = rule.ports {
            let _ = match ports.first == ports.last {
                true => write!(line, " --dport {}", ports.first),
                false => write!(line, " -m multiport --dports {ports}"),
            };
        }
        match rule.action {
            Action::Allow => found.push(format!("{line} -j ACCEPT")),
            Action::Deny => found.push(format!("{line} -j DROP")),
            Action::Reject => found.push(format!("{line} -j REJECT")),
            Action::Limit => {
                found.push(format!("{line} -m conntrack --ctstate NEW -m recent --update --seconds 30 --hitcount 6 -j {prefix}-user-limit"));
                found.push(format!("{line} -j {prefix}-user-limit-accept"));
            }
        }
    }
    found
}

/// Takes what ufw had loaded out again, and lets everything pass that nobody else stops.
pub fn unload(filter: &mut Filter) {
    for table in filter.tables.iter_mut().filter(|table| table.program != Program::Nft && table.name == "filter") {
        let is_own = |name: &str| name.starts_with("ufw-") || name.starts_with("ufw6-");
        let had = table.chains.iter().any(|chain| is_own(&chain.name));
        table.chains.retain(|chain| !is_own(&chain.name));
        for chain in &mut table.chains {
            chain.rules.retain(|rule| !jumps_to_ufw(rule));
            if let Some(base) = chain.base.as_mut().filter(|_| had) {
                base.drops = false;
            }
        }
    }
}

fn jumps_to_ufw(rule: &crate::filter::Rule) -> bool {
    rule.parts.iter().any(|part| match part {
        crate::filter::Part::Do(crate::filter::Action::Jump(chain)) => {
            chain.starts_with("ufw-") || chain.starts_with("ufw6-")
        }
        _ => false,
    })
}

/// Puts ufw's chains beside those of others: its jumps come after what stands there.
fn join(table: &mut Table, own: Table) {
    for chain in own.chains {
        match table.chain_mut(&chain.name) {
            None => table.chains.push(chain),
            Some(other) => {
                other.rules.extend(chain.rules);
                if let (Some(base), Some(wanted)) = (&mut other.base, &chain.base) {
                    base.drops = wanted.drops;
                }
            }
        }
    }
    for chain in &mut table.chains {
        for (number, rule) in (1..).zip(&mut chain.rules) {
            rule.number = number;
        }
    }
}

/// What matters of the rules that Debian's and Ubuntu's ufw comes with: the host itself, answers,
/// nothing that makes no sense, nothing that is not for this host.
const BEFORE: &str = "*filter
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-output -o lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-output -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -m conntrack --ctstate INVALID -j DROP
-A ufw-before-input -p udp --sport 67 --dport 68 -j ACCEPT
-A ufw-before-input -j ufw-not-local
-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
-A ufw-not-local -m addrtype --dst-type BROADCAST -j RETURN
-A ufw-not-local -j DROP
-A ufw-before-input -p udp -d 224.0.0.251 --dport 5353 -j ACCEPT
-A ufw-before-input -p udp -d 239.255.255.250 --dport 1900 -j ACCEPT
COMMIT
";

const BEFORE_V6: &str = "";
