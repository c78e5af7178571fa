//! ufw as its own files and the kernel show it, without running ufw: that is Python and slow.
//!
//! Changes go through the `ufw` program, so that it stays what manages the filter. See
//! [`tuple`] for a rule's memory in its file, [`kernel`] for what is really loaded, and
//! [`parameters`] for what ufw sets besides rules.

mod kernel;
pub(super) mod parameters;
pub(super) mod tuple;

use super::look::Filter;
use crate::saved::{Bytes, Content, Entry, Saved};
use crate::system::{Fault, FaultCode, System};
use kernel::Kernel;
use piton_plan::kind::FilterRule;
use piton_plan::kind::filter_policy::Policy;
use std::collections::BTreeSet;
use tuple::Tuple;

pub(super) const RULES: [&str; 2] = ["/etc/ufw/user.rules", "/etc/ufw/user6.rules"];
pub(super) const SWITCH: &str = "/etc/ufw/ufw.conf";
pub(crate) const DEFAULTS: &str = "/etc/default/ufw";
/// Loads the rules at boot, if the switch says so.
pub(super) const UNIT: &str = "ufw.service";

/// ufw's own idea of itself.
#[derive(Debug)]
pub(crate) struct Ufw {
    pub(crate) enabled: bool,
    pub(crate) incoming: Policy,
    pub(crate) outgoing: Policy,
    /// None: ufw leaves IPv6 alone.
    v6: Option<Vec<Written>>,
    v4: Vec<Written>,
}

/// A rule with the lines that ufw made of it.
#[derive(Debug)]
struct Written {
    tuple: Tuple,
    lines: Vec<String>,
}

impl Ufw {
    /// Reads ufw's files; none where ufw is not installed.
    pub(crate) fn read(system: &System) -> Result<Option<Ufw>, Fault> {
        let (Some(switch), Some(defaults)) = (system.read_text(SWITCH)?, system.read_text(DEFAULTS)?) else {
            return Ok(None);
        };
        let [v4, v6] = RULES;
        let with_v6 = setting(&defaults, "IPV6").is_some_and(|value| value.eq_ignore_ascii_case("yes"));
        let v6 = if with_v6 { Some(entries(&system.read_text(v6)?.unwrap_or_default())) } else { None };
        Ok(Some(Ufw {
            enabled: setting(&switch, "ENABLED").is_some_and(|value| value.eq_ignore_ascii_case("yes")),
            incoming: policy(&defaults, "DEFAULT_INPUT_POLICY"),
            outgoing: policy(&defaults, "DEFAULT_OUTPUT_POLICY"),
            v4: entries(&system.read_text(v4)?.unwrap_or_default()),
            v6,
        }))
    }

    /// Whether ufw manages IPv6 as well.
    pub(crate) fn has_v6(&self) -> bool {
        self.v6.is_some()
    }

    /// Every rule by name with the lines that ufw made of it, for IPv4 and for IPv6.
    pub(crate) fn lines(&self) -> Vec<(String, Vec<String>, Vec<String>)> {
        let mut found: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
        for entry in &self.v4 {
            found.push((entry.tuple.name(), entry.lines.clone(), Vec::new()));
        }
        for entry in self.v6.iter().flatten() {
            let name = entry.tuple.name();
            match found.iter_mut().find(|(other, _, v6)| *other == name && v6.is_empty()) {
                Some((_, _, lines)) => lines.clone_from(&entry.lines),
                None => found.push((name, Vec::new(), entry.lines.clone())),
            }
        }
        found
    }

    /// Every rule by name; an IPv6 twin has its brother's.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.tuples().map(Tuple::name).collect()
    }

    pub(super) fn tuples(&self) -> impl Iterator<Item = &Tuple> {
        self.v4.iter().chain(self.v6.iter().flatten()).map(|entry| &entry.tuple)
    }

    /// Whether ufw's files have a rule, in each address family that it is for.
    pub(super) fn has(&self, rule: &FilterRule) -> bool {
        let families = self.families(rule);
        !families.is_empty() && families.iter().all(|(entries, _)| find(entries, rule).is_some())
    }

    /// Whether the kernel has a rule; none while it has no rule of ufw's at all.
    pub(super) fn loaded(&self, rule: &FilterRule, live: &Live) -> Option<bool> {
        let families = self.families(rule);
        let loaded = |(entries, v6): &(&[Written], bool)| {
            let kernel = if *v6 { &live.v6 } else { &live.v4 };
            find(entries, rule).is_some_and(|entry| entry.lines.iter().all(|line| kernel.has(line)))
        };
        self.is_live(live).then(|| families.iter().all(loaded))
    }

    /// Whether every packet that comes in passes through ufw's rules.
    pub(super) fn is_live(&self, live: &Live) -> bool {
        live.v4.is_live("ufw") && (self.v6.is_none() || live.v6.is_live("ufw6"))
    }

    /// The policies that the kernel applies to what no rule names: incoming and outgoing, for
    /// each address family that ufw manages.
    pub(super) fn live_policies(&self, live: &Live) -> Vec<(Policy, Policy)> {
        let both = |kernel: &Kernel, prefix: &str| (kernel.policy(prefix, "INPUT"), kernel.policy(prefix, "OUTPUT"));
        let v6 = self.v6.as_ref().map(|_| both(&live.v6, "ufw6"));
        [both(&live.v4, "ufw")].into_iter().chain(v6).collect()
    }

    /// The rule lists that a rule belongs into, and whether they are IPv6's.
    fn families(&self, rule: &FilterRule) -> Vec<(&[Written], bool)> {
        let addresses = || [rule.from, rule.to].into_iter().flatten();
        let v4 = addresses().all(|net| net.addr().is_ipv4()).then_some((self.v4.as_slice(), false));
        let v6 = self.v6.as_deref().filter(|_| addresses().all(|net| net.addr().is_ipv6()));
        v4.into_iter().chain(v6.map(|entries| (entries, true))).collect()
    }
}

/// The loaded filter of both address families.
#[derive(Debug, Default)]
pub(super) struct Live {
    v4: Kernel,
    v6: Kernel,
}

impl Live {
    pub(super) fn of(filter: &Filter) -> Live {
        let read = |saved: &Option<String>| saved.as_deref().map(Kernel::parse).unwrap_or_default();
        Live { v4: read(&filter.v4), v6: read(&filter.v6) }
    }
}

/// Runs `ufw` with these words.
pub(super) fn run(system: &System, words: &[String]) -> Result<(), Fault> {
    let argv: Vec<&str> = ["ufw"].into_iter().chain(words.iter().map(String::as_str)).collect();
    system.run_ok(&argv).map(drop)
}

/// Reads ufw's files where they must be there.
pub(super) fn installed(system: &System) -> Result<Ufw, Fault> {
    Ufw::read(system)?.ok_or_else(|| {
        Fault::new(FaultCode::MissingProgram, "ufw is not installed on this host")
            .help("add `ufw` to the host's packages")
    })
}

/// The rules that ufw's files had when they were saved.
pub(super) fn saved_tuples(saved: &[Saved]) -> Vec<Tuple> {
    let files = RULES.iter().filter_map(|path| saved_text(saved, path));
    files.flat_map(|text| entries(&text)).map(|entry| entry.tuple).collect()
}

/// The text of a file as it was saved.
pub(super) fn saved_text(saved: &[Saved], wanted: &str) -> Option<String> {
    saved.iter().find_map(|one| match one {
        Saved::Path { path, entry: Entry::File { content: Content::Inline(Bytes::Text(text)), .. } } => {
            (path == wanted).then(|| text.clone())
        }
        _ => None,
    })
}

/// `KEY=value` of a shell file, without its quotes.
pub(super) fn setting<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let value = |line: &'a str| line.trim().strip_prefix(key)?.strip_prefix('=').map(|value| value.trim_matches('"'));
    text.lines().filter_map(value).next_back()
}

pub(crate) fn policy(defaults: &str, key: &str) -> Policy {
    match setting(defaults, key) {
        Some("DROP") => Policy::Deny,
        Some("REJECT") => Policy::Reject,
        _ => Policy::Allow,
    }
}

fn find<'a>(entries: &'a [Written], rule: &FilterRule) -> Option<&'a Written> {
    entries.iter().find(|entry| entry.tuple.rule().is_some_and(|other| tuple::same(&other, rule)))
}

fn entries(text: &str) -> Vec<Written> {
    let mut entries: Vec<Written> = Vec::new();
    for line in text.lines().take_while(|line| !line.starts_with("### END RULES")) {
        if let Some(tuple) = Tuple::parse(line) {
            entries.push(Written { tuple, lines: Vec::new() });
        } else if let (true, Some(entry)) = (line.starts_with("-A "), entries.last_mut()) {
            entry.lines.push(line.to_owned());
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_plan::kind::filter_rule::Protocol;

    const V4: &str = "*filter\n:ufw-user-input - [0:0]\n### RULES ###\n\n\
        ### tuple ### allow tcp 222 0.0.0.0/0 any 0.0.0.0/0 in\n-A ufw-user-input -p tcp --dport 222 -j ACCEPT\n\n\
        ### tuple ### allow any any 0.0.0.0/0 any 10.0.0.0/24 in\n-A ufw-user-input -s 10.0.0.0/24 -j ACCEPT\n\n\
        ### END RULES ###\n-A ufw-user-limit -j REJECT\nCOMMIT\n";
    const V6: &str = "### RULES ###\n### tuple ### allow tcp 222 ::/0 any ::/0 in\n\
        -A ufw6-user-input -p tcp --dport 222 -j ACCEPT\n### END RULES ###\n";
    const LIVE: &str = "*filter\n:INPUT DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j ufw-before-input\n\
        -A ufw-before-input -j ufw-user-input\n-A ufw-user-input -p tcp -m tcp --dport 222 -j ACCEPT\nCOMMIT\n";

    fn host(folder: &std::path::Path) -> System {
        let system = System::at(folder);
        let files = [
            (RULES[0], V4),
            (RULES[1], V6),
            (SWITCH, "# Set to yes to start on boot.\nENABLED=yes\nLOGLEVEL=low\n"),
            (DEFAULTS, "IPV6=yes\nDEFAULT_INPUT_POLICY=\"DROP\"\nDEFAULT_OUTPUT_POLICY=\"ACCEPT\"\n"),
        ];
        for (path, text) in files {
            let path = system.path(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        system
    }

    #[test]
    fn a_rule_is_there_when_both_families_have_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = host(folder.path());
        let ufw = installed(&system).expect("ufw's files");
        let ssh = FilterRule::allow(Protocol::Tcp, 222);
        assert!(ufw.has(&ssh));
        let mesh = FilterRule { protocol: None, ports: None, from: "10.0.0.0/24".parse().ok(), ..ssh.clone() };
        assert!(ufw.has(&mesh), "an IPv4 source needs no twin");
        assert!(!ufw.has(&FilterRule::allow(Protocol::Udp, 222)));
        std::fs::write(system.path(RULES[1]), "").expect("a file");
        assert!(!installed(&system).expect("ufw's files").has(&ssh), "the IPv6 twin is gone");
    }

    #[test]
    fn twins_are_one_rule() {
        let folder = tempfile::tempdir().expect("a folder");
        let ufw = installed(&host(folder.path())).expect("ufw's files");
        assert_eq!(ufw.names(), ["allow 222/tcp", "allow any from 10.0.0.0/24"].map(str::to_owned).into());
        assert_eq!((ufw.enabled, ufw.incoming, ufw.outgoing), (true, Policy::Deny, Policy::Allow));
    }

    #[test]
    fn a_rule_in_the_files_may_be_missing_in_the_kernel() {
        let folder = tempfile::tempdir().expect("a folder");
        let ufw = installed(&host(folder.path())).expect("ufw's files");
        let live = Live::of(&Filter { v4: Some(LIVE.into()), v6: Some(LIVE.replace("ufw-", "ufw6-")) });
        let ssh = FilterRule::allow(Protocol::Tcp, 222);
        let mesh = FilterRule { protocol: None, ports: None, from: "10.0.0.0/24".parse().ok(), ..ssh.clone() };
        assert_eq!(ufw.loaded(&ssh, &live), Some(true));
        assert_eq!(ufw.loaded(&mesh, &live), Some(false));
        assert_eq!(ufw.loaded(&ssh, &Live::default()), None, "ufw is off");
        assert_eq!(ufw.live_policies(&live), vec![(Policy::Deny, Policy::Allow); 2]);
    }
}
