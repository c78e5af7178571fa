//! Whether it is the operator who speaks: on a terminal, and not in a process that an agent started.
//!
//! That is a courtesy among programs of one user, not a wall: the wall is that the agent is another
//! user (`piton gate user`).

use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Screen;
use std::fs;

/// Says whether the operator is there to give something.
pub(super) fn present(screen: &Screen, what: &str) -> Result<(), Failure> {
    if let Some(agent) = agent_above() {
        return Err(Failure::new(
            Exit::Failed,
            "gate/not-yours",
            format!("this terminal belongs to {agent}: an agent cannot approve for itself"),
            "run it on a terminal that you opened yourself",
        ));
    }
    if !screen.can_ask() {
        return Err(Failure::new(
            Exit::Failed,
            "gate/no-terminal",
            format!("{what} is only taken on a terminal"),
            "run it by hand; there is no --yes",
        ));
    }
    Ok(())
}

/// Programs that are agents, by the names of their processes.
const AGENTS: &[&str] =
    &["claude", "codex", "gemini", "cursor-agent", "opencode", "aider", "goose", "crush", "openclaw"];

/// Variables that agents set for what they start.
const MARKS: &[&str] =
    &["CLAUDECODE", "CODEX_SANDBOX", "CODEX_THREAD_ID", "GEMINI_CLI", "CURSOR_AGENT", "OPENCODE", "AI_AGENT"];

/// The agent that this process descends from, if one can be seen.
fn agent_above() -> Option<String> {
    if let Some(mark) = MARKS.iter().find(|mark| std::env::var_os(mark).is_some()) {
        return Some(format!("an agent ({mark} is set)"));
    }
    let mut process = std::process::id();
    for _ in 0..64 {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        process = field("PPid:")?.parse().ok()?;
        if process <= 1 {
            return None;
        }
        let words = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).into_owned();
        // `node /usr/bin/claude`: the first two words name the program.
        let named = words.split('\0').take(2).filter_map(|word| word.rsplit('/').next()).find_map(|name| {
            let bare = name.trim_end_matches(".js").trim_end_matches(".mjs");
            AGENTS.contains(&bare).then(|| bare.to_owned())
        });
        if named.is_some() {
            return named;
        }
    }
    None
}
