//! Puts one value into a JSON text and takes it out again, leaving every other byte as it is.
//!
//! The text is not written anew: one run of bytes is put behind an opening bracket, its comma
//! included, and the same run is what is taken out later.

use serde_json::Value;

/// A text with something put in, and the run of bytes that was put in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spliced {
    pub(super) text: String,
    pub(super) put_in: String,
}

/// Puts `entry` first into the list at `path`; what is missing on the way is made.
pub(super) fn put_first(text: &str, path: &[&str], entry: &Value) -> Result<Spliced, String> {
    if text.trim().is_empty() {
        let mut value = Value::Array(vec![entry.clone()]);
        for key in path.iter().rev() {
            value = serde_json::json!({ *key: value });
        }
        let put_in = format!("{}\n", serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?);
        return Ok(Spliced { text: format!("{text}{put_in}"), put_in });
    }
    let root: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    let mut depth = 0;
    let mut inside = &root;
    while let Some(next) = path.get(depth).and_then(|key| inside.get(key)) {
        inside = next;
        depth += 1;
    }
    let (mut value, is_list) = match depth == path.len() {
        true => (entry.clone(), true),
        false => (Value::Array(vec![entry.clone()]), false),
    };
    for key in path.iter().skip(depth + 1).rev() {
        value = serde_json::json!({ *key: value });
    }
    let fits = if is_list { inside.is_array() } else { inside.is_object() };
    if !fits {
        return Err(format!("`{}` is not what it should be", path[..depth].join(".")));
    }
    let open = opening(text, &path[..depth]).ok_or("its brackets do not match")?;
    let is_empty =
        inside.as_array().map_or_else(|| inside.as_object().is_some_and(|object| object.is_empty()), Vec::is_empty);
    let indent = "  ".repeat(depth + 1);
    let pretty =
        serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?.replace('\n', &format!("\n{indent}"));
    let named = match is_list {
        true => pretty,
        false => format!("{}: {pretty}", Value::from(path[depth])),
    };
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let put_in =
        format!("\n{indent}{named}{}", if is_empty { format!("\n{}", "  ".repeat(depth)) } else { ",".to_owned() });
    let put_in = put_in.replace('\n', ending);
    let text = format!("{}{put_in}{}", &text[..open], &text[open..]);
    serde_json::from_str::<Value>(&text).map_err(|error| format!("the change would break it: {error}"))?;
    Ok(Spliced { text, put_in })
}

/// Takes a run of bytes out again. None when it does not stand there once, as it was put in.
pub(super) fn take_out(text: &str, put_in: &str) -> Option<String> {
    let at = text.find(put_in)?;
    let rest = &text[at + put_in.len()..];
    if put_in.is_empty() || rest.contains(put_in) {
        return None;
    }
    Some(format!("{}{rest}", &text[..at]))
}

/// The place right behind the opening bracket of the value at `path`.
fn opening(text: &str, path: &[&str]) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = skip_blanks(bytes, 0);
    for key in path {
        at = member(text, at, key)?;
    }
    matches!(bytes.get(at), Some(b'{' | b'[')).then_some(at + 1)
}

/// The place of the value of a key, in the object that begins at `at`. The last of several counts, as for every reader.
fn member(text: &str, at: usize, wanted: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = skip_blanks(bytes, at + 1);
    let mut found = None;
    while bytes.get(at) == Some(&b'"') {
        let end = value_end(bytes, at)?;
        let key: String = serde_json::from_str(&text[at..end]).ok()?;
        let colon = skip_blanks(bytes, end);
        let value = skip_blanks(bytes, colon + 1);
        if key == wanted {
            found = Some(value);
        }
        at = skip_blanks(bytes, value_end(bytes, value)?);
        if bytes.get(at) == Some(&b',') {
            at = skip_blanks(bytes, at + 1);
        }
    }
    found
}

fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The place behind the value that begins at `at`.
fn value_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut quoted = false;
    loop {
        match bytes.get(at)? {
            b'\\' if quoted => at += 1,
            b'"' => {
                quoted = !quoted;
                if !quoted && depth == 0 {
                    return Some(at + 1);
                }
            }
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                if depth == 0 {
                    return Some(at);
                }
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b',' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => return Some(at),
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_put_in_comes_out_byte_for_byte() {
        let texts = [
            "{}",
            "{ }\n",
            "{\n\t\"model\": \"x\"  ,\n  \"list\": [1,2 , 3]\n}\n",
            "{\"hooks\":{}}",
            "{\r\n  \"hooks\": {\"PostToolUse\": [ ]}\r\n}\r\n",
            "{\"hooks\": {\"PreToolUse\": []}}",
            "{\"a\\\"b\": {\"hooks\": 1}, \"hooks\": {\"PreToolUse\": [{\"matcher\": \"]}\"}]}, \"z\": \"ü\"}",
            "",
        ];
        for text in texts {
            let spliced = put_first(text, &["hooks", "PreToolUse"], &json!({"matcher": "Bash"})).unwrap();
            let value: Value = serde_json::from_str(&spliced.text).unwrap();
            assert_eq!(value["hooks"]["PreToolUse"][0]["matcher"], "Bash", "{text}");
            assert_eq!(take_out(&spliced.text, &spliced.put_in).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_place_for_it_is_left_alone() {
        assert!(put_first("{\"hooks\": []}", &["hooks", "PreToolUse"], &json!({})).is_err());
        assert!(put_first("{\"hooks\": {\"PreToolUse\": {}}}", &["hooks", "PreToolUse"], &json!({})).is_err());
        assert!(put_first("// comment\n{}", &["hooks"], &json!({})).is_err());
        assert_eq!(take_out("{}", "x"), None);
    }
}
