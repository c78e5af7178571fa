//! `[docker]`: the engine, its users, and daemon.json put together from its layers.

use crate::layers::{View, valued};
use crate::problem::{Problem, Problems};
use crate::tree::{Data, Node, Table};
use crate::{Docker, Valued};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub(super) fn docker(view: &View, problems: &mut Problems) -> Docker {
    let mut daemon: BTreeMap<String, Valued<Value>> = BTreeMap::new();
    for table in view.nodes("daemon").filter_map(Node::table) {
        for entry in &table.entries {
            let mut value = json(&entry.node, problems);
            if let Some(farther) = daemon.get(&entry.key) {
                value = merged(&farther.value, value);
            }
            daemon.insert(entry.key.clone(), Valued { value, origin: entry.node.origin.clone() });
        }
    }
    Docker { packages: view.known("packages"), users: view.node("users").and_then(valued), daemon }
}

/// Tables are merged, anything else is replaced.
fn merged(farther: &Value, nearer: Value) -> Value {
    match (farther, nearer) {
        (Value::Object(farther), Value::Object(nearer)) => {
            let mut all = farther.clone();
            for (key, value) in nearer {
                let value = farther.get(&key).map_or(value.clone(), |old| merged(old, value));
                all.insert(key, value);
            }
            Value::Object(all)
        }
        (_, nearer) => nearer,
    }
}

fn json(node: &Node, problems: &mut Problems) -> Value {
    match &node.data {
        Data::Text(text) => Value::String(text.clone()),
        Data::Integer(number) => Value::from(*number),
        Data::Bool(truth) => Value::Bool(*truth),
        Data::List(nodes) => Value::Array(nodes.iter().map(|node| json(node, problems)).collect()),
        Data::Table(table) => Value::Object(object(table, problems)),
        Data::Float(number) if number.is_finite() => Value::from(*number),
        Data::Float(_) | Data::Date => {
            problems.push(
                Problem::new("site/wrong-type", "`docker.daemon` has a value that JSON cannot hold")
                    .at(&node.origin, "not in JSON")
                    .help("put quotes around it"),
            );
            Value::Null
        }
        Data::Broken => Value::Null,
    }
}

fn object(table: &Table, problems: &mut Problems) -> Map<String, Value> {
    table.entries.iter().map(|entry| (entry.key.clone(), json(&entry.node, problems))).collect()
}
