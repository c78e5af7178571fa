//! Takes secrets out of a command before it is written down.
//!
//! By what stands before a value (`--password`, `TOKEN=`, `Authorization:`) and by what a value looks like (`sk-…`,
//! `ghp_…`). Rather one word too many than one too few: the log is for what was done, not for the words.

const HIDDEN: &str = "[secret]";

/// Parts of names whose values are secrets.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "private_key",
    "credential",
    "passphrase",
    "auth_key",
    "bearer",
];

/// How values begin that are secrets wherever they stand.
const STARTS: &[&str] = &[
    "sk-",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "AKIA",
    "ASIA",
    "hvs.",
    "hvb.",
    "s.",
    "eyJ",
    "AGE-SECRET-KEY",
    "npm_",
    "pypi-",
    "dop_v1_",
    "AIza",
    "tskey-",
    "sq0",
    "rk_live",
    "sk_live",
    "pk_live",
];

/// Gives the command with its secrets hidden.
pub fn redact(command: &str) -> String {
    let mut out = String::with_capacity(command.len());
    let mut hide_next = false;
    let mut program = "";
    for (word, space) in words(command) {
        let bare = word.rsplit('/').next().unwrap_or(word).trim_start_matches(['\'', '"', '(']);
        program = TAKING.iter().find(|(name, _, _)| *name == bare).map_or(program, |(name, _, _)| name);
        let is_variable = word.trim_start_matches(['\'', '"']).starts_with('$');
        let shown = match (hide_next && !word.is_empty() && !is_variable, attached(program, word)) {
            (true, _) => hidden(word),
            (false, Some(start)) => format!("{start}{HIDDEN}"),
            (false, None) => redact_word(word),
        };
        // `--password x`, `-H 'Authorization: Bearer x'`: the value is the next word.
        let lower = word.to_ascii_lowercase();
        let lower = lower.trim_start_matches(['\'', '"']);
        let named = lower.starts_with("--") && !lower.contains('=') && is_secret_name(lower);
        let taking = TAKING.iter().any(|(name, options, _)| *name == program && options.contains(&word));
        let header = lower.ends_with(':') && is_secret_name(lower) || program == "aws" && is_secret_name(lower);
        hide_next = named
            || taking
            || header
            || matches!(lower, "bearer" | "basic" | "identified" | "x-vault-token:")
            || lower.ends_with("password") && lower.starts_with('-')
            || hide_next && word.is_empty();
        out.push_str(&shown);
        out.push_str(space);
    }
    out
}

/// Programs that are given a password in an option of one letter: in the next word, or in the same.
const TAKING: &[(&str, &[&str], &[&str])] = &[
    ("mysql", &[], &["-p"]),
    ("mysqldump", &[], &["-p"]),
    ("mysqladmin", &[], &["-p"]),
    ("mariadb", &[], &["-p"]),
    ("mariadb-dump", &[], &["-p"]),
    ("sshpass", &["-p"], &["-p"]),
    ("redis-cli", &["-a", "--pass"], &[]),
    ("valkey-cli", &["-a", "--pass"], &[]),
    ("curl", &["-u", "--user"], &["-u"]),
    ("login", &["-p"], &["-p"]),
    ("htpasswd", &[], &[]),
    ("aws", &[], &[]),
];

/// `-pX`: the option, when the rest of the word is a password.
fn attached<'a>(program: &str, word: &'a str) -> Option<&'a str> {
    let (_, _, options) = TAKING.iter().find(|(name, _, _)| *name == program)?;
    let option = options.iter().find(|option| word.starts_with(**option) && word.len() > option.len())?;
    let value = word.get(option.len()..)?.trim_start_matches(['\'', '"']);
    (!value.starts_with('$')).then(|| &word[..option.len()])
}

/// A quote that ends here ended something that began before.
fn hidden(word: &str) -> String {
    let quote = word.chars().last().filter(|last| matches!(last, '\'' | '"'));
    let opens = quote.is_some_and(|quote| word.starts_with(quote) && word.len() > 1);
    match quote.filter(|_| !opens) {
        Some(quote) => format!("{HIDDEN}{quote}"),
        None => HIDDEN.to_owned(),
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NAMES.iter().any(|part| name.contains(part))
        || name.ends_with("_key")
        || name.ends_with("_pass")
        || name.ends_with("_pat")
}

fn redact_word(word: &str) -> String {
    // A name and a value: `TOKEN=x`, `--token=x`, `"password": "x"`, `password:x`.
    if let Some(at) = word.find(['=', ':'])
        && is_secret_name(&word[..at])
        && word.len() > at + 1
        && !word[at + 1..].starts_with("//")
    {
        let value = &word[at + 1..];
        let is_variable = value.trim_start_matches(['"', '\'']).starts_with('$');
        return if is_variable { word.to_owned() } else { format!("{}{HIDDEN}", &word[..=at]) };
    }
    // `https://user:password@host`
    if let Some(scheme) = word.find("://")
        && let Some(end) = word[scheme + 3..].find('@')
        && let Some(colon) = word[scheme + 3..scheme + 3 + end].find(':')
    {
        let start = scheme + 3 + colon + 1;
        return format!("{}{HIDDEN}{}", &word[..start], &word[scheme + 3 + end..]);
    }
    let bare = word.trim_start_matches(['\'', '"', '(']);
    let value = bare.rsplit('=').next().unwrap_or(bare).trim_start_matches(['\'', '"']);
    let looks = |value: &str| {
        value.len() >= 12
            && STARTS.iter().any(|start| value.starts_with(start))
            && value.bytes().filter(u8::is_ascii_alphanumeric).count() >= 12
    };
    if looks(value) && !(value.starts_with("s.") && value.len() < 20) {
        return format!("{}{HIDDEN}", &word[..word.len() - value.len()]);
    }
    // The key block of a file, or a line of random letters.
    let random = value.len() >= 40
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte))
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_uppercase())
        && value.bytes().any(|byte| byte.is_ascii_lowercase());
    if random { format!("{}{HIDDEN}", &word[..word.len() - value.len()]) } else { word.to_owned() }
}

/// The words with the blanks behind them.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let space = rest[end..].find(|letter: char| !letter.is_whitespace()).map_or(rest.len(), |next| end + next);
        let pair = (&rest[..end], &rest[end..space]);
        rest = &rest[space..];
        Some(pair)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_and_the_rest_stays() {
        let cases = [
            ("echo sk-live-1234567890abcdef >> .env", "echo [secret] >> .env"),
            ("PGPASSWORD=hunter2 psql -c 'SELECT 1'", "PGPASSWORD=[secret] psql -c 'SELECT 1'"),
            ("mysql --password hunter2 x", "mysql --password [secret] x"),
            ("curl -H 'Authorization: Bearer abc' x", "curl -H 'Authorization: Bearer [secret]' x"),
            ("git clone https://me:hunter2@example.com/x", "git clone https://me:[secret]@example.com/x"),
            ("redis-cli -a \"$REDIS_PASSWORD\" ping", "redis-cli -a \"$REDIS_PASSWORD\" ping"),
            ("mysql -phunter2 -e 'DROP DATABASE x'", "mysql -p[secret] -e 'DROP DATABASE x'"),
            ("sshpass -p hunter2 ssh me@web", "sshpass -p [secret] ssh me@web"),
            ("curl -u bob:hunter2 https://x", "curl -u [secret] https://x"),
            ("curl -H 'X-Api-Key: hunter2' https://x", "curl -H 'X-Api-Key: [secret]' https://x"),
            ("redis-cli -a hunter2 ping", "redis-cli -a [secret] ping"),
            ("docker login -u me -p hunter2 x.example", "docker login -u me -p [secret] x.example"),
            ("aws configure set aws_secret_access_key hunter2", "aws configure set aws_secret_access_key [secret]"),
            ("ssh -p 222 web ls", "ssh -p 222 web ls"),
            ("export TOKEN=$X", "export TOKEN=$X"),
            ("git commit -m 'token bucket'", "git commit -m 'token bucket'"),
        ];
        for (command, expected) in cases {
            assert_eq!(redact(command), expected);
        }
    }
}
