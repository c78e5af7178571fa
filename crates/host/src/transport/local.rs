//! The host half on this very machine, for a site that has piton's own machine among its hosts.

use super::{Link, Reaching, Trouble};
use piton_plan::Login;
use std::process::{Command, Stdio};

pub(super) fn connect(login: &Login, reaching: &Reaching, greeting: &[u8]) -> Result<Link, Trouble> {
    let own = std::env::current_exe().map_err(|error| Trouble::broken(&error.to_string()))?;
    let mut command = match rustix::process::geteuid().is_root() {
        true => Command::new(&own),
        false => {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "--"]).arg(&own);
            sudo
        }
    };
    let user = login.user.clone().unwrap_or_else(|| "root".into());
    command.args(["host", "--stdio", "--login", &user, "--connection", ""]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| Trouble::broken(&error.to_string()))?;
    let mut link = Link::new(child, reaching.patience())?;
    // That nobody reads it shows in the answer.
    let _ = link.write_all(greeting);
    Ok(link)
}
