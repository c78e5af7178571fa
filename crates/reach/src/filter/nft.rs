//! What `nft -j list ruleset` prints, read into chains and rules.
//!
//! [`expression`] reads the left and right sides of a match. Tables that iptables made are shown by
//! nft as well, in words that it does not all know; they are read from `iptables-save` instead.

mod expression;

use super::{Action, Base, Chain, Family, Hook, Is, Part, Program, Range, Rule, Span, Table, Test};
use expression::{Sets, tests};
use serde_json::Value;
use std::collections::BTreeMap;

/// Reads all tables but those that `others` (iptables') holds already.
pub fn parse(text: &str, others: &[Table]) -> Result<Vec<Table>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("not nft's JSON: {error}"))?;
    let items = value.get("nftables").and_then(Value::as_array).ok_or("there is no `nftables` in it")?;
    let mut tables: Vec<Table> = Vec::new();
    let mut sets: BTreeMap<(String, String), Sets> = BTreeMap::new();
    for item in items {
        if let Some(table) = item.get("table") {
            let family = Family::of_word(text_of(table, "family")).ok_or("a table of no known family")?;
            let name = text_of(table, "name").to_owned();
            tables.push(Table { program: Program::Nft, family, name, chains: Vec::new() });
        } else if let Some(set) = item.get("set").or_else(|| item.get("map")) {
            let place = (text_of(set, "family").to_owned(), text_of(set, "table").to_owned());
            sets.entry(place).or_default().insert(text_of(set, "name").to_owned(), set.clone());
        } else if let Some(chain) = item.get("chain") {
            let read = read_chain(chain);
            if let Some(table) = find(&mut tables, chain) {
                table.chains.push(read);
            }
        }
    }
    let none = Sets::default();
    for rule in items.iter().filter_map(|item| item.get("rule")) {
        let place = (text_of(rule, "family").to_owned(), text_of(rule, "table").to_owned());
        let sets = sets.get(&place).unwrap_or(&none);
        let chain = find(&mut tables, rule).and_then(|table| table.chain_mut(text_of(rule, "chain")));
        if let Some(chain) = chain {
            let number = u32::try_from(chain.rules.len() + 1).unwrap_or(u32::MAX);
            chain.rules.push(read_rule(rule, number, sets));
        }
    }
    tables.retain(|table| !is_iptables(table, others));
    Ok(tables)
}

/// Whether `iptables-save` has shown this table: iptables' newer back end keeps its own in nftables.
fn is_iptables(table: &Table, others: &[Table]) -> bool {
    others
        .iter()
        .any(|other| (other.program, other.family, &other.name) == (Program::Iptables, table.family, &table.name))
}

fn find<'a>(tables: &'a mut [Table], of: &Value) -> Option<&'a mut Table> {
    let family = Family::of_word(text_of(of, "family"))?;
    tables.iter_mut().find(|table| table.family == family && table.name == text_of(of, "table"))
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn read_chain(chain: &Value) -> Chain {
    let hook = match text_of(chain, "hook") {
        "ingress" => Some(Hook::Ingress),
        "prerouting" => Some(Hook::Prerouting),
        "input" => Some(Hook::Input),
        "forward" => Some(Hook::Forward),
        "output" => Some(Hook::Output),
        "postrouting" => Some(Hook::Postrouting),
        _ => None,
    };
    let devices = match chain.get("dev") {
        Some(Value::String(name)) => vec![name.clone()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let priority = chain.get("prio").and_then(Value::as_i64).and_then(|number| i32::try_from(number).ok());
    let base = hook.map(|hook| Base {
        hook,
        priority: priority.unwrap_or_default(),
        nat: text_of(chain, "type") == "nat",
        drops: text_of(chain, "policy") == "drop",
        devices,
    });
    Chain { name: text_of(chain, "name").to_owned(), base, rules: Vec::new() }
}

fn read_rule(rule: &Value, number: u32, sets: &Sets) -> Rule {
    let statements = rule.get("expr").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let parts = statements.iter().flat_map(|statement| part(statement, sets)).collect();
    Rule { text: words(statements), number, parts }
}

/// What one statement of a rule does.
fn part(statement: &Value, sets: &Sets) -> Vec<Part> {
    let Some((name, body)) = statement.as_object().and_then(|object| object.iter().next()) else {
        return vec![Part::Do(Action::Unmodelled(statement.to_string()))];
    };
    if name == "match" {
        return tests(body, sets).into_iter().map(Part::Test).collect();
    }
    let always = |is| vec![Part::Test(Test::is(is))];
    match name.as_str() {
        "vmap" => vec![map(body, sets)],
        // The first packet is below every limit, and over none.
        "limit" => always(if body.get("inv").and_then(Value::as_bool) == Some(true) { Is::Never } else { Is::Always }),
        "ct count" => {
            always(if body.get("inv").and_then(Value::as_bool) == Some(true) { Is::Never } else { Is::Always })
        }
        _ => vec![Part::Do(action(statement))],
    }
}

/// A statement that does something, or an element of a verdict map.
fn action(statement: &Value) -> Action {
    let Some((name, body)) = statement.as_object().and_then(|object| object.iter().next()) else {
        return Action::Unmodelled(statement.to_string());
    };
    let unmodelled = || Action::Unmodelled(name.clone());
    let target = || text_of(body, "target").to_owned();
    match name.as_str() {
        "accept" => Action::Accept,
        "drop" => Action::Drop,
        "reject" => Action::Reject,
        "return" => Action::Return,
        "continue" | "counter" | "log" | "comment" | "set" | "secmark" | "meter" => Action::GoOn,
        "jump" => Action::Jump(target()),
        "goto" => Action::Goto(target()),
        "notrack" => Action::DoNotTrack,
        "masquerade" => Action::Mask { address: None },
        "snat" => match address(body.get("addr")) {
            Some(address) => Action::Mask { address },
            None => unmodelled(),
        },
        "dnat" => match (address(body.get("addr")), ports(body.get("port"))) {
            (Some(address), Some(ports)) => Action::SendTo { address, ports },
            _ => unmodelled(),
        },
        "redirect" => match ports(body.get("port")) {
            Some(ports) => Action::SendHere { ports },
            None => unmodelled(),
        },
        "mangle" => mangled(body).unwrap_or_else(unmodelled),
        _ => unmodelled(),
    }
}

/// An address to translate to; the outer `None` is one that is not understood.
fn address(value: Option<&Value>) -> Option<Option<Range>> {
    match value {
        None => Some(None),
        Some(Value::String(word)) => super::words::range(word).map(Some),
        Some(Value::Object(_)) => {
            expression::ranges(value?, &Sets::default()).and_then(|ranges| match ranges.as_slice() {
                [one] => Some(Some(*one)),
                _ => None,
            })
        }
        Some(_) => None,
    }
}

fn ports(value: Option<&Value>) -> Option<Option<Span>> {
    let Some(value) = value else { return Some(None) };
    match expression::spans(value, &Sets::default())?.as_slice() {
        [one] => Some(Some(*one)),
        _ => None,
    }
}

/// `meta mark set …`, `ct mark set …`; other fields are not looked at by this model, or are not known.
fn mangled(body: &Value) -> Option<Action> {
    let key = body.get("key")?;
    let is = |kind: &str| key.get(kind).map(|inner| text_of(inner, "key"));
    let value = body.get("value")?;
    let other_mark = |kind: &str| value.get(kind).map(|inner| text_of(inner, "key")) == Some("mark");
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    match (is("meta"), is("ct")) {
        (Some("mark"), _) if other_mark("ct") => Some(Action::RestoreMark { from: u32::MAX, to: u32::MAX }),
        (Some("mark"), _) => Some(Action::SetMark { and: 0, xor: number? }),
        (_, Some("mark")) if other_mark("meta") => Some(Action::SaveMark { from: u32::MAX, to: u32::MAX }),
        (_, Some("mark")) => Some(Action::SetConnectionMark { and: 0, xor: number? }),
        (Some("priority" | "nftrace" | "cpu"), _) => Some(Action::GoOn),
        _ => None,
    }
}

/// `tcp dport vmap { 22 : accept, 80 : jump web }`.
fn map(body: &Value, sets: &Sets) -> Part {
    let unmodelled = || Part::Do(Action::Unmodelled("vmap".into()));
    let Some(key) = body.get("key") else { return unmodelled() };
    let elements = match body.get("data") {
        Some(Value::String(name)) => {
            name.strip_prefix('@').and_then(|name| sets.get(name)).map(|set| set.get("elem").and_then(Value::as_array))
        }
        Some(data) => Some(data.get("set").and_then(Value::as_array)),
        None => None,
    };
    // A map without elements has none; a map that is not there is not understood.
    let Some(elements) = elements else { return unmodelled() };
    let mut rows = Vec::new();
    for element in elements.into_iter().flatten() {
        let Some([value, verdict]) = element.as_array().map(Vec::as_slice) else { return unmodelled() };
        let found = serde_json::json!({ "op": "==", "left": key, "right": value });
        rows.push((tests(&found, sets), action(verdict)));
    }
    Part::Map(rows)
}

/// A rule in words, near to how nft writes it.
fn words(statements: &[Value]) -> String {
    statements.iter().map(expression::words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::{End, Tracked};
    use super::*;
    use proptest::prelude::*;

    const RULESET: &str = r#"{"nftables":[{"metainfo":{"version":"1.0.6","json_schema_version":1}},
        {"table":{"family":"inet","name":"fw","handle":1}},
        {"set":{"family":"inet","name":"web","table":"fw","type":"inet_service","handle":2,"flags":["interval"],"elem":[80,{"range":[8000,8080]}]}},
        {"chain":{"family":"inet","table":"fw","name":"in","handle":3,"type":"filter","hook":"input","prio":0,"policy":"drop"}},
        {"rule":{"family":"inet","table":"fw","chain":"in","handle":4,"expr":[{"match":{"op":"in","left":{"ct":{"key":"state"}},"right":["established","related"]}},{"accept":null}]}},
        {"rule":{"family":"inet","table":"fw","chain":"in","handle":5,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":"@web"}},{"counter":{"packets":0,"bytes":0}},{"accept":null}]}},
        {"rule":{"family":"inet","table":"fw","chain":"in","handle":6,"expr":[{"vmap":{"key":{"meta":{"key":"iifname"}},"data":{"set":[["lo",{"accept":null}],["eth0",{"drop":null}]]}}}]}}]}"#;

    #[test]
    fn a_rule_set_is_read_with_its_sets_and_maps() {
        let tables = parse(RULESET, &[]).unwrap();
        let chain = tables[0].chain("in").unwrap();
        assert!(chain.base.as_ref().is_some_and(|base| base.drops && base.hook == Hook::Input));
        let states = Is::Track(vec![Tracked::Established, Tracked::Related]);
        assert_eq!(chain.rules[0].parts, vec![Part::Test(Test::is(states)), Part::Do(Action::Accept)]);
        let web = vec![Span::one(80), Span { first: 8000, last: 8080 }];
        assert!(chain.rules[1].parts.contains(&Part::Test(Test::is(Is::Port(End::Destination, web)))));
        let row = |name: &str, action| (vec![Test::is(Is::Input(vec![name.into()]))], action);
        assert_eq!(chain.rules[2].parts, vec![Part::Map(vec![row("lo", Action::Accept), row("eth0", Action::Drop)])]);
    }

    #[test]
    fn rules_are_told_as_nft_writes_them() {
        let tables = parse(RULESET, &[]).unwrap();
        let texts: Vec<&str> = tables[0].chains[0].rules.iter().map(|rule| rule.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "ct state { established, related } accept",
                "tcp dport @web counter accept",
                "iifname vmap { lo : accept, eth0 : drop }"
            ]
        );
    }

    #[test]
    fn what_iptables_shows_better_is_left_to_it() {
        let saved =
            super::super::save::parse("# Generated by iptables-nft-save v1.8.9 (nf_tables)\n*filter\nCOMMIT\n", false);
        let ruleset =
            r#"{"nftables":[{"table":{"family":"ip","name":"filter"}},{"table":{"family":"ip","name":"own"}}]}"#;
        let left = parse(ruleset, &saved.unwrap()).unwrap();
        assert_eq!(left.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["own"]);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,100}", op in "[=<>!in]{0,2}", right in "[a-z0-9@\\-]{0,12}") {
            let _ = parse(&text, &[]);
            let rule = serde_json::json!({"nftables":[{"table":{"family":"ip","name":"t"}},
                {"chain":{"family":"ip","table":"t","name":"c"}},
                {"rule":{"family":"ip","table":"t","chain":"c","expr":[{"match":{"op":op,"left":{"payload":{"protocol":"tcp","field":"dport"}},"right":right}}]}}]});
            let _ = parse(&rule.to_string(), &[]);
        }
    }
}
