//! `piton gate user`: the boundary that a hook is not, as resources of the site.
//!
//! A Unix user of the agents' own has none of the operator's keys, settings or approvals, and sudo
//! lets it run a few reading commands, word for word: no wildcard, so no option can be added to them.

use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::Screen;

/// What the user may run as root. None of them changes anything or prints a secret. The site is named: one of the user's own would
/// have root read whatever files, and reach whatever hosts, the user wrote into it.
const READING: &[&str] = &[
    "gate status",
    "gate log",
    "history --site /etc/piton/site",
    "history --site /etc/piton/site --json",
    "plan --site /etc/piton/site",
    "plan --site /etc/piton/site --json",
    "show --site /etc/piton/site --explain",
    "show --site /etc/piton/site --explain --json",
];

pub(super) fn run(name: &str, piton: &str, screen: &Screen) -> Ended {
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
    };
    if !plain(name) || name == "root" {
        return Err(Failure::usage(
            format!("`{name}` is no name for it"),
            "use letters, digits, - and _, and not root",
        ));
    }
    if !piton.starts_with('/')
        || piton.contains(|letter: char| letter.is_whitespace() || letter.is_control() || "\"\\*?,:=!".contains(letter))
    {
        return Err(Failure::usage(format!("`{piton}` is no path of a program"), "write it whole, from / on"));
    }
    screen.answer(snippet(name, piton));
    screen.say("add it to site.toml; `piton plan` shows what it makes, `piton apply` makes it");
    screen.say("the site that it may look at lies in /etc/piton/site, where only root writes: put a copy there");
    Ok(Exit::Done)
}

fn snippet(name: &str, piton: &str) -> String {
    let commands: Vec<String> = READING.iter().map(|words| format!("  \"{piton} {words}\",")).collect();
    format!(
        "# The agents' own user: no way in over ssh, no keys, and as root only what reads.\n\
         [[users]]\n\
         name = \"{name}\"\n\
         shell = \"/bin/bash\"\n\
         home_mode = \"0700\"\n\
         sudo = [\n{}\n]\n",
        commands.join("\n")
    )
}
