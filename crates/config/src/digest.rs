//! What a plan's id is made from: the values of a site and nothing about how they were written.

use crate::Site;
use serde_json::Value;

/// Gives the site as one text in which neither places nor origins occur, so that a comment, a new
/// order of lines or a default written out does not make another plan of it.
pub fn digest_input(site: &Site) -> String {
    let mut value = serde_json::to_value(site).unwrap_or_default();
    if let Some(hosts) = value.get_mut("hosts").and_then(Value::as_array_mut) {
        for host in hosts.iter_mut().filter_map(Value::as_object_mut) {
            host.remove("span");
        }
        hosts.sort_by_cached_key(|host| host.get("name").and_then(Value::as_str).unwrap_or_default().to_owned());
    }
    without_origins(&mut value);
    value.to_string()
}

/// A [`crate::Valued`] becomes its value. What is inside a value is the user's and stays as it is:
/// daemon.json may well have keys called `value` and `origin`.
fn without_origins(value: &mut Value) {
    match value {
        Value::Object(fields) if fields.len() == 2 && fields.contains_key("origin") && fields.contains_key("value") => {
            if let Some(inner) = fields.get_mut("value").map(Value::take) {
                *value = inner;
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(without_origins),
        Value::Array(elements) => elements.iter_mut().for_each(without_origins),
        _ => {}
    }
}
