//! Programs of the machine, run with their complaint kept.
//!
//! The lab drives `ip`, `nft`, `mmdebstrap` and the like; when one fails, its last words are the error. Output is never
//! passed through to the terminal.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::error::{Doing, LabError};

/// How much of a failed program's output goes into the error.
const LAST_WORDS: usize = 1500;

/// Runs a program to its end and returns what it wrote to stdout; a non-zero exit is an error.
pub(crate) fn run(doing: &str, command: &mut Command) -> Result<Vec<u8>, LabError> {
    let output =
        command.stdin(Stdio::null()).output().doing(|| format!("{doing}: starting {:?}", command.get_program()))?;
    succeeded(doing, output)
}

/// Runs a program with `input` on its stdin.
pub(crate) fn run_with_input(doing: &str, command: &mut Command, input: &str) -> Result<Vec<u8>, LabError> {
    let starting = || format!("{doing}: starting the program");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().doing(starting)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that refuses early closes its stdin; its own complaint is then the better error.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().doing(starting)?;
    succeeded(doing, output)
}

/// Says whether a program exits with zero; one that cannot be started counts as a no.
pub(crate) fn holds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Finds a program where root's programs are.
pub(crate) fn is_installed(program: &str) -> bool {
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        .iter()
        .any(|folder| Path::new(folder).join(program).exists())
}

/// A program that ends with this one, and whose mounts nobody else sees; further namespaces as `unshare` calls them.
pub(crate) fn alone(namespaces: &[&str]) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig=KILL", "--", "unshare", "--mount", "--propagation=private"]).args(namespaces).args([
        "--pid",
        "--fork",
        "--kill-child=KILL",
        "--",
    ]);
    command
}

fn succeeded(doing: &str, output: Output) -> Result<Vec<u8>, LabError> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let mut words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if words.is_empty() {
        words = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    }
    Err(LabError::Command { doing: doing.to_owned(), detail: format!("{} ({})", last_words(&words), output.status) })
}

/// Cuts a long text to its end, at a character boundary.
pub(crate) fn last_words(text: &str) -> &str {
    let mut start = text.len().saturating_sub(LAST_WORDS);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_program_is_quoted() {
        let error = run("asking sh", Command::new("sh").args(["-c", "echo no such thing >&2; exit 3"]))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("asking sh failed: no such thing"), "{error}");
    }

    #[test]
    fn a_long_complaint_is_cut_to_its_end_between_characters() {
        let text = "é".repeat(LAST_WORDS);
        let words = last_words(&text);
        assert!(words.len() <= LAST_WORDS && words.starts_with('é'));
    }
}
