//! `piton gate user`: the boundary that a hook is not, as resources of the site.
//!
//! A Unix user of the agents' own has none of the operator's keys, settings or approvals, and sudo
//! lets it run a few reading commands, word for word: no wildcard, so no option can be added to them. The words name the
//! site: in a folder of the agent's own, its site file would say which of root's files are read and where root's keys go.

use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::Screen;
use crate::site_folder::Trust;
use std::path::Path;

/// What the user may run as root, with the options of what is about the site. None of them changes anything or prints a secret.
const READING: &[(&str, Option<&str>)] = &[
    ("gate status", None),
    ("gate log", None),
    ("history", Some("")),
    ("history", Some(" --json")),
    ("plan", Some("")),
    ("plan", Some(" --json")),
    ("show", Some(" --explain")),
    ("show", Some(" --explain --json")),
];

pub(super) fn run(name: &str, site: &str, piton: Option<String>, screen: &Screen) -> Ended {
    let own = || std::env::current_exe().map(|path| path.display().to_string());
    let piton = match piton {
        Some(piton) => piton,
        None => own().map_err(|error| Failure::file("find", Path::new("piton"), &error))?,
    };
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
    };
    if !plain(name) || name == "root" {
        return Err(Failure::usage(
            format!("`{name}` is no name for it"),
            "use letters, digits, - and _, and not root",
        ));
    }
    if !is_path_of_sudoers(&piton) {
        return Err(Failure::usage(format!("`{piton}` is no path of a program"), "write it whole, from / on"));
    }
    let site = site.strip_suffix("/site.toml").unwrap_or(site).trim_end_matches('/');
    if !is_path_of_sudoers(site) {
        return Err(Failure::usage(format!("`{site}` is no path of a site"), "write it whole, from / on: /srv/site"));
    }
    screen.answer(snippet(name, &piton, site));
    for (what, file) in [("the site", format!("{site}/site.toml")), ("piton", piton.clone())] {
        if Path::new(&file).exists()
            && let Err(error) = Trust::Only(0).check(Path::new(&file))
        {
            screen.say(&format!(
                "warning: {error}: who can change {what} decides what root does; give it, and every folder above it, to root (chown root:root, chmod go-w)"
            ));
        }
    }
    screen.say("add it to site.toml; `piton plan` shows what it makes, `piton apply` makes it");
    screen.say(&format!("the site that it may look at lies in {site}, where only root writes: put a copy there"));
    Ok(Exit::Done)
}

/// A path that sudoers takes for itself and nothing else.
fn is_path_of_sudoers(path: &str) -> bool {
    let means_more = |letter: char| letter.is_whitespace() || letter.is_control() || "\"\\*?,:=![]#".contains(letter);
    path.starts_with('/') && path.len() > 1 && !path.contains(means_more) && !path.split('/').any(|part| part == "..")
}

fn snippet(name: &str, piton: &str, site: &str) -> String {
    let line = |(words, options): &(&str, Option<&str>)| match options {
        Some(options) => format!("  \"{piton} {words} --site {site}{options}\","),
        None => format!("  \"{piton} {words}\","),
    };
    let commands: Vec<String> = READING.iter().map(line).collect();
    format!(
        "# The agents' own user: no way in over ssh, no keys, and as root only what reads this one site.\n\
         [[users]]\n\
         name = \"{name}\"\n\
         shell = \"/bin/bash\"\n\
         home_mode = \"0700\"\n\
         sudo = [\n{}\n]\n",
        commands.join("\n")
    )
}
