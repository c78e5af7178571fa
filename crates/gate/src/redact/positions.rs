//! Where secrets stand in commands: by the name before them, by how they begin, by the option of the program that takes
//! them. A place that is missing here is added here, and to the table of the tests.

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
    "access-key",
    "private_key",
    "credential",
    "passphrase",
    "auth_key",
    "authkey",
    "bearer",
];

/// Whole names whose values are secrets.
const WHOLE: &[&str] = &["pass", "passin", "passout", "auth", "requirepass", "masterauth", "authorization", "cookie"];

/// How names end whose values are secrets.
const NAME_ENDS: &[&str] = &["_key", "_pass", "_pat", "_pwd", "_auth", "sshpass", "-authorization", "-cookie"];

/// How names end that have a secret's name in them, and a path or nothing for their value.
const NO_SECRETS: &[&str] = &["-file", "_file", "-stdin", "-command", "_command"];

/// How values begin that are secrets wherever they stand.
pub(super) const STARTS: &[&str] = &[
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

/// What stands between `Authorization:` and the secret, and may be shown.
pub(super) const SCHEMES: &[&str] = &["bearer", "basic", "token", "digest", "negotiate", "apikey"];

/// Commands that take a password from what is piped into them.
pub(super) const FROM_STDIN: &[&str] =
    &["--password-stdin", "passwd --stdin", "sudo -S", "--with-token", "chpasswd", "cryptsetup"];

/// One-letter options whose value is a secret.
pub(super) struct Options {
    programs: &'static [&'static str],
    /// Letters that may stand before it in the same word.
    before: &'static str,
    letters: &'static str,
    /// `-p x`, and not only `-px`.
    is_apart: bool,
}

const OPTIONS: &[Options] = &[
    Options {
        programs: &[
            "mysql",
            "mysqldump",
            "mysqladmin",
            "mysqlimport",
            "mysqlshow",
            "mysqlcheck",
            "mysqlbinlog",
            "mysqlpump",
            "mariadb",
            "mariadb-dump",
            "mariadb-admin",
            "mariadb-import",
            "mariadb-backup",
            "xtrabackup",
            "innobackupex",
        ],
        before: "vABbEHNrstTw",
        letters: "p",
        is_apart: false,
    },
    Options { programs: &["mycli", "sshpass", "7z", "7za", "7zz", "login"], before: "", letters: "p", is_apart: true },
    Options {
        programs: &["mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport"],
        before: "v",
        letters: "p",
        is_apart: true,
    },
    Options {
        programs: &["curl", "http", "https", "xh"],
        before: "sSLkfivgGIjN#0123456",
        letters: "uUab",
        is_apart: true,
    },
    Options { programs: &["redis-cli", "valkey-cli", "keydb-cli"], before: "", letters: "a", is_apart: true },
    Options { programs: &["lftp", "smbclient", "rpcclient"], before: "N", letters: "uU", is_apart: true },
    Options {
        programs: &["ldapsearch", "ldapmodify", "ldapadd", "ldapdelete", "ldappasswd", "ldapwhoami"],
        before: "xZLvH",
        letters: "w",
        is_apart: true,
    },
    Options {
        programs: &["zip", "unzip", "sqlcmd", "mosquitto_pub", "mosquitto_sub", "ipmitool", "clickhouse-client"],
        before: "rqjo",
        letters: "P",
        is_apart: true,
    },
    Options { programs: &["useradd", "usermod"], before: "mrU", letters: "p", is_apart: true },
    Options { programs: &["openssl"], before: "", letters: "kK", is_apart: true },
    Options { programs: &["ssh-keygen"], before: "q", letters: "NP", is_apart: true },
];

/// Long options whose value is a secret though their name does not say so.
const LONG: &[&str] = &["--user", "--proxy-user", "--pass", "--auth", "--cookie"];
const LONG_TAKERS: &[&str] = &["curl", "http", "https", "xh", "redis-cli", "valkey-cli", "keydb-cli"];

pub(super) fn is_secret_option(program: &str, option: &str) -> bool {
    LONG_TAKERS.contains(&program) && LONG.contains(&option)
}

/// Words of a program behind which a secret stands: how many words later, and how many there are.
pub(super) struct Verb {
    programs: &'static [&'static str],
    word: &'static str,
    pub(super) skips: usize,
    pub(super) hides: usize,
}

const VERBS: &[Verb] = &[
    Verb { programs: &["redis-cli", "valkey-cli", "keydb-cli"], word: "auth", skips: 0, hides: 2 },
    Verb { programs: &["rabbitmqctl"], word: "add_user", skips: 1, hides: 1 },
    Verb { programs: &["rabbitmqctl"], word: "change_password", skips: 1, hides: 1 },
    Verb { programs: &["rabbitmqctl"], word: "authenticate_user", skips: 1, hides: 1 },
    Verb { programs: &["mc"], word: "set", skips: 2, hides: 2 },
    Verb { programs: &["mysqladmin", "mariadb-admin"], word: "password", skips: 0, hides: 1 },
    Verb { programs: &["vault"], word: "login", skips: 0, hides: 1 },
    Verb { programs: &["htpasswd"], word: "-b", skips: 2, hides: 1 },
    Verb { programs: &["htpasswd"], word: "-bb", skips: 2, hides: 1 },
    Verb { programs: &["htpasswd"], word: "-cb", skips: 2, hides: 1 },
    Verb { programs: &["htpasswd"], word: "-nb", skips: 1, hides: 1 },
    Verb { programs: &["htpasswd"], word: "-nbb", skips: 1, hides: 1 },
];

/// Programs without options of their own here whose verbs matter, and those whose `login` takes a password.
const OTHERS: &[&str] = &["aws", "rabbitmqctl", "mc", "vault", "htpasswd"];
const LOG_IN: &[&str] = &["docker", "podman", "nerdctl", "helm", "buildah", "skopeo", "az", "oc", "npm", "crane"];

/// The program that a word names, as far as it takes secrets. `within` are those before it in the same command.
pub(super) fn program(word: &str, within: &[&str]) -> Option<&'static str> {
    let name = word.rsplit('/').next().unwrap_or(word);
    if word.contains("://") || within.contains(&name) {
        return None;
    }
    if name == "login" {
        return within.iter().any(|program| LOG_IN.contains(program)).then_some("login");
    }
    let known = OPTIONS.iter().flat_map(|options| options.programs);
    known.chain(OTHERS).chain(LOG_IN).find(|known| **known == name).copied()
}

/// Where the value of a one-letter option begins in its own word: its length when it is the next word. `is_glued`: what
/// follows the word is no blank, but a quote.
pub(super) fn option_value(program: &str, word: &str, is_glued: bool) -> Option<usize> {
    let letters = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'))?;
    let options = OPTIONS.iter().find(|options| options.programs.contains(&program))?;
    let at = letters.find(|letter| !options.before.contains(letter))?;
    let is_one = letters[at..].starts_with(|letter| options.letters.contains(letter));
    let has_value = letters.len() > at + 1 || is_glued || options.is_apart;
    (is_one && has_value).then_some(at + 2)
}

pub(super) fn verb(program: &str, word: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.programs.contains(&program) && verb.word.eq_ignore_ascii_case(word))
}

pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.trim_start_matches('-').to_ascii_lowercase();
    if NO_SECRETS.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    NAMES.iter().any(|part| name.contains(part))
        || WHOLE.contains(&name.as_str())
        || NAME_ENDS.iter().any(|end| name.ends_with(end))
}
