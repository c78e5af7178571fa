//! SQL, statement by statement: whether it only reads, changes some rows, or loses data.
//!
//! Text in quotes is taken out first, so that a string with DROP in it is a string. What comes from
//! variables is a hole and fits no keyword.

use crate::effect::Effect;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Effect(Effect, &'static str),
    /// `\! command` of psql and its like.
    Shell(String),
    /// `\o file`
    Writes(String),
    /// `\i file`, `SOURCE file`, `.read file`.
    File(String),
}

/// Judges a text of statements.
pub(crate) fn judge(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let bare = without_strings(text);
    for statement in bare.split(';') {
        for line in statement.lines() {
            meta(line.trim(), &mut found);
            if line.contains("\\gexec") {
                found.push(Found::Effect(Effect::Unknown, "runs what the statement gives as statements of its own"));
            }
            if let Some((_, command)) = line.split_once("\\g |").or_else(|| line.split_once("\\g|")) {
                found.push(Found::Shell(command.to_owned()));
            }
        }
        let words: Vec<String> = statement
            .split(|letter: char| {
                !(letter.is_alphanumeric() || letter == '_' || letter == '\\' || letter == '!' || letter == '.')
            })
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_uppercase)
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let Some(effect) = statement_effect(&words) {
            found.push(effect);
        }
    }
    found
}

/// Commands of the client, at the beginning of a line.
fn meta(line: &str, found: &mut Vec<Found>) {
    let (command, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    match command {
        "\\!" | ".shell" | ".system" | "system" | "!" => found.push(Found::Shell(rest.to_owned())),
        "\\i" | "\\ir" | "\\include" | "source" | "SOURCE" | ".read" | "\\." => {
            found.push(Found::File(rest.to_owned()))
        }
        "\\o" | "\\g" | "\\w" if rest.starts_with('|') => found.push(Found::Shell(rest[1..].to_owned())),
        "\\o" | "\\w" | "\\out" | "\\write" if rest.starts_with(['/', '~']) => {
            found.push(Found::Writes(rest.to_owned()))
        }
        "\\setenv" => {
            found.push(Found::Effect(Effect::Unknown, "sets a variable of the client, by which it may run a program"))
        }
        "\\copy" if rest.to_ascii_uppercase().contains(" PROGRAM") => {
            found.push(Found::Effect(Effect::Unknown, "runs a program on this machine"));
        }
        "\\copy" if rest.to_ascii_uppercase().contains(" FROM") => {
            found.push(Found::Effect(Effect::DataChange, "loads rows into a table"));
        }
        ".restore" | ".import" | ".recover" => found.push(Found::Effect(Effect::DataChange, "loads over a database")),
        _ if command.starts_with("\\!") => found.push(Found::Shell(line[2..].to_owned())),
        _ => {}
    }
}

fn statement_effect(words: &[&str]) -> Option<Found> {
    let has = |word: &str| words.contains(&word);
    let mut words = words;
    if words.first() == Some(&"EXPLAIN") {
        if !words.iter().take(4).any(|word| matches!(*word, "ANALYZE" | "ANALYSE")) {
            return None;
        }
        let does = |word: &&str| matches!(*word, "DELETE" | "UPDATE" | "INSERT" | "MERGE" | "SELECT" | "WITH");
        words = &words[words.iter().position(does)?..];
    }
    let loses = |why| Some(Found::Effect(Effect::DataLoss, why));
    let changes = |why| Some(Found::Effect(Effect::DataChange, why));
    let first = *words.first()?;
    if has("PROGRAM") && has("COPY") {
        return Some(Found::Effect(Effect::Unknown, "runs a program on the database's host"));
    }
    if ["PG_SHADOW", "PG_AUTHID"].iter().any(|table| has(table)) || has("MYSQL.USER") {
        return Some(Found::Effect(Effect::SecretRead, "shows the database's passwords"));
    }
    match first {
        "DROP" => loses("drops what is in the database"),
        "TRUNCATE" => loses("empties a table"),
        "FLUSHALL" | "FLUSHDB" => loses("empties the store"),
        "DELETE" | "UPDATE" => rows(words),
        "WITH" => match words.iter().position(|word| matches!(*word, "DELETE" | "UPDATE" | "INSERT" | "MERGE")) {
            Some(at) if matches!(words[at], "INSERT" | "MERGE") => changes("writes rows"),
            Some(at) => rows(&words[at..]),
            None => None,
        },
        "ALTER" if words.get(1) == Some(&"TABLE") && has("DROP") => loses("drops a column or a constraint"),
        "ALTER" if matches!(words.get(1), Some(&("ROLE" | "USER"))) && has("PASSWORD") => {
            Some(Found::Effect(Effect::SecretWrite, "sets a password"))
        }
        "CREATE" if words.get(1) == Some(&"TEMP") || words.get(1) == Some(&"TEMPORARY") => None,
        "CREATE" | "ALTER" | "INSERT" | "MERGE" | "REPLACE" | "GRANT" | "REVOKE" | "COMMENT" | "REINDEX"
        | "CLUSTER" | "RENAME" | "REFRESH" | "CALL" | "DO" | "LOAD" | "REASSIGN" | "IMPORT" | "OPTIMIZE" | "KILL"
        | "LOCK" | "SECURITY" => changes("changes what is in the database"),
        "COPY" if has("FROM") => changes("loads rows into a table"),
        "VACUUM" if has("FULL") => changes("locks the table while it is written anew"),
        "SELECT" => select(words),
        "EXEC" | "EXECUTE" => changes("runs a procedure"),
        "SET" if has("PASSWORD") => Some(Found::Effect(Effect::SecretWrite, "sets a password")),
        "SET" if has("GLOBAL") => changes("changes the server's settings"),
        _ => None,
    }
}

fn rows(words: &[&str]) -> Option<Found> {
    let narrow = words.iter().position(|word| *word == "WHERE").map(|at| &words[at + 1..]);
    let always = |condition: &[&str]| matches!(condition, ["1"] | ["TRUE"] | ["1", "1"] | []);
    match narrow {
        Some(condition) if !always(condition) => {
            Some(Found::Effect(Effect::DataChange, "changes rows that are in use"))
        }
        _ if words.first() == Some(&"DELETE") => {
            Some(Found::Effect(Effect::DataLoss, "deletes every row: there is no WHERE"))
        }
        _ => Some(Found::Effect(Effect::DataLoss, "overwrites every row: there is no WHERE")),
    }
}

/// Functions with which a SELECT does more than select.
fn select(words: &[&str]) -> Option<Found> {
    const DOING: &[&str] = &[
        "PG_TERMINATE_BACKEND",
        "PG_CANCEL_BACKEND",
        "PG_RELOAD_CONF",
        "SETVAL",
        "LO_UNLINK",
        "LO_IMPORT",
        "DBLINK_EXEC",
        "DBLINK",
        "QUERY_TO_XML",
        "LO_EXPORT",
        "PG_ROTATE_LOGFILE",
        "PG_SWITCH_WAL",
        "PG_DROP_REPLICATION_SLOT",
        "PG_PROMOTE",
        "SET_CONFIG",
        "NEXTVAL",
    ];
    if words.iter().any(|word| matches!(*word, "PG_READ_FILE" | "LOAD_FILE" | "PG_READ_BINARY_FILE" | "READFILE")) {
        return Some(Found::Effect(Effect::SecretRead, "reads a file of the database's host"));
    }
    if words.iter().any(|word| DOING.contains(word)) {
        return Some(Found::Effect(Effect::DataChange, "calls a function that changes something"));
    }
    if words.iter().any(|word| {
        ["DELETE_", "DROP_", "PURGE", "TRUNCATE", "REMOVE_", "WIPE"].iter().any(|part| word.starts_with(part))
    }) {
        return Some(Found::Effect(Effect::DataChange, "calls a function that by its name deletes"));
    }
    let listed = words.iter().take_while(|word| **word != "FROM");
    if !words.contains(&"COUNT") && listed.into_iter().any(|word| is_secret_column(word)) {
        return Some(Found::Effect(Effect::SecretRead, "shows a column that holds secrets"));
    }
    let into = words.iter().position(|word| *word == "INTO")?;
    words[..into].iter().all(|word| *word != "FROM").then_some(())?;
    Some(Found::Effect(Effect::DataChange, "selects into a new table or a file"))
}

/// `password`, `api_key`, `users.token`; not `total_tokens`.
fn is_secret_column(word: &str) -> bool {
    let name = word.rsplit('.').next().unwrap_or(word);
    ["TOKEN", "PASSWORD", "SECRET", "API_KEY", "APIKEY", "PRIVATE_KEY", "PASSWD"]
        .iter()
        .any(|end| name.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('_')))
}

/// The text without what stands in quotes and comments.
fn without_strings(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                out.push('0');
                while let Some(inner) = letters.next() {
                    if inner == '\'' {
                        break;
                    }
                    if inner == '\\' {
                        letters.next();
                    }
                }
            }
            // A quoted name is a name.
            '"' | '`' => out.push(' '),
            '-' if letters.peek() == Some(&'-') => {
                for inner in letters.by_ref() {
                    if inner == '\n' {
                        out.push('\n');
                        break;
                    }
                }
            }
            '/' if letters.peek() == Some(&'*') => {
                let mut last = ' ';
                for inner in letters.by_ref() {
                    if last == '*' && inner == '/' {
                        break;
                    }
                    last = inner;
                }
                out.push(' ');
            }
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worst(text: &str) -> Option<Effect> {
        judge(text).into_iter().find_map(|found| match found {
            Found::Effect(effect, _) => Some(effect),
            _ => None,
        })
    }

    #[test]
    fn reading_is_free_and_strings_are_strings() {
        for text in [
            "SELECT 1",
            "select 'drop table x; delete from y'",
            "EXPLAIN DELETE FROM x",
            "\\dt",
            "-- DROP x\nSELECT 1",
            "BEGIN; COMMIT",
            "VACUUM",
            "SHOW ALL",
            "SELECT * FROM \"update\"",
        ] {
            assert_eq!(worst(text), None, "{text}");
        }
    }

    #[test]
    fn rows_that_are_named_are_a_change_and_all_rows_are_a_loss() {
        assert_eq!(worst("UPDATE a SET b = 1 WHERE id = 2"), Some(Effect::DataChange));
        assert_eq!(worst("update a set b = 'where'"), Some(Effect::DataLoss));
        assert_eq!(worst("DELETE FROM a WHERE 1=1"), Some(Effect::DataLoss));
        assert_eq!(worst("WITH x AS (DELETE FROM a RETURNING 1) SELECT 1 FROM x"), Some(Effect::DataLoss));
        assert_eq!(worst("EXPLAIN ANALYZE DELETE FROM a"), None.or(Some(Effect::DataLoss)));
    }
}
