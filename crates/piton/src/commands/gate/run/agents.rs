//! What agents keep beside their settings: conversations, snapshots of shells, logs. Without these places they do not even
//! run a command, so a held agent may write there; its settings, hooks, plugins and skills lie beside them and stay closed.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// An agent, by the name that it is started by, and what it keeps below a home. A name that ends in a slash is a folder;
/// others are files, which no agent may make anew beside its settings.
const KEPT: &[(&str, &[&str])] = &[
    (
        "claude",
        &[
            ".claude/backups/",
            ".claude/cache/",
            ".claude/debug/",
            ".claude/file-history/",
            ".claude/history.jsonl",
            ".claude/ide/",
            ".claude/image-cache/",
            ".claude/paste-cache/",
            ".claude/plans/",
            ".claude/projects/",
            ".claude/session-env/",
            ".claude/sessions/",
            ".claude/shell-snapshots/",
            ".claude/statsig/",
            ".claude/tasks/",
            ".claude/telemetry/",
            ".claude/todos/",
        ],
    ),
    (
        "codex",
        &[
            ".codex/archived_sessions/",
            ".codex/cache/",
            ".codex/history.jsonl",
            ".codex/installation_id",
            ".codex/log/",
            ".codex/sessions/",
            ".codex/shell_snapshots/",
            ".codex/sqlite/",
            ".codex/thread-writer-locks/",
            ".codex/tmp/",
        ],
    ),
    ("gemini", &[".gemini/history/", ".gemini/tmp/", ".gemini/cache/"]),
    ("opencode", &[".cache/opencode/", ".local/share/opencode/", ".local/state/opencode/"]),
];

/// Where an agent is told to keep what it would keep beside its settings.
const TOLD: &[(&str, &str, &str)] = &[("codex", "CODEX_SQLITE_HOME", ".codex/sqlite")];

/// The variables of the agent that a command starts, where the operator has not set them.
pub(super) fn told(program: &str, home: &Path) -> Vec<(&'static str, PathBuf)> {
    let name = program.rsplit('/').next().unwrap_or(program);
    let told = TOLD.iter().filter(|(agent, variable, _)| *agent == name && std::env::var_os(variable).is_none());
    told.map(|(_, variable, place)| (*variable, home.join(place))).collect()
}

/// The places of the agent that a command starts, made where they are missing: inside nobody could.
pub(super) fn kept(program: &str, home: &Path, makes: bool) -> Vec<PathBuf> {
    let name = program.rsplit('/').next().unwrap_or(program);
    let Some((_, places)) = KEPT.iter().find(|(agent, _)| *agent == name) else { return Vec::new() };
    let mut kept = Vec::new();
    for place in *places {
        let path = home.join(place.trim_end_matches('/'));
        // One that cannot be made is one that the agent has to do without.
        if makes && place.ends_with('/') {
            let _ = fs::DirBuilder::new().recursive(true).mode(0o700).create(&path);
        } else if makes {
            let _ = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        }
        // Somewhere else by a link, it is not what the list means.
        kept.extend(fs::canonicalize(&path).ok().filter(|whole| whole.starts_with(home)));
    }
    kept
}
