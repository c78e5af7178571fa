//! The list of keys as a JSON schema, for editors that complete and check TOML.
//!
//! It says less than piton checks: an editor helps to write, `piton check` decides.

use crate::keys::{Form, Key, REQUIRED, SECTIONS, Section, section};
use crate::kind::Kind;
use crate::profile;
use serde_json::{Map, Value, json};

/// Gives the schema of site.toml, draft 2020-12.
pub fn schema() -> Value {
    let properties: Map<String, Value> =
        SECTIONS.iter().map(|section| (section.name.to_owned(), section_schema(section))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "site.toml",
        "description": "A piton site: the servers that one person runs, and how each of them is set up.",
        "type": "object",
        "additionalProperties": false,
        "required": ["site", "hosts"],
        "properties": properties,
    })
}

/// Gives the schema of a `piton.toml`: the one section that it shares with a site. The gate's tables may stand beside it.
pub fn settings_schema() -> Value {
    let check: Map<String, Value> =
        section("check").map(|section| (section.name.to_owned(), section_schema(section))).into_iter().collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "piton.toml",
        "description": "What a repository has decided about the rules of `piton check`.",
        "type": "object",
        "properties": check,
    })
}

fn section_schema(section: &Section) -> Value {
    let description = format!("{}. {}", section.brief, section.details);
    match section.form {
        Form::Once => described(table(section.keys, true), &description),
        // The admin may stand with the site or with the host, so that neither place can demand it.
        Form::Layered => {
            json!({ "description": description, "anyOf": [table(section.keys, false), { "type": "boolean" }] })
        }
        Form::Parameters => json!({
            "description": description,
            "anyOf": [
                { "type": "object", "additionalProperties": { "type": ["integer", "string", "object"] } },
                { "type": "boolean" }
            ],
        }),
        Form::Entries => json!({ "description": description, "type": "array", "items": table(section.keys, true) }),
        Form::Named => json!({
            "description": description,
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$" },
            "additionalProperties": table(section.keys, true),
        }),
        Form::Hosts => json!({
            "description": description,
            "type": "object",
            "minProperties": 1,
            "propertyNames": { "pattern": "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$" },
            "additionalProperties": host(section),
        }),
    }
}

/// A host has keys of its own and may repeat every section that is not for the whole site.
fn host(hosts: &Section) -> Value {
    let mut schema = table(hosts.keys, true);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for section in SECTIONS.iter().filter(|section| section.per_host() && hosts.key(section.name).is_none()) {
            let reference = format!("#/properties/{}", section.name);
            properties.insert(section.name.to_owned(), json!({ "$ref": reference }));
        }
    }
    schema
}

fn table(keys: &[Key], whole: bool) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (key.name.to_owned(), key_schema(key))).collect();
    let required: Vec<&str> =
        keys.iter().filter(|key| whole && key.otherwise == REQUIRED).map(|key| key.name).collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn key_schema(key: &Key) -> Value {
    let mut description = format!("{}. {}", key.brief, key.details);
    if key.otherwise != REQUIRED {
        description.push_str(&format!(" Otherwise: {}.", key.otherwise));
    }
    described(kind_schema(key.kind), &description)
}

fn described(mut schema: Value, description: &str) -> Value {
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("description".to_owned(), Value::from(description));
    }
    schema
}

fn kind_schema(kind: Kind) -> Value {
    match kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Port => json!({ "type": "integer", "minimum": 1, "maximum": 65535 }),
        Kind::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Mode => json!({ "type": "string", "pattern": "^0?[0-7]{3,4}$" }),
        Kind::Choice(choices) => json!({ "type": "string", "enum": choices }),
        Kind::Profile => json!({ "type": "string", "enum": profile::NAMES }),
        Kind::Table => json!({ "type": "object" }),
        Kind::ByPattern(element) => json!({ "type": "object", "additionalProperties": kind_schema(*element) }),
        Kind::List(element) => json!({ "type": "array", "items": kind_schema(*element) }),
        Kind::OneOrMore(element) => {
            let one = kind_schema(*element);
            json!({ "anyOf": [one, { "type": "array", "items": one }] })
        }
        Kind::Variables | Kind::Templates => {
            json!({ "type": "object", "additionalProperties": { "type": "string" } })
        }
        Kind::UrlPath => json!({ "type": "string", "pattern": "^/" }),
        Kind::Commands => json!({ "anyOf": [{ "const": "all" }, { "type": "array", "items": { "type": "string" } }] }),
        Kind::Path => json!({ "type": "string", "pattern": "^/" }),
        Kind::Name | Kind::Job => json!({ "type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$" }),
        Kind::User => json!({ "type": "string", "pattern": "^[a-z_][a-z0-9_-]{0,31}$" }),
        Kind::DropIn => json!({ "type": "string", "pattern": "^[A-Za-z0-9_-][A-Za-z0-9_.-]*\\.conf$" }),
        Kind::Member => json!({ "anyOf": [{ "type": "string" }, fields(kind), { "const": false }] }),
        Kind::Rule | Kind::Login => json!({ "anyOf": [{ "type": "string" }, fields(kind)] }),
        _ => json!({ "type": "string" }),
    }
}

/// The table that may stand in place of a text.
fn fields(kind: Kind) -> Value {
    let text = |kind: Kind| if kind == Kind::Rule { json!({ "type": "string" }) } else { kind_schema(kind) };
    let properties: Map<String, Value> =
        kind.fields().iter().map(|(name, kind)| ((*name).to_owned(), text(*kind))).collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}
