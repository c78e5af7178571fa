//! The words of `piton gate` and `piton approve`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(
    after_help = "A hook is advice: what an agent does without its shell tool never comes by here.\n`piton gate user` and `piton gate run` are the boundary.\n\nExamples:\n  piton gate check -- sudo nft -f /etc/nftables.conf\n  piton gate install --for claude-code\n  piton gate log --since 1h"
)]
pub struct GateArguments {
    #[command(subcommand)]
    pub verb: GateVerb,
}

impl GateArguments {
    /// Whether the answer is for a program.
    pub fn is_json(&self) -> bool {
        match &self.verb {
            GateVerb::Check { batch, json, .. } => *batch || *json,
            GateVerb::Status { json } | GateVerb::Log { json, .. } | GateVerb::Explain { json, .. } => *json,
            GateVerb::Hook { .. }
            | GateVerb::Install(_)
            | GateVerb::Uninstall(_)
            | GateVerb::Allow(_)
            | GateVerb::User { .. }
            | GateVerb::Run { .. } => false,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum GateVerb {
    /// Judge a command, without running it
    Check {
        /// Judge JSON lines from stdin, {"command", "cwd"?, "env"?} (variables, or the name of an environment), and answer with one for each
        #[arg(long, conflicts_with = "command")]
        batch: bool,
        /// The folder that it would run in [default: this one; with --batch: not known]
        #[arg(long, value_name = "DIR")]
        cwd: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// The command; several words are joined as a shell would be given them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required_unless_present = "batch")]
        command: Vec<String>,
    },
    /// Answer an agent's hook: the event on stdin, in the agent's own form
    Hook {
        /// Whose hook it is
        #[arg(long = "for", value_enum, value_name = "AGENT")]
        agent: Agent,
    },
    /// Add the hook to an agent's configuration, and nothing else
    Install(ConfigureArguments),
    /// Take the hook out again, byte for byte
    Uninstall(ConfigureArguments),
    /// Say for which agents the hook is in place
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what was judged
    Log {
        /// Only what is newer: 30m, 2h, 7d
        #[arg(long, value_name = "AGE")]
        since: Option<String>,
        /// Only what was not allowed
        #[arg(long)]
        stopped: bool,
        /// Check that no line was changed, left out or put in
        #[arg(long)]
        verify: bool,
        /// Print JSON lines, as they are in the log
        #[arg(long)]
        json: bool,
    },
    /// Explain an effect, or list all of them
    Explain {
        /// An effect, as `check` names it
        effect: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Let an effect pass for a while; asks on your own terminal
    Allow(AllowArguments),
    /// Print what to add to site.toml for a user of the agents' own, which sudo lets run only piton's reading commands
    User {
        /// What the user is called
        #[arg(long, default_value = "agent")]
        name: String,
        /// The site that it may read: a folder that is root's and that it cannot write
        #[arg(long, default_value = "/etc/piton/site", value_name = "DIR")]
        site: String,
        /// Where piton lies on the hosts [default: where this one lies]
        #[arg(long, value_name = "PATH")]
        piton: Option<String>,
    },
    /// Run an agent that can write only below some folders, held by the kernel (Landlock)
    Run {
        /// A folder that it may write below; may be repeated [default: this folder]
        #[arg(long, value_name = "DIR")]
        write: Vec<PathBuf>,
        /// Only say what would be held, and run nothing
        #[arg(long)]
        dry_run: bool,
        /// The agent and its words
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required_unless_present = "dry_run")]
        command: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct ConfigureArguments {
    /// Which agent
    #[arg(long = "for", value_enum, value_name = "AGENT")]
    pub agent: Agent,
    /// Its configuration file [default: the user's own]
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Show the change and make none
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The rule is added to ~/.config/piton/piton.toml and ends by itself. Tampering with the gate cannot be allowed.\n\nExample:\n  piton gate allow service-change --for 1h --environment stage"
)]
pub struct AllowArguments {
    /// The effect, as `check` names it; `piton gate explain` lists them
    pub effect: String,
    /// How long: 30m, 1h, at most 24h
    #[arg(long = "for", value_name = "TIME")]
    pub for_age: String,
    /// Only in this environment: prod, stage, dev or lab
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Only on this host; `*` stands for anything
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Only below this folder
    #[arg(long, value_name = "DIR")]
    pub path: Option<String>,
    /// Only commands that begin with these words
    #[arg(long, value_name = "WORDS")]
    pub command: Option<String>,
    /// Why, for whoever reads the file later
    #[arg(long, value_name = "TEXT")]
    pub because: Option<String>,
}

/// The agents whose hooks piton speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Agent {
    ClaudeCode,
    Codex,
    Gemini,
    Cursor,
    Opencode,
}

impl Agent {
    pub const ALL: [Agent; 5] = [Agent::ClaudeCode, Agent::Codex, Agent::Gemini, Agent::Cursor, Agent::Opencode];

    /// As it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Agent::ClaudeCode => "claude-code",
            Agent::Codex => "codex",
            Agent::Gemini => "gemini",
            Agent::Cursor => "cursor",
            Agent::Opencode => "opencode",
        }
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "The approval is for one run of exactly that command, in that folder, within ten minutes.\n\nExample:\n  piton approve 3f9a12cd"
)]
pub struct ApproveArguments {
    /// The id that the gate gave [default: list what waits]
    pub id: Option<String>,
    /// Refuse it instead, so that it is no longer listed
    #[arg(long)]
    pub refuse: bool,
}
