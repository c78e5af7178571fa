//! The words of `piton net`.

use clap::{Args, Subcommand, ValueEnum};
use piton_host::network_state::command::ConfirmBy;
use piton_host::network_state::probes::OUTSIDE;
use piton_host::network_state::store::DEFAULT;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton net save\n  piton net guard -- make apply\n  piton net guard --confirm-by probe --timeout 30s -- incus network create lab0\n  piton net diff\n  piton net watch"
)]
pub struct NetArguments {
    #[command(subcommand)]
    pub verb: NetVerb,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum NetVerb {
    /// Save the network of this machine: links, addresses, routes, rules, filter, resolver, files
    Save {
        /// What to call it
        #[arg(default_value = DEFAULT)]
        name: String,
        /// Replace an older one of that name
        #[arg(long)]
        replace: bool,
    },
    /// Show the network as it is now, or as it was saved
    Show {
        /// A saved state; without it, what is now
        name: Option<String>,
    },
    /// Show what is not as it was saved; exits with 1 if anything is
    Diff {
        /// A saved state
        #[arg(default_value = DEFAULT)]
        name: String,
        /// With the links and the tables of other programs that came since
        #[arg(long)]
        all: bool,
    },
    /// Put the network back as it was saved: only what differs
    Restore {
        /// A saved state
        #[arg(default_value = DEFAULT)]
        name: String,
        /// Take away the links and the tables of other programs that came since, too
        #[arg(long)]
        all: bool,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Try whether the network works: gateways, outside, resolver, ssh, containers
    Verify(VerifyArguments),
    /// Run a command, and put the network back unless somebody confirms that it still works
    Guard(NetGuardArguments),
    /// Say, in a new ssh session, that what the guarded command did may stay
    Confirm,
    /// Tell every change of the network as it happens, and who did it
    Watch,
}

#[derive(Debug, Args)]
pub struct OutsideArguments {
    /// An address outside that must answer, instead of two public ones; may be given again
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub outside: Vec<SocketAddr>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton net verify\n  piton net verify --json > before.json; make apply; piton net verify --before before.json"
)]
pub struct VerifyArguments {
    /// Only what held in this earlier answer (of `verify --json`) has to hold
    #[arg(long, value_name = "FILE")]
    pub before: Option<PathBuf>,
    #[command(flatten)]
    pub outside: OutsideArguments,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The command's exit code is passed on when its work is kept; 5 when it was put back.\n\nExamples:\n  piton net guard -- make apply\n  piton net guard --confirm-by key --timeout 2m -- ansible-playbook site.yml\n  piton net guard --confirm-by probe -- incus network create lab0"
)]
pub struct NetGuardArguments {
    /// How long after its end the command may be confirmed: 45, 90s, 5m; at least 5s
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    pub timeout: Duration,
    /// How long the command may take; it is ended and put back after that
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = time)]
    pub limit: Duration,
    /// Who confirms: a new ssh session, a key on this terminal, or the probes
    #[arg(long, value_name = "WHO", default_value = "ssh")]
    pub confirm_by: Who,
    #[command(flatten)]
    pub outside: OutsideArguments,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Who {
    /// `piton net confirm` in an ssh session that is newer than the command's end
    Ssh,
    /// Any key on the terminal
    Key,
    /// What answered before answers still
    Probe,
}

impl From<Who> for ConfirmBy {
    fn from(who: Who) -> ConfirmBy {
        match who {
            Who::Ssh => ConfirmBy::Ssh,
            Who::Key => ConfirmBy::Key,
            Who::Probe => ConfirmBy::Probe,
        }
    }
}

impl OutsideArguments {
    pub fn addresses(&self) -> Vec<SocketAddr> {
        match self.outside.as_slice() {
            [] => OUTSIDE.to_vec(),
            named => named.to_vec(),
        }
    }
}

/// Seconds, or a number with `s`, `m` or `h`.
fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, text.chars().last().unwrap_or('s')),
        None => (text, 's'),
    };
    let factor = match unit {
        'm' => 60,
        'h' => 3600,
        _ => 1,
    };
    let seconds: u64 = number.parse().map_err(|_| "write seconds, or a time like 90s, 5m or 1h".to_owned())?;
    let time = Duration::from_secs(seconds.saturating_mul(factor));
    match (Duration::from_secs(5)..=Duration::from_secs(24 * 3600)).contains(&time) {
        true => Ok(time),
        false => Err("at least 5 seconds, at most a day".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_seconds_unless_it_says_otherwise() {
        assert_eq!(time("45"), Ok(Duration::from_secs(45)));
        assert_eq!(time("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(time("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(time("1h"), Ok(Duration::from_secs(3600)));
        for wrong in ["", "m", "1d", "-5", "1", "25h", "99999999999999999999h"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
