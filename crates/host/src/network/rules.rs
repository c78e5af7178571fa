//! Policy rules: which table is asked for which packets.

use super::links::family;
use super::netlink::{IPV6, address, array, attributes, dump, everything, number, text};
use ipnet::IpNet;
use piton_reach::state::{PolicyRule, RuleAction};

const GET_RULE: u16 = 34;
/// `struct fib_rule_hdr`.
const FIXED: usize = 12;
const INVERTED: u32 = 2;

pub(super) fn read() -> Option<Vec<PolicyRule>> {
    let messages = dump(None, GET_RULE, &[0; FIXED])?;
    Some(messages.iter().filter_map(|message| rule(message)).collect())
}

fn rule(message: &[u8]) -> Option<PolicyRule> {
    let family = family(message)?;
    let all = everything(family)?;
    let [to_length, from_length, tos, table] = array(message, 1)?;
    let [action] = array(message, 7)?;
    let flags = number(message.get(8..)?)?;
    let mut rule = PolicyRule {
        priority: 0,
        v6: family == IPV6,
        not: flags & INVERTED != 0,
        from: None,
        to: None,
        input: None,
        output: None,
        mark: None,
        action: RuleAction::Nothing,
        suppress: None,
        unmodelled: (tos != 0).then(|| "tos".to_owned()),
    };
    let mut table = u32::from(table);
    let (mut mark, mut mask) = (None, None);
    let net = |value: &[u8], length| IpNet::new(address(value).unwrap_or(all), length).ok();
    for (attribute, value) in attributes(message.get(FIXED..)?) {
        let unmodelled = match attribute {
            1 => {
                rule.to = net(value, to_length);
                None
            }
            2 => {
                rule.from = net(value, from_length);
                None
            }
            3 => {
                rule.input = Some(text(value));
                None
            }
            4 => Some("goto"),
            6 => {
                rule.priority = number(value)?;
                None
            }
            10 => {
                mark = number(value);
                None
            }
            // No limit is written as -1.
            13 => number(value).filter(|group| *group != u32::MAX).map(|_| "suppress_ifgroup"),
            14 => {
                rule.suppress = number(value).and_then(|length| u8::try_from(length).ok());
                None
            }
            15 => {
                table = number(value)?;
                None
            }
            16 => {
                mask = number(value);
                None
            }
            17 => {
                rule.output = Some(text(value));
                None
            }
            19 => value.first().filter(|on| **on != 0).map(|_| "l3mdev"),
            20 => Some("uidrange"),
            22 => Some("ipproto"),
            23 => Some("sport"),
            24 => Some("dport"),
            _ => None,
        };
        if let Some(what) = unmodelled {
            rule.unmodelled = Some(what.to_owned());
        }
    }
    if mark.is_some() || mask.is_some() {
        rule.mark = Some((mark.unwrap_or(0), mask.unwrap_or(u32::MAX)));
    }
    rule.action = match action {
        1 => RuleAction::Table(table),
        6 => RuleAction::Blackhole,
        7 => RuleAction::Unreachable,
        8 => RuleAction::Prohibit,
        _ => RuleAction::Nothing,
    };
    Some(rule)
}
