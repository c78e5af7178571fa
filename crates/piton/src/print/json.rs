//! What programs get: one object with a `schema`, or lines of them that end in one `result`.
//!
//! A schema's number is raised when a field changes its meaning or leaves; new fields may come.

use crate::exit::Exit;
use crate::failure::Failure;
use piton_host::fleet::HostReport;
use piton_host::wire;
use serde::Serialize;
use serde_json::{Value, json};

/// An object of ours: its schema first, then its fields.
pub(crate) fn object(schema: &str, fields: Value) -> Value {
    let mut object = serde_json::Map::new();
    object.insert("schema".into(), schema.into());
    if let Value::Object(fields) = fields {
        object.extend(fields);
    }
    Value::Object(object)
}

/// JSON in which no terminal finds a command: serde escapes those below U+0020, and not the others.
pub(super) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            // Outside of strings there are none.
            '\u{7f}'..='\u{9f}' => out.push_str(&format!("\\u{:04x}", u32::from(letter))),
            other => out.push(other),
        }
    }
    out
}

pub(crate) fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or(Value::Null)
}

/// The end of a command that could not do its work; also the last line of a stream.
pub(super) fn failure(failure: &Failure) -> Value {
    let fields = json!({
        "event": "result",
        "exit": failure.exit.code(),
        "problems": value(&failure.problems),
    });
    object("piton.error/1", fields)
}

/// Something that happened on a host while a plan was applied.
pub(crate) fn event(host: &str, event: &wire::Event) -> Value {
    let mut fields = json!({ "host": host });
    if let (Some(fields), Value::Object(event)) = (fields.as_object_mut(), value(event)) {
        fields.extend(event);
    }
    object("piton.event/1", fields)
}

/// How it ended on every host.
pub(crate) fn applied(plan: &str, reports: &[HostReport], exit: Exit) -> Value {
    let fields = json!({
        "event": "result",
        "exit": exit.code(),
        "plan": plan,
        "hosts": value(&reports),
    });
    object("piton.apply/1", fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_cannot_drive_the_terminal_through_json() {
        let value = json!({ "said": "a\u{9b}2J\u{1b}[2J\u{7f}\u{fc}" });
        let text = escaped(&value.to_string());
        assert!(!text.chars().any(char::is_control), "{text:?}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
