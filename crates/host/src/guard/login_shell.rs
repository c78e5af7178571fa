//! Whether somebody who logs in gets a shell.
//!
//! A command over ssh goes through where a person would be turned away: `/etc/profile` and what is
//! below a home are read for a person only. So where a change touches one of these, the shell is
//! started as for a login, on the host itself: that costs the operator no connection and no round trip.

use crate::system::accounts::Accounts;
use crate::system::{Call, System};
use piton_plan::{HostPlan, Resource, Step, ways_in};
use std::collections::BTreeMap;
use std::time::Duration;

/// Longer than anybody waits for a prompt.
const PROMPT: Duration = Duration::from_secs(10);

/// Of each login that a plan may touch, whether its shell must start afterwards: not where it would
/// not before.
pub(crate) fn before(system: &System, plan: &HostPlan, caller: &str) -> BTreeMap<String, bool> {
    let user = plan.login.user.as_deref().unwrap_or(caller);
    match plan.steps().any(|step| touches(step, user)) {
        true => BTreeMap::from([(user.to_owned(), starts(system, user) != Some(false))]),
        false => BTreeMap::new(),
    }
}

fn touches(step: &Step, login: &str) -> bool {
    match &step.resource {
        Resource::File(file) => ways_in::is_read_by_shells(&file.file.path),
        Resource::Link(link) => ways_in::is_read_by_shells(&link.path),
        Resource::User(user) => user.name == login,
        _ => false,
    }
}

/// Starts the user's shell as for a person, and has it end at once. None where there is no such user.
pub(crate) fn starts(system: &System, user: &str) -> Option<bool> {
    let account = Accounts::read(system).ok()?.users.get(user).cloned()?;
    let shell = if account.shell.is_empty() { "/bin/sh" } else { &account.shell };
    let is = |name: &str, value: &str| format!("{name}={value}");
    // Away from any terminal of the operator's, which it would take for its own.
    let call = Call::new(&[
        "setsid",
        "--wait",
        "runuser",
        "-u",
        user,
        "--",
        "env",
        "-i",
        &is("HOME", &account.home),
        &is("USER", user),
        &is("LOGNAME", user),
        &is("SHELL", shell),
        "PATH=/usr/local/bin:/usr/bin:/bin",
        "TERM=dumb",
        shell,
        "-l",
        "-i",
        "-c",
        "true",
    ]);
    Some(system.call(&call.deadline(PROMPT)).is_ok_and(|ran| ran.ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved::testing::{file, program};

    #[test]
    fn a_shell_that_ends_while_it_starts_is_told_from_one_that_starts() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        let home = root.path().join("home");
        file(&system, "/etc/passwd", &format!("ada:x:1000:1000::{}:/bin/sh\n", home.display()));
        // In the place of what becomes the user: it only comes to what that would run.
        program(&system, "setsid", "while [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"");
        file(&system, "/home/.profile", "true\n");
        assert_eq!(starts(&system, "ada"), Some(true));
        file(&system, "/home/.profile", "exit 1\n");
        assert_eq!(starts(&system, "ada"), Some(false));
        assert_eq!(starts(&system, "ben"), None);
    }
}
