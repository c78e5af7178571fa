//! Services that code speaks to in its own language, without starting a program: containers, databases, other hosts,
//! the kernel. What would be judged as `docker rm` or `psql -c` is asked for, or read, here too.

use super::given::literal;
use super::{Code, Part};

/// A module, and the calls of it that change something; no calls: whatever is done with it.
const CLIENTS: &[(&str, &[&str], &str)] = &[
    (
        "docker",
        &[".remove(", ".stop(", ".kill(", ".prune(", ".restart(", ".exec_run(", ".run("],
        "tells the container engine to change something",
    ),
    ("kubernetes", &["delete_", "patch_", "replace_", "create_", "scale_"], "tells a cluster to change something"),
    ("paramiko", &["exec_command(", "invoke_shell(", ".put(", ".remove("], "runs a command on another host"),
    ("fabric", &[".run(", ".sudo(", ".put("], "runs a command on another host"),
    ("asyncssh", &[".run(", ".create_process("], "runs a command on another host"),
    (
        "pyroute2",
        &[".link(", ".addr(", ".route(", ".rule(", ".flush", ".set("],
        "changes the network past its programs",
    ),
    ("nftables", &[".cmd(", ".json_cmd("], "changes the network past its programs"),
    ("dbus", &[], "speaks to the system's services past their programs"),
    ("pydbus", &[], "speaks to the system's services past their programs"),
    ("pystemd", &[], "speaks to the system's services past their programs"),
    ("ctypes", &[], "calls into the system past its programs"),
    ("cffi", &[], "calls into the system past its programs"),
    ("plumbum", &[], "runs programs by names that are put together"),
    ("sh", &[], "runs programs by names that are put together"),
    ("runpy", &[], "runs a file of code that is not read here"),
    (
        "boto3",
        &[".delete", ".terminate_", ".stop_", ".reboot_", ".put_", ".modify_", ".schedule_key", ".detach_"],
        "tells a cloud to change something",
    ),
    (
        "redis",
        &[".flushall(", ".flushdb(", ".delete(", ".set(", ".hset(", ".rename(", ".shutdown(", ".execute_command("],
        "changes what a store keeps",
    ),
    ("ioredis", &[".flushall(", ".flushdb(", ".del(", ".set("], "changes what a store keeps"),
    ("pymongo", &[".drop", ".delete_", ".update_", ".insert_", ".replace_"], "changes what a database keeps"),
    ("mongodb", &[".drop", ".deleteMany", ".deleteOne", ".update", ".insert"], "changes what a database keeps"),
    ("qdrant_client", &[".delete", ".recreate_", ".upsert", ".update_"], "changes what a database keeps"),
    ("elasticsearch", &[".delete", ".update", ".index("], "changes what a database keeps"),
    ("minio", &[".remove_", ".put_object", ".set_"], "changes what a store keeps"),
    ("hvac", &[], "reads or changes secrets"),
];

/// Modules of databases that are told in SQL. A file of one's own (`sqlite3`) is not among them.
const SQL: &[&str] = &[
    "psycopg",
    "psycopg2",
    "asyncpg",
    "pg8000",
    "pymysql",
    "MySQLdb",
    "mysql",
    "mariadb",
    "sqlalchemy",
    "clickhouse_driver",
    "pg",
    "mysql2",
    "DBI",
    "PDO",
    "mysqli",
];

/// Calls that are given statements.
const STATEMENTS: &[&str] =
    &[".execute(", ".executescript(", ".executemany(", ".query(", ".exec(", ".do(", "text(", "->exec(", "->query("];

pub(super) fn changes(code: &Code, parts: &mut Vec<Part>) {
    for (module, calls, why) in CLIENTS {
        if (calls.is_empty() || code.has(calls)) && uses(code, module) {
            parts.push(Part::Changes(why));
        }
    }
    if code.has(&["requests.delete(", "httpx.delete(", "axios.delete("]) {
        parts.push(Part::Changes("tells a service to delete something"));
    }
    if code.has(&["code.interact(", "pickle.loads("]) {
        parts.push(Part::Hidden);
    }
    // `const {execSync: e} = require("child_process")`
    let starts = |part: &Part| matches!(part, Part::Shell(_) | Part::Words(_) | Part::Hidden | Part::Remote);
    if (uses(code, "child_process") || uses(code, "node:child_process")) && !parts.iter().any(starts) {
        parts.push(Part::Hidden);
    }
    if SQL.iter().any(|module| uses(code, module)) {
        for call in STATEMENTS {
            for (at, _) in code.code.match_indices(call) {
                if let Some((statement, _)) = literal(&code.text[at + call.len()..]) {
                    parts.push(Part::Sql(statement));
                }
            }
        }
    }
}

/// `import x`, `from x import y`, `require("x")`, `__import__("x")`, `use x;`.
fn uses(code: &Code, module: &str) -> bool {
    let is_end = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '-');
    let is_start =
        |before: &str| !before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '.' | '-'));
    code.text.match_indices(module).any(|(at, _)| {
        let (before, rest) = (&code.text[..at], &code.text[at + module.len()..]);
        if !is_end(rest) || !is_start(before) {
            return false;
        }
        // No import has its module further behind.
        let near = (0..=before.len().saturating_sub(200)).rev().find(|start| before.is_char_boundary(*start));
        let line = before[near.unwrap_or(0)..].rsplit(['\n', ';']).next().unwrap_or_default().trim_start();
        let quoted = before.ends_with(['"', '\'']);
        let bare = before.trim_end_matches(['"', '\'', ' ']);
        let call =
            ["require(", "__import__(", "import(", "from", "import_module("].iter().any(|call| bare.ends_with(call));
        // A word of a text is no module.
        let is_code = code.code.as_bytes().get(at) == code.text.as_bytes().get(at);
        quoted && call
            || is_code
                && (line.starts_with("import ")
                    || line.starts_with("from ") && !line.contains(" import ")
                    || line == "use ")
            || is_code && rest.starts_with("(") && before.ends_with("new ")
    })
}
