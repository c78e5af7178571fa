//! Words that are no command line: nothing of them is understood, but who is to be answered.

use super::CheckFormat;
use clap::ValueEnum;
use std::ffi::OsString;

/// Whether words that are no command line ask for an answer that a program reads.
pub fn ask_for_json(words: impl IntoIterator<Item = OsString>) -> bool {
    let is_one = |name: &str| CheckFormat::from_str(name, false).is_ok_and(|format| format != CheckFormat::Text);
    let mut before = OsString::new();
    words.into_iter().take_while(|word| word != "--").any(|word| {
        let named = word.to_str().unwrap_or_default();
        let is_format = before == "--format" && is_one(named);
        let is_asked = named == "--json" || is_format || named.strip_prefix("--format=").is_some_and(is_one);
        before = word;
        is_asked
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_no_command_line_may_ask_for_json() {
        let ask = |words: &str| ask_for_json(words.split(' ').map(OsString::from));
        for words in ["piton plan --josn --json", "piton check --format sarif --bad", "piton check --format=json --bad"]
        {
            assert!(ask(words), "{words}");
        }
        for words in ["piton plan --josn", "piton check --format text --bad", "piton exec web --bad -- ls --json"] {
            assert!(!ask(words), "{words}");
        }
    }
}
