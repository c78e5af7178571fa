//! Which ssh session a process was started in: asked of the processes above it, since sudo takes the
//! environment away and a shell in tmux has an old one.

use std::fs;
use std::time::Duration;

/// An ssh session, by its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    /// `SSH_CONNECTION`: client address, client port, server address, server port.
    pub(crate) connection: String,
    /// When the process that serves the connection began, since boot.
    pub(crate) began: Duration,
}

/// What serves a connection; the daemon forks one for each.
const SERVERS: [&str; 2] = ["sshd", "dropbear"];

/// Deeper than shells, sudo and screens are nested.
const DEEPEST: usize = 64;

/// The kernel's unit for when a process began.
const TICK: Duration = Duration::from_millis(10);

impl Session {
    /// The session of this process; none where it was started by something else.
    pub(crate) fn of_caller() -> Option<Session> {
        let mut process = "self".to_owned();
        let mut connection = None;
        for _ in 0..DEEPEST {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
            let (name, parent, began) = parse(&stat)?;
            if SERVERS.iter().any(|server| name.starts_with(server)) {
                return Some(Session { connection: connection?, began });
            }
            connection = connection.or_else(|| of_environment(&process));
            if parent <= 1 {
                return None;
            }
            process = parent.to_string();
        }
        None
    }
}

fn of_environment(process: &str) -> Option<String> {
    let environment = fs::read(format!("/proc/{process}/environ")).ok()?;
    let mut words = environment.split(|byte| *byte == 0).filter_map(|word| std::str::from_utf8(word).ok());
    words.find_map(|word| word.strip_prefix("SSH_CONNECTION=")).map(str::to_owned)
}

/// `pid (name) state parent …`, the twenty-second word being when it began.
fn parse(stat: &str) -> Option<(String, u32, Duration)> {
    let (head, rest) = stat.rsplit_once(')')?;
    let name = head.split_once('(')?.1.to_owned();
    let words: Vec<&str> = rest.split_whitespace().collect();
    let began: u32 = words.get(19)?.parse().ok()?;
    Some((name, words.get(1)?.parse().ok()?, TICK * began))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_whose_name_has_brackets_is_read() {
        let stat = "7 (a) (b) S 3 7 7 0 -1 1 2 3 4 5 6 7 8 9 20 0 1 0 12345 99";
        assert_eq!(parse(stat), Some(("a) (b".to_owned(), 3, Duration::from_millis(123_450))));
        assert_eq!(parse("7 (a"), None);
    }

    #[test]
    fn the_own_process_has_a_beginning_before_now() {
        let (_, _, began) = parse(&fs::read_to_string("/proc/self/stat").unwrap()).unwrap();
        assert!(began <= crate::guard::deadline::now() + TICK);
    }
}
