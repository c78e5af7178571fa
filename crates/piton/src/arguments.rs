//! Every word that the command line understands. The doc comments are the help that users read.

mod check;
mod gate;
mod lab;
pub mod net;
mod often;
mod reach;
mod refused;
mod secrets;
mod service;

pub use check::{CheckArguments, CheckFormat};
pub use lab::{DrillArguments, LabArguments, LabVerb};
pub use often::often;
pub use reach::{Aim, ReachArguments};
pub use refused::ask_for_json;
pub use secrets::{IdentityArguments, SecretsArguments, SecretsVerb};
pub use service::{ExecArguments, LogsArguments, RestartArguments, ServiceArguments};

pub use gate::{Agent, AllowArguments, ApproveArguments, ConfigureArguments, GateArguments, GateVerb};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use piton_host::wire::{Drill, Guarding};
use std::path::PathBuf;

/// Operate a self-hosted AI stack on your own servers, without ever locking yourself out
///
/// A site is a folder with a `site.toml`. `piton plan` shows the exact difference between it and
/// the hosts as they are; `piton apply` does that and nothing else.
#[derive(Debug, Parser)]
#[command(name = "piton", version, disable_help_subcommand = true, max_term_width = 100)]
#[command(after_help = "Start with `piton demo`, or with `piton init --from two-vps`.")]
pub struct Arguments {
    /// Use colours: auto (on terminals; NO_COLOR and CLICOLOR_FORCE count), always or never
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub color: Color,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    #[value(name = "site.toml")]
    Site,
    #[value(name = "piton.toml")]
    Settings,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a site to start from
    Init(InitArguments),
    /// Show what would change on the hosts
    Plan(PlanArguments),
    /// Change the hosts: exactly what the plan says
    Apply(ApplyArguments),
    /// Show a saved plan, or what the site means
    Show(ShowArguments),
    /// Show what a service said last
    Logs(LogsArguments),
    /// Have a service begin anew, and wait until it is ready
    Restart(RestartArguments),
    /// Run a program in a service's container
    Exec(ExecArguments),
    /// Show who can open which port of a host, and because of which line
    Reach(ReachArguments),
    /// Show what was done on the hosts
    History(HistoryArguments),
    /// Put the last change of a host back
    Rollback(RollbackArguments),
    /// Write out the files that hosts would get
    Render(RenderArguments),
    /// Write down what the names of images lead to, in piton.lock
    Lock(LockArguments),
    /// The passwords and keys of the site, sealed in secrets.age
    Secrets(SecretsArguments),
    /// Find what is known to break, in any configuration files
    Check(CheckArguments),
    /// Explain a rule: what it finds, why, and what to do
    #[command(after_help = "Example:\n  piton explain compose-postgres18-volume")]
    Explain {
        /// The rule's id, as findings name it
        id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the rules of `piton check`
    Rules {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell editors what `piton check` finds, as one types (a language server)
    #[command(after_help = "Editors start it; docs/check.md says how they are told to.")]
    Lsp {
        /// Speak over stdin and stdout, which it always does
        #[arg(long)]
        stdio: bool,
    },
    /// The network of this machine: save it, put it back, guard any command with it
    Net(net::NetArguments),
    /// Throwaway hosts on this machine, to rehearse a site on
    Lab(LabArguments),
    /// Judge the commands of coding agents before they run
    Gate(GateArguments),
    /// Let one command of an agent pass that the gate asked about
    Approve(ApproveArguments),
    /// See it all work on this machine, on throwaway hosts
    Demo(DemoArguments),
    /// Print the JSON schema of site.toml or piton.toml, for editors
    #[command(after_help = "Examples:\n  piton schema > site.schema.json\n  piton schema piton.toml")]
    Schema {
        /// Of which file
        #[arg(value_enum, default_value_t = SchemaOf::Site)]
        of: SchemaOf,
    },
    /// Print the completions of a shell
    #[command(after_help = "Example:\n  piton completions bash > /etc/bash_completion.d/piton")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  piton man | man -l -")]
    Man,
    /// Explain a command, or `exit-codes`
    #[command(after_help = "Examples:\n  piton help plan\n  piton help exit-codes")]
    Help {
        /// A command, or `exit-codes`
        topic: Vec<String>,
    },
    /// The host half; started over ssh by piton itself
    #[command(hide = true)]
    Host(HostArguments),
    /// What keeps lab hosts alive; started by piton itself
    #[command(hide = true, name = "lab-supervisor")]
    LabSupervisor {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

/// Which site, and how its hosts are reached.
#[derive(Clone, Debug, Default, Args)]
pub struct SiteArguments {
    /// The site's folder, or its file [default: site.toml here or in a parent folder]
    #[arg(long, value_name = "DIR|FILE")]
    pub site: Option<PathBuf>,
    /// Aim at the site's lab instead of its hosts
    #[arg(long)]
    pub lab: bool,
    /// Give up on an address that does not answer after this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub connect_timeout: u32,
    /// How many hosts are worked on at once
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: u16,
    #[command(flatten)]
    pub identity: IdentityArguments,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton plan\n  piton plan openclaw --diff --out plan.json\n  piton plan --exit-code || echo 'there are changes, or worse'"
)]
pub struct PlanArguments {
    /// Only these hosts
    #[arg(value_name = "HOST")]
    pub hosts: Vec<String>,
    /// Save the plan, so that exactly it can be applied later
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Show the texts that change
    #[arg(long)]
    pub diff: bool,
    /// Plan to remove the data of what leaves the site, too
    #[arg(long)]
    pub destroy_data: bool,
    /// Exit with 3 when there are changes
    #[arg(long)]
    pub exit_code: bool,
    /// Print the plan as JSON, as --out saves it
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub site: SiteArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton apply\n  piton apply plan.json --yes\n  piton apply observe --lab")]
pub struct ApplyArguments {
    /// A saved plan, which is applied as it is, or hosts
    #[arg(value_name = "FILE|HOST")]
    pub words: Vec<String>,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Refuse instead of asking
    #[arg(long, conflicts_with = "yes")]
    pub no_input: bool,
    /// Wait for whoever else is changing a host
    #[arg(long)]
    pub wait: bool,
    /// Even though the proof says that it would lock you out; the host then puts itself back
    #[arg(long)]
    pub anyway: bool,
    /// Show the texts that change
    #[arg(long)]
    pub diff: bool,
    /// Print events as JSON lines that end in one `result`
    #[arg(long)]
    pub json: bool,
    /// Remove the data of what leaves the site, too; nothing brings it back
    #[arg(long)]
    pub destroy_data: bool,
    #[command(flatten)]
    pub guard: GuardArguments,
    /// Stop there for a trouble that is staged: `die-before:N`, `hold-after:N`, `hold-confirm`…
    #[arg(long, hide = true, value_parser = drill)]
    pub drill: Option<Drill>,
    #[command(flatten)]
    pub site: SiteArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton show plan.json\n  piton show openclaw --explain")]
pub struct ShowArguments {
    /// A saved plan, or a host of the site
    #[arg(value_name = "FILE|HOST")]
    pub what: Option<String>,
    /// Say where each value comes from
    #[arg(long)]
    pub explain: bool,
    /// Show the texts that a plan changes
    #[arg(long)]
    pub diff: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub site: SiteArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  piton history openclaw --limit 3")]
pub struct HistoryArguments {
    /// Only these hosts
    #[arg(value_name = "HOST")]
    pub hosts: Vec<String>,
    /// How many changes of each host, newest first
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub limit: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub site: SiteArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  piton rollback openclaw")]
pub struct RollbackArguments {
    /// Whose last change
    pub host: String,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Even where somebody changed things since, whose work is then lost
    #[arg(long)]
    pub anyway: bool,
    /// Refuse instead of asking
    #[arg(long, conflicts_with = "yes")]
    pub no_input: bool,
    /// Print events as JSON lines that end in one `result`
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub guard: GuardArguments,
    #[command(flatten)]
    pub site: SiteArguments,
}

#[derive(Debug, Args)]
pub struct GuardArguments {
    /// How long a host waits to be confirmed before it puts itself back
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(10..=3600))]
    pub confirm_within: u32,
    /// Without the guard: a host that loses you, or its power, stays as it then is
    #[arg(long, conflicts_with = "confirm_within")]
    pub no_guard: bool,
}

impl GuardArguments {
    pub fn guarding(&self) -> Guarding {
        match self.no_guard {
            true => Guarding::Waived,
            false => Guarding::Seconds(self.confirm_within),
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton render openclaw\n  piton render --out rendered")]
pub struct RenderArguments {
    /// Only these hosts
    #[arg(value_name = "HOST")]
    pub hosts: Vec<String>,
    /// Write the files below this folder instead of printing them
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub site: SiteArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton lock\n  piton lock --update && git diff piton.lock")]
pub struct LockArguments {
    /// Ask again about what is written down already
    #[arg(long)]
    pub update: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub site: SiteArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  piton init --from two-vps my-site")]
pub struct InitArguments {
    /// Which example to start from
    #[arg(long, value_name = "EXAMPLE", default_value = "two-vps")]
    pub from: String,
    /// Where to write it
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  sudo piton demo\n  sudo piton demo --image ubuntu-24.04 --keep")]
pub struct DemoArguments {
    /// Leave the hosts running at the end
    #[arg(long)]
    pub keep: bool,
    /// What the hosts run: debian-12, debian-13, ubuntu-22.04, ubuntu-24.04
    #[arg(long, value_name = "IMAGE", default_value = "debian-12")]
    pub image: String,
    /// Boot nothing: plan against hosts that are only values
    #[arg(long)]
    pub dry: bool,
}

#[derive(Debug, Args)]
pub struct HostArguments {
    /// Speak over stdin and stdout
    #[arg(long, required_unless_present_any = ["guard", "guard_early"])]
    pub stdio: bool,
    /// Watch over the change that is open
    #[arg(long, conflicts_with_all = ["stdio", "guard_early"])]
    pub guard: bool,
    /// Put the files of an unconfirmed change back, early in a boot
    #[arg(long, conflicts_with = "stdio")]
    pub guard_early: bool,
    /// The user that logged in
    #[arg(long, default_value = "")]
    pub login: String,
    /// SSH_CONNECTION, as that user had it
    #[arg(long, default_value = "")]
    pub connection: String,
}

impl Command {
    /// Whether the answer is for a program.
    pub fn is_json(&self) -> bool {
        match self {
            Command::Init(it) => it.json,
            Command::Plan(it) => it.json,
            Command::Apply(it) => it.json,
            Command::Show(it) => it.json,
            Command::Logs(it) => it.service.json,
            Command::Restart(it) => it.service.json,
            Command::Exec(it) => it.service.json,
            Command::Reach(it) => it.json,
            Command::History(it) => it.json,
            Command::Rollback(it) => it.json,
            Command::Render(it) => it.json,
            Command::Lock(it) => it.json,
            Command::Secrets(it) => it.json,
            Command::Net(it) => it.json,
            Command::Lab(it) => it.json,
            Command::Gate(it) => it.is_json(),
            Command::Check(it) => it.json || it.format != CheckFormat::Text,
            Command::Rules { json } | Command::Explain { json, .. } => *json,
            Command::Approve(_)
            | Command::Demo(_)
            | Command::Schema { .. }
            | Command::Lsp { .. }
            | Command::Completions { .. }
            | Command::Man
            | Command::Help { .. }
            | Command::Host(_)
            | Command::LabSupervisor { .. } => false,
        }
    }
}

/// The whole command line, for parsing, completions, the manual and the reference page.
pub fn command() -> clap::Command {
    Arguments::command()
}

fn drill(text: &str) -> Result<Drill, String> {
    if text == "hold-confirm" {
        return Ok(Drill::HoldConfirm);
    }
    let wrong = || "write `die-before:N`, `die-after:N`, `hold-before:N`, `hold-after:N` or `hold-confirm`".to_owned();
    let (when, step) = text.split_once(':').ok_or_else(wrong)?;
    let step = step.parse().map_err(|_| wrong())?;
    match when {
        "die-before" => Ok(Drill::DieBefore(step)),
        "die-after" => Ok(Drill::DieAfter(step)),
        "hold-before" => Ok(Drill::HoldBefore(step)),
        "hold-after" => Ok(Drill::HoldAfter(step)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        command().debug_assert();
    }

    #[test]
    fn a_drill_names_a_step() {
        assert_eq!(drill("die-before:3"), Ok(Drill::DieBefore(3)));
        assert_eq!(drill("hold-after:0"), Ok(Drill::HoldAfter(0)));
        assert_eq!(drill("hold-confirm"), Ok(Drill::HoldConfirm));
        assert!(drill("die-after").is_err());
        assert!(drill("nobody:1").is_err());
    }
}
