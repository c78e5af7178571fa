//! The words of `piton check`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton check\n  piton check compose.yaml --fix\n  piton check . --format sarif > piton.sarif\n  piton explain compose-postgres18-volume"
)]
pub struct CheckArguments {
    /// Files and folders; what git ignores is left out
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Mend what can be mended without changing what a program does
    #[arg(long)]
    pub fix: bool,
    /// Mend also what may change more than the rule is about
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Show what --fix would change instead of changing it
    #[arg(long)]
    pub diff: bool,
    /// Run also the rules that most files do not follow
    #[arg(long)]
    pub strict: bool,
    /// Only these rules, or families of them: `compose`, `loki-ring-store`
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Without these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Read one file from stdin, as if it had this name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["fix", "unsafe_fixes", "write_baseline"])]
    pub stdin_filename: Option<String>,
    /// Do not tell what this file knows already
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write what is found now to this file, to be told no more
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    Text,
    /// One object with all findings
    Json,
    /// For code scanning
    Sarif,
    /// Annotations of GitHub and Forgejo actions
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// Test results, a case each finding
    Junit,
}
