//! The words of `piton logs`, `piton restart` and `piton exec`.

use super::SiteArguments;
use clap::Args;

/// Which service, of which host.
#[derive(Debug, Args)]
pub struct ServiceArguments {
    /// The service, as the site names it, or one of its containers
    pub service: String,
    /// On which host, where several have it
    #[arg(long, value_name = "HOST")]
    pub on: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub site: SiteArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton logs litellm\n  piton logs node-exporter --on observe --lines 500")]
pub struct LogsArguments {
    #[command(flatten)]
    pub service: ServiceArguments,
    /// How many of its last lines
    #[arg(long, short = 'n', value_name = "N", default_value_t = 100)]
    pub lines: u32,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  piton restart grafana")]
pub struct RestartArguments {
    #[command(flatten)]
    pub service: ServiceArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  piton exec postgresql -- psql --username postgres --list")]
pub struct ExecArguments {
    #[command(flatten)]
    pub service: ServiceArguments,
    /// The program and its words
    #[arg(required = true, last = true, value_name = "PROGRAM")]
    pub command: Vec<String>,
}
