//! One rule of ufw's own files: the `### tuple ###` comment it keeps above the iptables lines.
//!
//! The comment is ufw's memory; everything else in the file is written anew from it. A tuple can
//! say more than piton's own rules do (two port lists, outgoing, routed, application profiles), so
//! it keeps every field: a rule that piton cannot make must still have a name, and be deletable.

use ipnet::IpNet;
use piton_plan::kind::filter_rule::{Action, FilterRule, Ports, Protocol};
use std::fmt::Write;
use std::net::IpAddr;

/// The rule behind one tuple comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tuple {
    action: String,
    log: Option<String>,
    routed: bool,
    outgoing: bool,
    protocol: Option<String>,
    to: End,
    from: End,
    interface_in: Option<String>,
    interface_out: Option<String>,
    pub(crate) comment: Option<String>,
}

/// One end of a rule; None in a field means any.
#[derive(Clone, Debug, PartialEq, Eq)]
struct End {
    address: Option<IpNet>,
    port: Option<String>,
    application: Option<String>,
}

impl Tuple {
    /// Reads one line of `user.rules`; None for every line that is not a well-formed tuple.
    pub(crate) fn parse(line: &str) -> Option<Tuple> {
        let text = line.strip_prefix("### tuple ###")?.trim();
        let (text, comment) = match text.split_once(" comment=") {
            Some((text, hex)) => (text, Some(from_hex(hex.trim()))),
            None => (text, None),
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        // Six fields, two more for application profiles, one more for the direction.
        let [action, protocol, port, to, source_port, from, rest @ ..] = fields.as_slice() else { return None };
        let (applications, direction) = match rest {
            [] => (None, "in"),
            [direction] => (None, *direction),
            [to, from] => (Some((*to, *from)), "in"),
            [to, from, direction] => (Some((*to, *from)), *direction),
            _ => return None,
        };
        let (routed, action) = match action.strip_prefix("route:") {
            Some(action) => (true, action),
            None => (false, *action),
        };
        let (action, log) = match action.split_once('_') {
            Some((action, log)) => (action, Some(log.to_owned())),
            None => (action, None),
        };
        let profile = |name: &str| (name != "-").then(|| name.replace("%20", " "));
        let (outgoing, interface_in, interface_out) = direction_of(direction);
        Some(Tuple {
            action: action.to_owned(),
            log,
            routed,
            outgoing,
            protocol: some(protocol),
            to: End { address: network(to)?, port: some(port), application: applications.and_then(|it| profile(it.0)) },
            from: End {
                address: network(from)?,
                port: some(source_port),
                application: applications.and_then(|it| profile(it.1)),
            },
            interface_in,
            interface_out,
            comment,
        })
    }

    /// The rule as piton has it, unless it says what piton's rules cannot say.
    pub(crate) fn rule(&self) -> Option<FilterRule> {
        let plain = !self.routed
            && !self.outgoing
            && self.log.is_none()
            && self.from.port.is_none()
            && self.to.application.is_none()
            && self.from.application.is_none()
            && self.interface_out.is_none();
        if !plain {
            return None;
        }
        let action = match self.action.as_str() {
            "allow" => Action::Allow,
            "deny" => Action::Deny,
            "reject" => Action::Reject,
            "limit" => Action::Limit,
            _ => return None,
        };
        let protocol = match self.protocol.as_deref() {
            None => None,
            Some("tcp") => Some(Protocol::Tcp),
            Some("udp") => Some(Protocol::Udp),
            Some(_) => return None,
        };
        let ports = match self.to.port.as_deref() {
            None => None,
            Some(text) => Some(ports(text)?),
        };
        Some(FilterRule {
            action,
            protocol,
            ports,
            from: self.from.address,
            to: self.to.address,
            interface: self.interface_in.clone(),
            comment: self.comment.clone(),
        })
    }

    /// What the rule is called: as piton would call it, or as one would type it to ufw.
    pub(crate) fn name(&self) -> String {
        match self.rule() {
            Some(rule) => rule.to_string(),
            None => self.words(false).join(" "),
        }
    }

    /// The arguments after `ufw` that add it.
    pub(crate) fn add_arguments(&self) -> Vec<String> {
        let mut words = self.words(false);
        words.extend(comment_words(self.comment.as_deref()));
        words
    }

    /// The arguments after `ufw` that delete it, in both address families.
    pub(crate) fn delete_arguments(&self) -> Vec<String> {
        self.words(true)
    }

    fn words(&self, delete: bool) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let mut say = |text: &[&str]| words.extend(text.iter().map(|word| (*word).to_owned()));
        if self.routed {
            say(&["route"]);
        }
        if delete {
            say(&["delete"]);
        }
        say(&[&self.action]);
        match (&self.interface_in, &self.interface_out) {
            (None, None) if self.outgoing => say(&["out"]),
            (None, None) => {}
            (entry, exit) => {
                entry.iter().for_each(|name| say(&["in", "on", name]));
                exit.iter().for_each(|name| say(&["out", "on", name]));
            }
        }
        self.log.iter().for_each(|log| say(&[log]));
        // A profile names its protocol itself, and ufw refuses to hear it twice.
        let profiled = self.to.application.is_some() || self.from.application.is_some();
        if let (Some(protocol), false) = (&self.protocol, profiled) {
            say(&["proto", protocol]);
        }
        for (word, end) in [("from", &self.from), ("to", &self.to)] {
            say(&[word, &end.address.map_or("any".to_owned(), |address| address.to_string())]);
            match (&end.application, &end.port) {
                (Some(application), _) => say(&["app", application]),
                (None, Some(port)) => say(&["port", port]),
                (None, None) => {}
            }
        }
        words
    }
}

/// The arguments after `ufw` that add a rule.
pub(crate) fn add_arguments(rule: &FilterRule) -> Vec<String> {
    let mut words = rule_words(rule);
    words.extend(comment_words(rule.comment.as_deref()));
    words
}

/// ufw refuses a comment with a quote in it.
fn comment_words(comment: Option<&str>) -> Vec<String> {
    comment.map(|comment| vec!["comment".to_owned(), comment.replace('\'', "")]).unwrap_or_default()
}

/// The arguments after `ufw` that delete a rule.
pub(crate) fn delete_arguments(rule: &FilterRule) -> Vec<String> {
    let mut words = vec!["delete".to_owned()];
    words.extend(rule_words(rule));
    words
}

fn rule_words(rule: &FilterRule) -> Vec<String> {
    let mut text = rule.action.to_string();
    // Writing to a String cannot fail.
    if let Some(interface) = &rule.interface {
        let _ = write!(text, " in on {interface}");
    }
    if let Some(protocol) = rule.protocol {
        let _ = write!(text, " proto {protocol}");
    }
    let address = |end: Option<IpNet>| end.map_or("any".to_owned(), |net| net.trunc().to_string());
    let _ = write!(text, " from {} to {}", address(rule.from), address(rule.to));
    if let Some(ports) = rule.ports {
        let _ = write!(text, " port {ports}");
    }
    text.split(' ').map(str::to_owned).collect()
}

/// Whether two rules say the same: comments and bits past the prefix do not count.
pub(crate) fn same(one: &FilterRule, other: &FilterRule) -> bool {
    let bare = |rule: &FilterRule| {
        let network = |end: Option<IpNet>| end.map(|net| net.trunc()).filter(|net| net.prefix_len() > 0);
        FilterRule { from: network(rule.from), to: network(rule.to), comment: None, ..rule.clone() }
    };
    bare(one) == bare(other)
}

fn some(field: &str) -> Option<String> {
    (field != "any").then(|| field.to_owned())
}

/// Some(None) is any address, of either family.
fn network(field: &str) -> Option<Option<IpNet>> {
    if matches!(field, "any" | "0.0.0.0/0" | "::/0") {
        return Some(None);
    }
    let address = field.parse::<IpAddr>().ok().map(IpNet::from);
    address.or_else(|| field.parse().ok()).map(Some)
}

fn ports(text: &str) -> Option<Ports> {
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    Some(Ports { first: first.parse().ok()?, last: last.parse().ok()? })
}

/// Reads `in`, `out`, `in_eth0`, `out_eth0` and `in_eth0!out_eth1`.
fn direction_of(field: &str) -> (bool, Option<String>, Option<String>) {
    let mut interfaces = (None, None);
    for part in field.split('!') {
        match part.split_once('_') {
            Some(("in", name)) => interfaces.0 = Some(name.to_owned()),
            Some(("out", name)) => interfaces.1 = Some(name.to_owned()),
            _ => {}
        }
    }
    (field.starts_with("out"), interfaces.0, interfaces.1)
}

/// Comments are kept in hex; what is not hex or not UTF-8 is shown as well as it can be.
fn from_hex(hex: &str) -> String {
    let digits: Vec<u8> = hex.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(line: &str) -> String {
        Tuple::parse(line).expect("a tuple").name()
    }

    #[test]
    fn a_tuple_is_named_as_piton_names_the_rule() {
        let names = [
            ("### tuple ### allow tcp 222 0.0.0.0/0 any 0.0.0.0/0 in comment=737368", "allow 222/tcp"),
            ("### tuple ### allow udp 51820 ::/0 any ::/0 in", "allow 51820/udp"),
            ("### tuple ### allow tcp 9100 0.0.0.0/0 any 10.0.0.0/24 in", "allow 9100/tcp from 10.0.0.0/24"),
            ("### tuple ### allow any any 0.0.0.0/0 any 10.0.0.0/24 in", "allow any from 10.0.0.0/24"),
            ("### tuple ### limit tcp 22 0.0.0.0/0 any 0.0.0.0/0 in", "limit 22/tcp"),
            ("### tuple ### allow any any 0.0.0.0/0 any 0.0.0.0/0 in_wg0", "allow any on wg0"),
            ("### tuple ### deny any any 0.0.0.0/0 any 1.2.3.4 in", "deny any from 1.2.3.4/32"),
            ("### tuple ### allow tcp 99 10.0.0.1 any 10.0.0.0/24 in", "allow 99/tcp from 10.0.0.0/24 to 10.0.0.1/32"),
            ("### tuple ### allow udp 60000:61000 0.0.0.0/0 any 0.0.0.0/0 in", "allow 60000:61000/udp"),
        ];
        for (line, expected) in names {
            assert_eq!(name(line), expected);
        }
    }

    #[test]
    fn a_rule_piton_cannot_make_can_still_be_named_and_deleted() {
        let names = [
            ("### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 OpenSSH - in", "allow from any to any app OpenSSH"),
            (
                "### tuple ### allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 in_wg0",
                "allow in on wg0 proto tcp from any to any port 80,443",
            ),
            (
                "### tuple ### route:allow any any 1.2.3.4 any 0.0.0.0/0 in_eth0!out_eth1",
                "route allow in on eth0 out on eth1 from any to 1.2.3.4/32",
            ),
            ("### tuple ### deny tcp 25 0.0.0.0/0 any 0.0.0.0/0 out", "deny out proto tcp from any to any port 25"),
            (
                "### tuple ### reject_log tcp 23 0.0.0.0/0 any 0.0.0.0/0 in",
                "reject log proto tcp from any to any port 23",
            ),
            (
                "### tuple ### allow tcp 80 0.0.0.0/0 any 0.0.0.0/0 Nginx%20Full - in",
                "allow from any to any app Nginx Full",
            ),
        ];
        for (line, expected) in names {
            assert_eq!(name(line), expected);
        }
        let routed = Tuple::parse(names[2].0).expect("a tuple").delete_arguments();
        assert_eq!(routed[..3], ["route", "delete", "allow"]);
        let profile = Tuple::parse(names[5].0).expect("a tuple").delete_arguments();
        assert_eq!(profile.last().map(String::as_str), Some("Nginx Full"), "one argument, space and all");
    }

    #[test]
    fn the_comment_comes_out_of_its_hex() {
        let line = "### tuple ### allow tcp 222 0.0.0.0/0 any 0.0.0.0/0 in comment=737368206974";
        assert_eq!(Tuple::parse(line).and_then(|tuple| tuple.comment), Some("ssh it".to_owned()));
    }

    #[test]
    fn what_is_added_is_said_in_ufw_s_long_form() {
        let mut rule = FilterRule::allow(Protocol::Tcp, 222);
        assert_eq!(add_arguments(&rule).join(" "), "allow proto tcp from any to any port 222");
        rule.from = "10.0.0.7/24".parse().ok();
        rule.interface = Some("wg0".into());
        rule.comment = Some("ops' own".into());
        let words = add_arguments(&rule);
        assert_eq!(words[..10].join(" "), "allow in on wg0 proto tcp from 10.0.0.0/24 to any");
        assert_eq!(words.last().map(String::as_str), Some("ops own"));
        assert_eq!(delete_arguments(&rule)[0], "delete");
    }

    proptest! {
        #[test]
        fn no_line_makes_the_parser_panic(line in "(### tuple ### )?[a-z0-9:_!/. ,-]{0,80}( comment=[0-9a-zé]{0,9})?") {
            if let Some(tuple) = Tuple::parse(&line) {
                prop_assert!(!tuple.name().is_empty());
            }
        }
    }
}
