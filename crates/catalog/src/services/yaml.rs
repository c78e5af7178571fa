//! YAML as it is written here: one line after the other, each with its reason beside it.

/// A text that grows by lines.
#[derive(Debug, Default)]
pub(super) struct Yaml {
    text: String,
}

/// Beyond this a reason stands above its line.
const WIDTH: usize = 118;

impl Yaml {
    pub(super) fn comment(&mut self, indent: usize, words: &str) {
        for line in wrapped(words, WIDTH - indent - 2) {
            self.text.push_str(&format!("{:indent$}# {line}\n", ""));
        }
    }

    pub(super) fn line(&mut self, indent: usize, content: &str, why: Option<&str>) {
        let Some(why) = why else {
            self.text.push_str(&format!("{:indent$}{content}\n", ""));
            return;
        };
        let beside = indent + content.chars().count() + why.chars().count() + 4;
        if beside <= WIDTH {
            self.text.push_str(&format!("{:indent$}{content}  # {why}\n", ""));
        } else {
            self.comment(indent, why);
            self.text.push_str(&format!("{:indent$}{content}\n", ""));
        }
    }

    /// A key with a text for its value, and nothing where there is none.
    pub(super) fn entry(&mut self, indent: usize, key: &str, value: Option<&str>, why: Option<&str>) {
        if let Some(value) = value {
            self.line(indent, &format!("{key}: {}", scalar(value)), why);
        }
    }

    pub(super) fn list(&mut self, indent: usize, key: &str, values: &[String], why: Option<&str>) {
        if values.is_empty() {
            return;
        }
        let inline = format!("{key}: [{}]", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "));
        if indent + inline.chars().count() <= WIDTH {
            return self.line(indent, &inline, why);
        }
        self.line(indent, &format!("{key}:"), why);
        for value in values {
            self.line(indent + 2, &format!("- {}", quoted(value)), None);
        }
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    pub(super) fn done(self) -> String {
        self.text
    }
}

/// A value of compose's: quoted where YAML would read something else, and `$` doubled, since nothing
/// here is for compose to fill in.
pub(super) fn scalar(value: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    let number = value.parse::<i64>().is_ok();
    let truth = value == "true" || value == "false";
    let word = value.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/' || letter == '.');
    let special = ["yes", "no", "on", "off", "y", "n", "null", "true", "false"];
    let safe = word
        && !special.contains(&value.to_ascii_lowercase().as_str())
        && value.split(':').all(|part| !part.is_empty() && part.chars().all(plain));
    match number || truth || safe {
        true => value.to_owned(),
        false => quoted(value),
    }
}

pub(super) fn quoted(value: &str) -> String {
    serde_json::Value::from(value.replace('$', "$$")).to_string()
}

fn wrapped(words: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in words.split_whitespace() {
        let full = lines.last().is_some_and(|line| !line.is_empty() && line.len() + 1 + word.len() > width);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_yaml_would_read_as_something_else_is_quoted() {
        assert_eq!(scalar("redis"), "redis");
        assert_eq!(scalar("no"), "\"no\"");
        assert_eq!(scalar("0.5"), "\"0.5\"");
        assert_eq!(scalar("0:0"), "\"0:0\"");
        assert_eq!(scalar("512m"), "\"512m\"");
        assert_eq!(scalar("4"), "4");
        assert_eq!(scalar("a: b"), "\"a: b\"");
        assert_eq!(scalar("redis:8.0.2-alpine"), "redis:8.0.2-alpine");
    }

    #[test]
    fn a_dollar_is_not_for_compose_to_fill_in() {
        assert_eq!(scalar("$HOME"), "\"$$HOME\"");
    }

    #[test]
    fn a_reason_stands_beside_its_line_or_above_it() {
        let mut yaml = Yaml::default();
        yaml.line(2, "init: true", Some("node reaps no children"));
        yaml.line(2, "memory: 1g", Some(&"long ".repeat(30)));
        let text = yaml.done();
        assert!(text.starts_with("  init: true  # node reaps no children\n  # long long"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }
}
