//! What a container said last: the lines in which the reason stands, short enough for a message, and no secret in them.

use crate::system::{Fault, Ran, System};

/// How many of a container's last lines are told.
const LINES: usize = 12;
/// How many of them may be older ones that tell of an error, where the last ones do not.
const REASONS: usize = 3;
/// How many are read: a trace is left out, and a usage text may follow the reason.
const READ: &str = "1000";
/// How long a line may be, and all of them.
const LINE: usize = 500;
const WHOLE: usize = 2000;

/// A fault with what a container said last, and no secret in it.
pub(super) fn with_logs(system: &System, name: &str, fault: Fault) -> Fault {
    // One that ended again and again has said the same again and again: what it said last is enough.
    let began = system.run_ok(&["docker", "container", "inspect", "--format", "{{.State.StartedAt}}", name]);
    let since = began.map(|began| began.trim().to_owned()).unwrap_or_default();
    let logs = |words: &[&str]| {
        let ran = system.run(&[&["docker", "container", "logs", "--tail", READ], words, &[name]].concat());
        // A container that could not even be made has said nothing.
        ran.ok().filter(Ran::ok).map(|ran| format!("{}{}", ran.stdout, ran.stderr)).unwrap_or_default()
    };
    let said = match logs(&["--since", &since]) {
        // Docker may just have started it once more; then the start before is the one that said why.
        said if said.trim().is_empty() => logs(&[]),
        said => said,
    };
    // Hidden before anything is cut: half a secret would not be known any more.
    let said = system.secrets().map_or(said.clone(), |values| values.hidden(&said));
    let short = told(&said).join(" | ");
    let already = fault.because.clone();
    fault.because(match (already, short.is_empty()) {
        (Some(because), true) => because,
        (Some(because), false) => format!("{because}; its last lines: {short}"),
        (None, true) => "it said nothing".to_owned(),
        (None, false) => format!("its last lines: {short}"),
    })
}

/// The last lines that say something. What went wrong may stand above a trace or a usage text that is longer than what is told.
fn told(said: &str) -> Vec<String> {
    let is_passage = |line: &str| line.starts_with("at ") || line.chars().all(|letter| "{}[](),;^~ ".contains(letter));
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !is_passage(line)).collect();
    let last = lines.len().saturating_sub(LINES);
    let mut reasons: Vec<&str> = Vec::new();
    let mut told = &lines[last..];
    if !told.iter().any(|line| tells_of_an_error(line)) {
        let all: Vec<&str> = lines[..last].iter().copied().filter(|line| tells_of_an_error(line)).collect();
        reasons.extend(&all[all.len().saturating_sub(REASONS)..]);
        told = &told[reasons.len().min(told.len())..];
    }
    let short = |line: &&str| line.chars().take(LINE).collect::<String>();
    let reasons: Vec<String> = reasons.iter().map(short).collect();
    let mut left = WHOLE.saturating_sub(reasons.iter().map(String::len).sum());
    let fitting = told.iter().rev().map(short).take_while(|line| {
        let fits = line.len() <= left;
        left = left.saturating_sub(line.len());
        fits
    });
    let mut fitting: Vec<String> = fitting.collect();
    fitting.reverse();
    reasons.into_iter().chain(fitting).collect()
}

/// Whether a program calls a line of its own an error, in one of the ways in which programs do.
fn tells_of_an_error(line: &str) -> bool {
    const BEGINNINGS: [&str; 4] = ["error", "fatal", "panic", "invalid"];
    const WORDS: [&str; 9] = [
        "error:",
        "fatal:",
        "panic:",
        "level=error",
        "level=fatal",
        "\"level\":\"error\"",
        "\"level\":\"fatal\"",
        "[error]",
        " err ",
    ];
    let line = line.to_ascii_lowercase();
    BEGINNINGS.iter().any(|word| line.starts_with(word)) || WORDS.iter().any(|word| line.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_trace_the_reason_is_told_and_not_its_passages() {
        let frames = "    at run (file:///app/run.js:1:2)\n".repeat(20);
        let said = format!("starting\n\nError: no such folder\n{frames}  {{\n  code: 'ENOENT'\n}}\n");
        assert_eq!(told(&said), ["starting", "Error: no such folder", "code: 'ENOENT'"]);
        assert_eq!(told(&"line\n".repeat(90)).len(), LINES);
    }

    #[test]
    fn a_reason_above_a_usage_text_is_told_before_its_end() {
        let usage: String =
            (0..150).map(|number| format!("  --flag-{number}  One of: [debug, info, warn, error]\n")).collect();
        let said =
            told(&format!("Error parsing command line arguments: unknown long flag '--colour'\nusage: it\n{usage}"));
        assert_eq!(said[0], "Error parsing command line arguments: unknown long flag '--colour'");
        assert_eq!((said.len(), said[1].contains("--flag-139")), (LINES, true));
        // Where the last ones have a reason, an older one is another one's.
        let said = told(&format!("level=error first\n{}FATAL: second\n", "line\n".repeat(20)));
        assert!(!said.join(" ").contains("first") && said.join(" ").contains("second"));
    }

    #[test]
    fn long_lines_are_cut_and_the_reason_is_kept() {
        let long = "x".repeat(3000);
        let said = told(&format!("Error: why\n{}", format!("{long}\n").repeat(30)));
        assert_eq!(said[0], "Error: why");
        assert!(said.len() > 2 && said.iter().map(String::len).sum::<usize>() <= WHOLE);
    }
}
