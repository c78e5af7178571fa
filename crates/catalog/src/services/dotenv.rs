//! A line of a file of variables, as compose reads one: `NAME='value'`.
//!
//! Within single quotes nothing has a meaning but the quote itself, and a backslash before it. Compose's versions differ
//! in how such a quote is written, so a value that has one stands within double quotes, and must then have none of the signs
//! that have a meaning there. What fits neither is refused: no value may end its line and begin another.

use super::trouble::Trouble;
use piton_config::Valued;

/// The line, or why the variable cannot be written.
pub(super) fn line(name: &str, value: &Valued<String>) -> Result<String, Trouble> {
    name_fits(name, value)?;
    let quoted = quoted(value).ok_or_else(|| {
        let what = format!("the value of `{name}` cannot be written into a file of variables");
        let help = "leave out line breaks, a backslash at its end, and a single quote beside one of `\"`, `$` and `\\`";
        Trouble::new("site/bad-value", what, help).at(&value.origin)
    })?;
    Ok(format!("{name}={quoted}\n"))
}

/// Whether a variable can have this name, in a file and in compose.
pub(super) fn name_fits(name: &str, value: &Valued<String>) -> Result<(), Trouble> {
    let is_letter = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    let fits = name.starts_with(is_letter) && name.chars().all(|letter| is_letter(letter) || letter.is_ascii_digit());
    if fits {
        return Ok(());
    }
    let what = format!("`{}` is not the name of a variable", name.escape_debug());
    Err(Trouble::new("site/bad-name", what, "use letters, digits and `_`, with no digit first").at(&value.origin))
}

fn quoted(value: &str) -> Option<String> {
    // Two backslashes at the end are two; one would take the quote behind it along.
    let backslashes = value.chars().rev().take_while(|letter| *letter == '\\').count();
    match value {
        _ if value.contains(char::is_control) => None,
        _ if !value.contains('\'') && backslashes % 2 == 0 => Some(format!("'{value}'")),
        _ if !value.contains(['"', '$', '\\']) => Some(format!("\"{value}\"")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_config::Origin;

    fn written(name: &str, value: &str) -> Option<String> {
        line(name, &Valued { value: value.to_owned(), origin: Origin::Default }).ok()
    }

    #[test]
    fn a_value_never_ends_its_line() {
        assert_eq!(written("A", "a \"b\" $c").as_deref(), Some("A='a \"b\" $c'\n"));
        assert_eq!(written("A", "it's").as_deref(), Some("A=\"it's\"\n"));
        assert_eq!(written("A", r"c:\\").as_deref(), Some("A='c:\\\\'\n"));
        for value in ["a'\nEVIL=1\n#", "a\nb", r"c:\", "it's $5", "a\r", "'\"", r"'\n"] {
            assert_eq!(written("A", value), None, "{value:?}");
        }
    }

    #[test]
    fn a_name_is_a_variable_s() {
        assert!(written("_A1", "").is_some());
        for name in ["", "A B", "B=C", "1A", "A\nB", "É", "#A"] {
            assert_eq!(written(name, "x"), None, "{name:?}");
        }
    }
}
