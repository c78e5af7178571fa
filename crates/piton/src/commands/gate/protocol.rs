//! The agents' own forms: what their hooks send, and what they take for an answer.
//!
//! The gate answers *deny* or nothing. `ask` is approved without a question where permissions are
//! skipped, and a bare `allow` would take away questions that the agent has of its own; so what needs
//! the operator is denied with an id for `piton approve`.

use crate::arguments::Agent;
use serde_json::{Value, json};

/// What a hook's event is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Command(String),
    /// Files that the agent writes itself.
    Write(Vec<String>),
    /// A file that the agent reads itself.
    Read(String),
    /// Nothing that the gate judges.
    Other,
    /// Not the form that this agent sends.
    Unreadable,
}

#[derive(Debug)]
pub(super) struct Event {
    pub(super) wanted: Wanted,
    pub(super) folder: Option<String>,
    pub(super) session: String,
    pub(super) mode: String,
}

/// Reads an event.
pub(super) fn event(agent: Agent, text: &str) -> Event {
    let value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let text = |keys: &[&str]| keys.iter().find_map(|key| value[*key].as_str()).unwrap_or_default().to_owned();
    let wanted = match agent {
        Agent::Cursor => match value["command"].as_str() {
            Some(command) => Wanted::Command(command.to_owned()),
            None => cursor_file(&value),
        },
        Agent::ClaudeCode | Agent::Codex | Agent::Gemini | Agent::Opencode => tool(&value),
    };
    let folder = value["tool_input"]["dir_path"].as_str().filter(|path| path.starts_with('/'));
    let folder = folder.or_else(|| value["tool_input"]["workdir"].as_str()).or_else(|| value["cwd"].as_str());
    Event {
        wanted,
        folder: folder.filter(|folder| !folder.is_empty()).map(str::to_owned),
        session: text(&["session_id", "conversation_id"]),
        mode: text(&["permission_mode"]),
    }
}

/// A tool call, in the form that Claude Code, Codex and Gemini share.
fn tool(value: &Value) -> Wanted {
    let Some(name) = value["tool_name"].as_str() else { return Wanted::Unreadable };
    let input = &value["tool_input"];
    let path =
        ["file_path", "notebook_path", "path", "absolute_path", "filePath"].iter().find_map(|key| input[*key].as_str());
    match name {
        "Bash" | "bash" | "shell" | "local_shell" | "exec_command" | "shell_command" | "run_shell_command"
        | "Monitor" | "PowerShell" => match &input["command"] {
            Value::String(command) => Wanted::Command(command.clone()),
            Value::Array(words) => Wanted::Command(joined(words)),
            _ => input["cmd"].as_str().map_or(Wanted::Unreadable, |command| Wanted::Command(command.to_owned())),
        },
        "Write" | "Edit" | "MultiEdit" | "NotebookEdit" | "write_file" | "replace" | "write" | "edit" => {
            path.map_or(Wanted::Unreadable, |path| Wanted::Write(vec![path.to_owned()]))
        }
        "apply_patch" => {
            let patch = ["command", "input", "patch"].iter().find_map(|key| input[*key].as_str());
            patch.map_or(Wanted::Unreadable, |patch| Wanted::Write(patched(patch)))
        }
        "Read" | "read_file" | "read" | "NotebookRead" => {
            path.map_or(Wanted::Other, |path| Wanted::Read(path.to_owned()))
        }
        _ => Wanted::Other,
    }
}

/// The files of a patch.
fn patched(patch: &str) -> Vec<String> {
    let named = |line: &str| {
        let starts = ["*** Update File: ", "*** Add File: ", "*** Delete File: ", "*** Move to: "];
        starts.iter().find_map(|start| line.trim().strip_prefix(start)).map(str::to_owned)
    };
    patch.lines().filter_map(named).collect()
}

fn cursor_file(value: &Value) -> Wanted {
    match (value["hook_event_name"].as_str(), value["file_path"].as_str()) {
        (Some("beforeReadFile"), Some(path)) => Wanted::Read(path.to_owned()),
        (Some("beforeShellExecution"), _) | (None, _) => Wanted::Unreadable,
        _ => Wanted::Other,
    }
}

/// `["bash", "-lc", "…"]` as one command.
fn joined(words: &[Value]) -> String {
    let words = words.iter().map(|word| word.as_str().unwrap_or("\0"));
    words.map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect::<Vec<_>>().join(" ")
}

/// The answer that stops a call: what goes to stdout, and what to stderr with exit code 2.
pub(super) fn refusal(agent: Agent, reason: &str) -> (Option<Value>, Option<String>) {
    let pre_tool_use = || {
        json!({ "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": reason,
        } })
    };
    match agent {
        Agent::ClaudeCode | Agent::Codex => (Some(pre_tool_use()), None),
        Agent::Gemini => (Some(json!({ "decision": "deny", "reason": reason })), None),
        Agent::Cursor => (Some(json!({ "permission": "deny", "user_message": reason, "agent_message": reason })), None),
        Agent::Opencode => (None, Some(reason.to_owned())),
    }
}

/// The answer that leaves a call alone, where one must be given.
pub(super) fn nothing_to_say(agent: Agent) -> Option<Value> {
    match agent {
        // Cursor takes an empty answer for a broken hook.
        Agent::Cursor => Some(json!({ "permission": "allow" })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_agents_event_is_read() {
        let wanted = |agent, text: &str| event(agent, text).wanted;
        let bash = r#"{"session_id":"s","cwd":"/x","tool_name":"Bash","tool_input":{"command":"ls"}}"#;
        assert_eq!(wanted(Agent::ClaudeCode, bash), Wanted::Command("ls".into()));
        assert_eq!(event(Agent::Codex, bash).folder.as_deref(), Some("/x"));
        let edit = r#"{"tool_name":"Edit","tool_input":{"file_path":"/a"}}"#;
        assert_eq!(wanted(Agent::ClaudeCode, edit), Wanted::Write(vec!["/a".into()]));
        let patch = json!({ "tool_name": "apply_patch", "tool_input": { "command":
            "*** Begin Patch\n*** Update File: a.rs\n@@\n-x\n+y\n*** Add File: .claude/settings.json\n+{}\n*** End Patch" } });
        assert_eq!(
            wanted(Agent::Codex, &patch.to_string()),
            Wanted::Write(vec!["a.rs".into(), ".claude/settings.json".into()])
        );
        let shell = r#"{"tool_name":"run_shell_command","tool_input":{"command":"ls","dir_path":"/y"},"cwd":"/x"}"#;
        assert_eq!(event(Agent::Gemini, shell).folder.as_deref(), Some("/y"));
        assert_eq!(wanted(Agent::Cursor, r#"{"command":"ls","cwd":""}"#), Wanted::Command("ls".into()));
        let words = r#"{"tool_name":"shell","tool_input":{"command":["bash","-lc","ls 'a'"]}}"#;
        assert_eq!(wanted(Agent::Codex, words), Wanted::Command("'bash' '-lc' 'ls '\\''a'\\'''".into()));
        assert_eq!(wanted(Agent::ClaudeCode, "{"), Wanted::Unreadable);
        assert_eq!(wanted(Agent::ClaudeCode, r#"{"tool_name":"Bash","tool_input":{}}"#), Wanted::Unreadable);
        assert_eq!(wanted(Agent::ClaudeCode, r#"{"tool_name":"WebFetch","tool_input":{}}"#), Wanted::Other);
    }
}
