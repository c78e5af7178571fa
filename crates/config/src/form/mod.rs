//! The file of a service, read with the same places as a site file: one typed value out of two layers.
//!
//! `service.toml` is the farther layer, what the site says of the service the nearer one. Both are
//! laid together as trees, and the result is read into the caller's own type; a mistake points at the
//! line it is on, in whichever of the two files that is. What the keys mean is the caller's business
//! (the `catalog` room's).

mod reader;

use crate::near::nearest;
use crate::tree::{Data, Node, Table, read_written};
use crate::{Origin, Problem, Valued};
use reader::Reader;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Part of a site file whose keys somebody else knows; it keeps its places.
#[derive(Clone, Debug, Default)]
pub struct Overlay(Table);

impl Overlay {
    pub(crate) fn new(table: Option<&Table>) -> Overlay {
        Overlay(table.cloned().unwrap_or_default())
    }

    pub fn is_empty(&self) -> bool {
        self.0.entries.is_empty()
    }

    /// The top-level keys with their values, in the order of the file.
    pub fn values(&self) -> impl Iterator<Item = (&str, Valued<Value>)> {
        let entries = self.0.entries.iter();
        entries
            .map(|entry| (entry.key.as_str(), Valued { value: json(&entry.node), origin: entry.node.origin.clone() }))
    }
}

impl Serialize for Overlay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object(&self.0).serialize(serializer)
    }
}

/// Reads a service's file with the site's lines over it.
///
/// `values` are what the site sets of the keys of `[values]`: `[values.retention]` then has a `set`
/// beside its `default`. `overrides` may say anything.
pub fn read<T: DeserializeOwned>(
    text: &str,
    file: &str,
    values: &Overlay,
    overrides: &Overlay,
) -> Result<T, Box<Problem>> {
    let mut table = read_written(text, file)?;
    lay_over(&mut table, &overrides.0);
    set_values(&mut table, &values.0, file)?;
    let origin = Origin::Written(crate::Span { file: file.to_owned(), range: 0..0 });
    let root = Node { data: Data::Table(table), origin };
    T::deserialize(Reader::new(&root)).map_err(|fault| Box::new(fault.problem(&root.origin)))
}

/// Tables are merged, everything else is replaced.
fn lay_over(farther: &mut Table, nearer: &Table) {
    for entry in &nearer.entries {
        match farther.entries.iter_mut().find(|known| known.key == entry.key) {
            None => farther.entries.push(entry.clone()),
            Some(known) => match (&mut known.node.data, &entry.node.data) {
                (Data::Table(farther), Data::Table(nearer)) => lay_over(farther, nearer),
                _ => *known = entry.clone(),
            },
        }
    }
}

fn set_values(table: &mut Table, values: &Table, file: &str) -> Result<(), Box<Problem>> {
    let mut nothing = Table::default();
    let declared = table.entries.iter_mut().find(|entry| entry.key == "values");
    let declared = match declared.map(|entry| &mut entry.node.data) {
        Some(Data::Table(declared)) => declared,
        _ => &mut nothing,
    };
    let names: Vec<String> = declared.entries.iter().map(|entry| entry.key.clone()).collect();
    for value in &values.entries {
        let Some(known) = declared.entries.iter_mut().find(|entry| entry.key == value.key) else {
            let what = format!("this service has no value `{}`", value.key);
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(Box::new(
                Problem::new("service/unknown-value", what)
                    .at(&value.key_origin, "not a value of this service")
                    .note(format!("values: {known}"))
                    .suggest(nearest(&value.key, names.iter().map(String::as_str)))
                    .help(format!("its values and their defaults are in {file} and its README")),
            ));
        };
        let Data::Table(known) = &mut known.node.data else { continue };
        if let Some(default) = known.get("default") {
            same_sort(&value.key, default, &value.node)?;
        }
        let mut set = value.clone();
        "set".clone_into(&mut set.key);
        known.entries.retain(|entry| entry.key != "set");
        known.entries.push(set);
    }
    Ok(())
}

/// The default says by its type what may be said in its place.
fn same_sort(key: &str, default: &Node, set: &Node) -> Result<(), Box<Problem>> {
    let number = |node: &Node| matches!(node.data, Data::Integer(_) | Data::Float(_));
    if default.type_name() == set.type_name() || (number(default) && number(set)) {
        return Ok(());
    }
    let what = format!("the value `{key}` must be {}, not {}", default.type_name(), set.type_name());
    Err(Box::new(
        Problem::new("site/wrong-type", what)
            .at(&set.origin, format!("this is {}", set.type_name()))
            .related(&default.origin, "like its default here")
            .help(format!("the default is {}", json(default))),
    ))
}

pub(crate) fn json(node: &Node) -> Value {
    match &node.data {
        Data::Text(text) => Value::from(text.as_str()),
        Data::Integer(number) => Value::from(*number),
        Data::Float(number) => Value::from(*number),
        Data::Bool(truth) => Value::from(*truth),
        Data::List(nodes) => Value::Array(nodes.iter().map(json).collect()),
        Data::Table(table) => object(table),
        Data::Date | Data::Broken => Value::Null,
    }
}

fn object(table: &Table) -> Value {
    Value::Object(table.entries.iter().map(|entry| (entry.key.clone(), json(&entry.node))).collect())
}
