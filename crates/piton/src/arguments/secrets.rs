//! The words of `piton secrets`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton secrets generate\n  piton secrets set telegram_token < token.txt\n  piton secrets list\n  piton secrets rotate redis_password && piton apply"
)]
pub struct SecretsArguments {
    #[command(subcommand)]
    pub verb: SecretsVerb,
    #[command(flatten)]
    pub identity: IdentityArguments,
    /// The site's folder, or its file [default: site.toml here or in a parent folder]
    #[arg(long, global = true, value_name = "DIR|FILE")]
    pub site: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// With what `secrets.age` is opened.
#[derive(Clone, Debug, Default, Args)]
pub struct IdentityArguments {
    /// A private key that opens secrets.age; may be given again [default: ~/.ssh/id_ed25519, ~/.config/age/keys.txt]
    #[arg(long, global = true, value_name = "FILE", env = "PITON_IDENTITY", value_delimiter = ':')]
    pub identity: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum SecretsVerb {
    /// Show which secrets the site needs and which it has; never a value
    List,
    /// Set a secret to what stdin says
    Set {
        /// The secret's name
        name: String,
    },
    /// Edit all of them in $VISUAL or $EDITOR, in memory
    Edit,
    /// Make new values for secrets that piton makes; `piton apply` then takes them to the hosts
    Rotate {
        /// The secrets' names
        #[arg(required = true)]
        names: Vec<String>,
        /// Also one whose old value is the only key to data that is there; that data is lost
        #[arg(long)]
        anyway: bool,
    },
    /// Make every secret that the site needs, does not have, and that nobody has to give
    Generate,
}
