//! The two sides of a match in nft's JSON: a field of the packet, and the values that it may have.

use super::super::words::{address_kind, flags, protocol, range, tracked};
use super::super::{End, Is, Range, Span, Test};
use serde_json::Value;
use std::collections::BTreeMap;

/// The named sets and maps of a table, as nft prints them.
pub(super) type Sets = BTreeMap<String, Value>;

/// Deeper than any set in a set that a person wrote.
const DEEPEST: usize = 8;

/// The tests of a match. More than one where the field belongs to one protocol only.
pub(super) fn tests(body: &Value, sets: &Sets) -> Vec<Test> {
    let unmodelled = || vec![Test::is(Is::Unmodelled(words(&serde_json::json!({ "match": body }))))];
    let (Some(left), Some(right)) = (body.get("left"), body.get("right")) else { return unmodelled() };
    let operator = body.get("op").and_then(Value::as_str).unwrap_or("==");
    if let Some(fields) = left.get("concat").and_then(Value::as_array) {
        return match concatenation(fields, right, sets) {
            Some(is) if matches!(operator, "==" | "in") => vec![Test::is(is)],
            Some(is) if operator == "!=" => vec![Test { not: true, is }],
            _ => unmodelled(),
        };
    }
    let Some((mut needed, is)) = field(left, operator, right, sets) else { return unmodelled() };
    needed.push(Test { not: operator == "!=", is });
    needed
}

/// `ip saddr . tcp dport { 10.0.0.1 . 22, … }`: rows of values, of which one must fit as a whole.
fn concatenation(fields: &[Value], right: &Value, sets: &Sets) -> Option<Is> {
    let mut rows = Vec::new();
    for element in elements(right, sets, 0)? {
        let element = element.get("elem").and_then(|inner| inner.get("val")).unwrap_or(element);
        let values = element.get("concat").and_then(Value::as_array)?;
        if values.len() != fields.len() {
            return None;
        }
        let mut row = Vec::new();
        for (left, right) in fields.iter().zip(values) {
            let (needed, is) = field(left, "==", right, sets)?;
            row.extend(needed);
            row.push(Test::is(is));
        }
        rows.push(row);
    }
    Some(Is::AnyOf(rows))
}

/// What a field must be, after the tests without which there is no such field.
fn field(left: &Value, operator: &str, right: &Value, sets: &Sets) -> Option<(Vec<Test>, Is)> {
    let (kind, inner) = left.as_object()?.iter().next()?;
    let key = |name: &str| inner.get(name).and_then(Value::as_str).unwrap_or_default();
    let plain = |is| Some((Vec::new(), is));
    let compares = matches!(operator, "<" | ">" | "<=" | ">=");
    match (kind.as_str(), key("key"), key("protocol"), key("field")) {
        ("payload", _, name @ ("tcp" | "udp" | "th" | "sctp"), part @ ("dport" | "sport")) => {
            let end = if part == "dport" { End::Destination } else { End::Source };
            let spans = if compares { compared(operator, right)? } else { spans(right, sets)? };
            let needed = match protocol(name) {
                Some(number) => vec![Test::is(Is::Protocol(vec![Span::one(number.into())]))],
                None => Vec::new(),
            };
            Some((needed, Is::Port(end, spans)))
        }
        ("payload", _, "tcp", "flags") => {
            let set = flags(names(right)?)?;
            // Any of the flags where nft says so; all of one alone is the same.
            let mask = if operator == "in" { set } else { 0xff };
            (operator != "in" || set.count_ones() == 1).then_some(())?;
            let needed = vec![Test::is(Is::Protocol(vec![Span::one(6)]))];
            Some((needed, Is::Flags { mask, set }))
        }
        ("payload", _, name @ ("ip" | "ip6"), part @ ("saddr" | "daddr")) if !compares => {
            let end = if part == "daddr" { End::Destination } else { End::Source };
            Some((vec![Test::is(Is::V6(name == "ip6"))], Is::Address(end, ranges(right, sets)?)))
        }
        ("payload", _, name @ ("ip" | "ip6"), "protocol" | "nexthdr") => {
            Some((vec![Test::is(Is::V6(name == "ip6"))], Is::Protocol(protocols(right, sets)?)))
        }
        // Only ICMP has these, and this model asks about TCP and UDP.
        ("payload", _, "icmp" | "icmpv6" | "igmp" | "esp" | "ah", _) => Some((vec![Test::is(Is::Never)], Is::Always)),
        ("meta", "l4proto", _, _) => plain(Is::Protocol(protocols(right, sets)?)),
        ("meta", "nfproto" | "protocol", _, _) => match right.as_str()? {
            "ipv4" | "ip" => plain(Is::V6(false)),
            "ipv6" | "ip6" => plain(Is::V6(true)),
            _ => None,
        },
        ("meta", "iifname" | "iif", _, _) => plain(Is::Input(strings(right, sets)?)),
        ("meta", "oifname" | "oif", _, _) => plain(Is::Output(strings(right, sets)?)),
        ("meta", "mark", _, _) => plain(Is::Mark { value: number(right)?, mask: u32::MAX }),
        ("ct", "mark", _, _) => plain(Is::ConnectionMark { value: number(right)?, mask: u32::MAX }),
        ("ct", "state" | "status", _, _) => {
            let states = strings(right, sets)?.iter().map(|word| tracked(word)).collect::<Option<_>>()?;
            plain(Is::Track(states))
        }
        ("ct", "direction", _, _) => plain(Is::Forth(right.as_str()? == "original")),
        ("ct", "daddr" | "ip daddr" | "ip6 daddr", _, _) if key("dir") == "original" => {
            plain(Is::OriginalAddress(End::Destination, ranges(right, sets)?))
        }
        ("ct", "saddr" | "ip saddr" | "ip6 saddr", _, _) if key("dir") == "original" => {
            plain(Is::OriginalAddress(End::Source, ranges(right, sets)?))
        }
        ("ct", "proto-dst", _, _) if key("dir") == "original" => {
            plain(Is::OriginalPort(End::Destination, spans(right, sets)?))
        }
        ("fib", _, _, _) => fib(inner, right, sets).map(|is| (Vec::new(), is)),
        ("&", _, _, _) => masked(inner, operator, right),
        _ => None,
    }
}

/// `fib daddr type local`, `fib saddr . iif oif missing`.
fn fib(inner: &Value, right: &Value, sets: &Sets) -> Option<Is> {
    let looked_at: Vec<&str> = match inner.get("flags")? {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let end = if looked_at.contains(&"daddr") { End::Destination } else { End::Source };
    let on_interface = match (looked_at.contains(&"iif"), looked_at.contains(&"oif")) {
        (true, _) => Some(End::Source),
        (_, true) => Some(End::Destination),
        _ => None,
    };
    if looked_at.contains(&"mark") {
        return None;
    }
    match inner.get("result")?.as_str()? {
        "type" => {
            let kinds = strings(right, sets)?.iter().map(|word| address_kind(word)).collect();
            Some(Is::AddressType { end, kinds, on_interface })
        }
        "check" | "oif" if end == End::Source => {
            let exists = match right {
                Value::Bool(exists) => *exists,
                Value::String(word) => word == "exists" || word == "true",
                _ => return None,
            };
            let strict = on_interface == Some(End::Source);
            let back = Test { not: !exists, is: Is::RouteBack { strict } };
            Some(Is::AnyOf(vec![vec![back]]))
        }
        _ => None,
    }
}

/// `tcp flags & (syn | ack) == syn`, `meta mark & 0xff == 1`.
fn masked(inner: &Value, operator: &str, right: &Value) -> Option<(Vec<Test>, Is)> {
    let [left, mask] = inner.as_array()?.as_slice() else { return None };
    (operator != "in").then_some(())?;
    if left.pointer("/payload/field").and_then(Value::as_str) == Some("flags") {
        let (mask, set) = (flags(names(mask)?)?, flags(names(right)?)?);
        return Some((vec![Test::is(Is::Protocol(vec![Span::one(6)]))], Is::Flags { mask, set }));
    }
    let (value, mask) = (number(right)?, number(mask)?);
    match (left.pointer("/meta/key"), left.pointer("/ct/key")) {
        (Some(key), _) if key == "mark" => Some((Vec::new(), Is::Mark { value, mask })),
        (_, Some(key)) if key == "mark" => Some((Vec::new(), Is::ConnectionMark { value, mask })),
        _ => None,
    }
}

fn compared(operator: &str, right: &Value) -> Option<Vec<Span>> {
    let number = u16::try_from(right.as_u64()?).ok()?;
    let (first, last) = match operator {
        "<" => (0, number.checked_sub(1)?),
        "<=" => (0, number),
        ">" => (number.checked_add(1)?, u16::MAX),
        _ => (number, u16::MAX),
    };
    Some(vec![Span { first, last }])
}

/// The elements of a right side, whatever it is: one value, a list, a set, a set's name.
fn elements<'a>(right: &'a Value, sets: &'a Sets, depth: usize) -> Option<Vec<&'a Value>> {
    if depth > DEEPEST {
        return None;
    }
    match right {
        Value::String(name) if name.starts_with('@') => {
            let set = sets.get(name.trim_start_matches('@'))?;
            // One that programs fill while it runs is not what it was when it was read.
            let timed = set
                .get("flags")
                .and_then(Value::as_array)
                .is_some_and(|flags| flags.iter().any(|flag| matches!(flag.as_str(), Some("dynamic" | "timeout"))));
            (!timed).then_some(())?;
            match set.get("elem") {
                None => Some(Vec::new()),
                Some(elements) => many(elements.as_array()?, sets, depth),
            }
        }
        Value::Array(values) => many(values, sets, depth),
        Value::Object(object) => match object.get("set") {
            Some(Value::Array(values)) => many(values, sets, depth),
            Some(_) => None,
            None => match object.get("elem").and_then(|element| element.get("val")) {
                Some(value) => elements(value, sets, depth + 1),
                None => Some(vec![right]),
            },
        },
        _ => Some(vec![right]),
    }
}

fn many<'a>(values: &'a [Value], sets: &'a Sets, depth: usize) -> Option<Vec<&'a Value>> {
    let found = values.iter().map(|value| elements(value, sets, depth + 1)).collect::<Option<Vec<_>>>()?;
    Some(found.into_iter().flatten().collect())
}

pub(super) fn ranges(right: &Value, sets: &Sets) -> Option<Vec<Range>> {
    let one = |value: &Value| match value {
        Value::String(word) => range(word),
        Value::Object(object) => {
            if let Some([first, last]) = object.get("range").and_then(Value::as_array).map(Vec::as_slice) {
                return Some(Range { first: first.as_str()?.parse().ok()?, last: last.as_str()?.parse().ok()? });
            }
            let prefix = object.get("prefix")?;
            let (address, length) = (prefix.get("addr")?.as_str()?, prefix.get("len")?.as_u64()?);
            range(&format!("{address}/{length}"))
        }
        _ => None,
    };
    elements(right, sets, 0)?.into_iter().map(one).collect()
}

pub(super) fn spans(right: &Value, sets: &Sets) -> Option<Vec<Span>> {
    let number = |value: &Value| u16::try_from(value.as_u64()?).ok();
    let one = |value: &Value| match value {
        Value::Number(_) => number(value).map(Span::one),
        Value::String(word) => word.parse().ok().map(Span::one),
        Value::Object(object) => match object.get("range")?.as_array()?.as_slice() {
            [first, last] => Some(Span { first: number(first)?, last: number(last)? }),
            _ => None,
        },
        _ => None,
    };
    elements(right, sets, 0)?.into_iter().map(one).collect()
}

fn protocols(right: &Value, sets: &Sets) -> Option<Vec<Span>> {
    let one = |value: &Value| match value {
        Value::String(word) => protocol(word).map(|number| Span::one(number.into())),
        Value::Number(number) => u16::try_from(number.as_u64()?).ok().map(Span::one),
        _ => None,
    };
    elements(right, sets, 0)?.into_iter().map(one).collect()
}

fn strings(right: &Value, sets: &Sets) -> Option<Vec<String>> {
    elements(right, sets, 0)?.into_iter().map(|value| value.as_str().map(str::to_owned)).collect()
}

/// One name, or several that are added up: `"syn"`, `["syn", "ack"]`, `{"|": ["syn", "ack"]}`.
fn names(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(name) => Some(vec![name]),
        Value::Number(number) if number.as_u64() == Some(0) => Some(Vec::new()),
        Value::Array(many) => many.iter().map(names).collect::<Option<Vec<_>>>().map(|found| found.concat()),
        Value::Object(object) => names(object.get("|")?),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u32> {
    match value {
        Value::String(word) => super::super::words::number(word),
        _ => u32::try_from(value.as_u64()?).ok(),
    }
}

/// A statement in words, near to how nft writes it.
pub(super) fn words(statement: &Value) -> String {
    let Some((name, body)) = statement.as_object().and_then(|object| object.iter().next()) else {
        return side(statement);
    };
    match name.as_str() {
        "match" => {
            let operator = match body.get("op").and_then(Value::as_str) {
                None | Some("==" | "in") => String::new(),
                Some(other) => format!("{other} "),
            };
            let part = |key| body.get(key).map(side).unwrap_or_default();
            format!("{} {operator}{}", part("left"), part("right"))
        }
        "vmap" => {
            let data = match body.get("data") {
                Some(Value::String(name)) => name.clone(),
                Some(data) => {
                    let rows = data.get("set").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                    let row = |row: &Value| match row.as_array().map(Vec::as_slice) {
                        Some([value, verdict]) => format!("{} : {}", side(value), words(verdict)),
                        _ => row.to_string(),
                    };
                    format!("{{ {} }}", rows.iter().map(row).collect::<Vec<_>>().join(", "))
                }
                None => String::new(),
            };
            format!("{} vmap {data}", body.get("key").map(side).unwrap_or_default())
        }
        "jump" | "goto" => format!("{name} {}", body.get("target").and_then(Value::as_str).unwrap_or_default()),
        "dnat" | "snat" | "redirect" => {
            let address = body.get("addr").map(side).unwrap_or_default();
            let port = body.get("port").map(|port| format!(":{}", side(port))).unwrap_or_default();
            format!("{name} to {address}{port}")
        }
        "mangle" => {
            let part = |key| body.get(key).map(side).unwrap_or_default();
            format!("{} set {}", part("key"), part("value"))
        }
        "limit" => {
            let part = |key| body.get(key).map(side).unwrap_or_default();
            format!("limit rate {}/{}", part("rate"), part("per"))
        }
        other => other.to_owned(),
    }
}

/// A field, a value or a set in words.
fn side(value: &Value) -> String {
    let list = |values: &[Value], between: &str| values.iter().map(side).collect::<Vec<_>>().join(between);
    match value {
        Value::String(word) => word.clone(),
        Value::Array(values) => format!("{{ {} }}", list(values, ", ")),
        Value::Object(object) => {
            let Some((kind, inner)) = object.iter().next() else { return String::new() };
            let text = |key: &str| inner.get(key).and_then(Value::as_str).unwrap_or_default();
            let parts = |between| inner.as_array().map(|values| list(values, between)).unwrap_or_default();
            match kind.as_str() {
                "payload" => format!("{} {}", text("protocol"), text("field")),
                "meta" => match text("key") {
                    key @ ("iifname" | "oifname" | "iif" | "oif") => key.to_owned(),
                    key => format!("meta {key}"),
                },
                "ct" => format!("ct {}", text("key")),
                "fib" => format!("fib {} {}", inner.get("flags").map(side).unwrap_or_default(), text("result")),
                "set" => side(inner),
                "concat" => parts(" . "),
                "range" => parts("-"),
                "&" => parts(" & "),
                "|" => parts(" | "),
                "prefix" => {
                    let part = |key| inner.get(key).map(side).unwrap_or_default();
                    format!("{}/{}", part("addr"), part("len"))
                }
                "elem" => inner.get("val").map(side).unwrap_or_default(),
                other => other.to_owned(),
            }
        }
        other => other.to_string(),
    }
}
