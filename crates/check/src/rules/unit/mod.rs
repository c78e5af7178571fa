//! Rules for systemd units. One file a rule; `rules/mod.rs` has the list.

pub(super) mod caddy_restart;
pub(super) mod calendar;
pub(super) mod comment_behind;
pub(super) mod dependency_name;
pub(super) mod env_file_missing;
pub(super) mod environment_word;
pub(super) mod network_online;
pub(super) mod path_not_absolute;
pub(super) mod section_of_another;
pub(super) mod shell_syntax;
pub(super) mod start_limit_section;
pub(super) mod timer_not_installed;
pub(super) mod unknown_key;
pub(super) mod value;

/// One word of a value, as systemd takes values apart; what quotes hold is one word.
struct Word {
    text: String,
    is_quoted: bool,
}

/// The words of a value; nothing where its quotes or its further lines are not as systemd wants them.
fn words(value: &str) -> Option<Vec<Word>> {
    let lines = value.split('\n').enumerate();
    let mut joined = String::new();
    let mut goes_on = true;
    // Comments between lines that go on are left out.
    for (_, line) in lines.filter(|(number, line)| *number == 0 || !line.trim_start().starts_with(['#', ';'])) {
        if !goes_on {
            return None;
        }
        let line = line.trim_end_matches('\r');
        let more = line.strip_suffix('\\');
        goes_on = more.is_some();
        joined.push_str(more.unwrap_or(line));
        joined.push(' ');
    }
    split(&joined)
}

fn split(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote: Option<char> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if quote.is_none() && letter.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let open = word.get_or_insert_with(|| Word { text: String::new(), is_quoted: false });
        match letter {
            '\\' => open.text.extend([letter].into_iter().chain(letters.next())),
            '"' | '\'' if quote.is_none() => (quote, open.is_quoted) = (Some(letter), true),
            _ if quote == Some(letter) => quote = None,
            _ => open.text.push(letter),
        }
    }
    quote.is_none().then_some(words)
}
