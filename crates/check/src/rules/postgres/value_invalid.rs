use crate::rules::prelude::*;

rule! {
    /// A value that PostgreSQL refuses.
    ///
    /// Units have one spelling: `MB` and `GB`, not `Mb`, `mb` or `G`; `min`, not `m`. And a word that is none of a setting's. With
    /// one such line the server does not start.
    ///
    /// ```conf postgresql.conf bad
    /// shared_buffers = 4Gb
    /// ```
    ///
    /// ```conf postgresql.conf bad 2
    /// wal_level = replicaa
    /// ```
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     command: ["postgres", "-c", "work_mem=64M"]
    ///     volumes: ["data:/var/lib/postgresql"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```conf postgresql.conf good
    /// shared_buffers = 4GB
    /// work_mem = 65536
    /// max_wal_size = '2 GB'
    /// checkpoint_timeout = 15min
    /// wal_level = Logical
    /// statement_timeout = 0
    /// temp_file_limit = -1
    /// synchronous_commit = off
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     command: postgres -c shared_buffers=256MB -c wal_level=logical
    ///     volumes: ["data:/var/lib/postgresql"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// Tried with PostgreSQL 15.18, `postgres -C`, 2026-11-28: "invalid value for parameter "shared_buffers": "4Gb"", "Valid units
    /// for this parameter are "B", "kB", "MB", "GB", and "TB"", and the answer is 1.
    RULE = "pg-value-invalid", Error, High, Look::File(&[Kind::Postgres, Kind::Compose], check)
}

/// Settings that are a size.
const SIZES: [&str; 16] = [
    "autovacuum_work_mem",
    "effective_cache_size",
    "log_rotation_size",
    "logical_decoding_work_mem",
    "maintenance_work_mem",
    "max_slot_wal_keep_size",
    "max_stack_depth",
    "max_wal_size",
    "min_wal_size",
    "shared_buffers",
    "temp_buffers",
    "temp_file_limit",
    "wal_buffers",
    "wal_keep_size",
    "wal_writer_flush_after",
    "work_mem",
];

/// Settings that are a time.
const TIMES: [&str; 15] = [
    "archive_timeout",
    "authentication_timeout",
    "autovacuum_naptime",
    "autovacuum_vacuum_cost_delay",
    "bgwriter_delay",
    "checkpoint_timeout",
    "deadlock_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "lock_timeout",
    "log_autovacuum_min_duration",
    "log_min_duration_statement",
    "statement_timeout",
    "wal_receiver_timeout",
    "wal_sender_timeout",
];

/// Settings that take a few words, those that are taken without being told among them.
const WORDS: [(&str, &[&str]); 6] = [
    ("log_error_verbosity", &["terse", "default", "verbose"]),
    ("log_statement", &["none", "ddl", "mod", "all"]),
    ("password_encryption", &["md5", "scram-sha-256", "on", "off", "true", "false", "yes", "no", "1", "0"]),
    (
        "synchronous_commit",
        &["local", "remote_write", "remote_apply", "on", "off", "true", "false", "yes", "no", "1", "0"],
    ),
    ("wal_level", &["minimal", "replica", "logical", "archive", "hot_standby"]),
    ("wal_sync_method", &["fsync", "fsync_writethrough", "fdatasync", "open_sync", "open_datasync"]),
];

const SIZE_UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
const TIME_UNITS: [&str; 6] = ["us", "ms", "s", "min", "h", "d"];

fn check(project: &Project, document: &Document, report: &mut Report) {
    if document.kind == Kind::Postgres {
        for line in document.root().lines() {
            let name = line.word_text(0).split('=').next().unwrap_or_default();
            let Some(value) = value_of(line) else { continue };
            judge(document, name, value, report);
        }
        return;
    }
    for service in project.services_of(document).iter().filter(|service| service.is("postgres")) {
        for (_, word) in service.words("command") {
            if let Some((name, value)) = word.trim_start_matches("-c").trim_start_matches("--").split_once('=') {
                judge(document, name, value, report);
            }
        }
    }
}

/// What stands behind a setting's name, without its quotes and without a comment.
fn value_of(line: Value<'_>) -> Option<&str> {
    let rest = line.written().split('\n').next()?;
    let rest = rest.trim_start().trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    match rest.strip_prefix('\'') {
        Some(quoted) => quoted.split_once('\'').map(|(value, _)| value),
        None => Some(rest.split('#').next().unwrap_or(rest).trim()),
    }
}

fn judge(document: &Document, name: &str, value: &str, report: &mut Report) {
    let open = value.is_empty() || value.contains(['$', '{', '<', '%', '@', '"', '\'']) && !value.ends_with('%');
    if open {
        return;
    }
    let start = value.as_ptr().addr().wrapping_sub(document.text.as_ptr().addr());
    let is_here = document.text.get(start..start.saturating_add(value.len())) == Some(value);
    let Some(range) = is_here.then(|| start..start + value.len()).filter(|range| !document.is_templated(range)) else {
        return;
    };
    let name = name.to_ascii_lowercase();
    if let Some((_, words)) = WORDS.iter().find(|(known, _)| *known == name) {
        if !words.iter().any(|word| value.eq_ignore_ascii_case(word)) {
            report
                .at((document, range), format!("PostgreSQL does not know `{value}` as {name}, and does not start"))
                .help(words.iter().take(4).copied().collect::<Vec<_>>().join(", "));
        }
        return;
    }
    let units = match () {
        () if SIZES.contains(&name.as_str()) => &SIZE_UNITS[..],
        () if TIMES.contains(&name.as_str()) => &TIME_UNITS[..],
        () => return,
    };
    let digits = value.trim_start_matches(['-', '+']);
    let end = digits.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(digits.len());
    let unit = digits[end..].trim();
    // A number of another kind, or none at all, is left to PostgreSQL.
    if end == 0
        || unit.is_empty()
        || units.contains(&unit)
        || !unit.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'%')
    {
        return;
    }
    report
        .at((document, range), format!("PostgreSQL knows no unit `{unit}` for {name}, and does not start"))
        .help(units.join(", "));
}
