//! The words of `piton lab`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton lab up                     in a site's folder: a stand-in for each of its hosts\n  piton lab up a=debian-12 b=ubuntu-24.04 --name scratch\n  piton lab ssh a\n  piton lab down"
)]
pub struct LabArguments {
    #[command(subcommand)]
    pub verb: LabVerb,
    /// The lab [default: named after the site]
    #[arg(long, global = true, value_name = "NAME")]
    pub name: Option<String>,
    /// The site's folder, or its file [default: site.toml here or in a parent folder]
    #[arg(long, global = true, value_name = "DIR|FILE")]
    pub site: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  piton lab drill --list\n  piton lab drill pam-broken\n  piton lab drill --all --sample 3"
)]
pub struct DrillArguments {
    /// Names or numbers of drills
    #[arg(value_name = "DRILL")]
    pub names: Vec<String>,
    /// All of them
    #[arg(long, conflicts_with = "names")]
    pub all: bool,
    /// Say which there are
    #[arg(long)]
    pub list: bool,
    /// Where a drill has many places, only so many of them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub sample: Option<u16>,
    /// What the host runs
    #[arg(long, value_name = "IMAGE", default_value = "debian-12")]
    pub image: String,
    /// Leave the hosts, so that the next run begins at once
    #[arg(long)]
    pub keep: bool,
    /// Take away what an earlier run left
    #[arg(long, conflicts_with_all = ["names", "all", "list"])]
    pub down: bool,
}

#[derive(Clone, Debug, Subcommand)]
pub enum LabVerb {
    /// Boot hosts: the site's, or those that are named
    Up {
        /// Names and what they run: debian-12, debian-13, ubuntu-22.04, ubuntu-24.04
        #[arg(value_name = "HOST=IMAGE")]
        hosts: Vec<String>,
        /// Install the packages that the lab needs, if any is missing
        #[arg(long)]
        install: bool,
    },
    /// Stop the lab and remove all of it; images stay
    Down {
        /// Remove the images of all labs too
        #[arg(long)]
        images: bool,
    },
    /// Make the images of containers that the site's services need: Debian's programs, and stand-ins
    Images {
        /// Only these [default: all of the site]
        #[arg(value_name = "IMAGE")]
        images: Vec<String>,
        /// Say which can be made, and which of them are stand-ins
        #[arg(long, conflicts_with = "images")]
        list: bool,
    },
    /// List the hosts
    List,
    /// Log in to a host over ssh
    Ssh {
        host: String,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Run a program in a host, past its network
    Exec {
        host: String,
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Open a root shell in a host, past its network
    Console { host: String },
    /// Give a host a fresh disk
    Reset { host: String },
    /// Reboot a host in order
    Reboot { host: String },
    /// Cut a host's power; it comes back by itself
    Crash { host: String },
    /// Pull a host's network cable; its console still works
    Unplug { host: String },
    /// Put a host's network cable back in
    Plug { host: String },
    /// Stage the known ways to lose a host, and see it come back
    Drill(DrillArguments),
    /// Keep a copy of a host's disk
    Save { host: String, snapshot: String },
    /// Put a host's disk back to a copy
    Load { host: String, snapshot: String },
}
