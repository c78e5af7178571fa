//! Whatever text comes in, the parser answers: with a site, or with problems that point into the text.

#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

mod samples;

use piton_config::{digest_input, explain, references, resolve};
use proptest::prelude::*;
use samples::{sites, sources};

/// Runs everything that a text can reach, and holds what must be true of any answer.
fn feed(text: &str) {
    drop(references(text, "site.toml"));
    match resolve(text, "site.toml", &sources()) {
        Ok(site) => {
            assert!(!explain(&site, text, None).is_empty() && !digest_input(&site).is_empty());
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "neither a site nor a problem");
            for problem in problems {
                let shown = problem.to_text(text);
                assert!(
                    shown.chars().all(|letter| letter == '\n' || letter == '\t' || !letter.is_control()),
                    "{shown:?}"
                );
                for label in problem.label.iter().chain(&problem.related) {
                    assert!(label.span.range.end <= text.len(), "{problem:?} points outside of the text");
                }
            }
        }
    }
}

/// A small generator of our own, so that the thousands of texts are the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }
}

const PIECES: &[&str] = &[
    "\"",
    "'",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\n",
    "#",
    "\\u0000",
    "\u{1b}[2J",
    "é",
    "\u{1f980}",
    "true",
    "-1",
    "99999999999999999999",
    "1e400",
    "nan",
    "1979-05-27",
    "\"\"\"",
    "hosts.",
    "from mesh",
    "/33",
    "0x",
    "false\n",
];

fn mutated(seed: &str, other: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = seed.chars().collect();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(letters.len() + 1);
        let end = (at + dice.roll(30)).min(letters.len());
        match dice.roll(5) {
            0 => drop(letters.drain(at..end)),
            1 => drop(letters.splice(at..at, PIECES[dice.roll(PIECES.len())].chars())),
            2 => drop(letters.splice(at..end, PIECES[dice.roll(PIECES.len())].chars())),
            3 => {
                let copied: Vec<char> = letters[at..end].to_vec();
                let to = dice.roll(letters.len() + 1);
                letters.splice(to..to, copied);
            }
            _ => {
                let lines: Vec<&str> = other.lines().collect();
                let line = lines.get(dice.roll(lines.len())).copied().unwrap_or_default();
                letters.splice(at..at, format!("\n{line}\n").chars());
            }
        }
    }
    letters.into_iter().collect()
}

#[test]
fn thousands_of_damaged_sites_are_answered() {
    let mut seeds: Vec<String> = sites("good").into_iter().chain(sites("broken")).map(|(_, text)| text).collect();
    seeds.push(include_str!("../../../examples/two-vps/site.toml").to_owned());
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for round in 0..6000 {
        let seed = &seeds[round % seeds.len()];
        let other = &seeds[dice.roll(seeds.len())];
        feed(&mutated(seed, other, &mut dice));
    }
}

#[test]
fn every_beginning_of_a_site_is_answered() {
    let text = include_str!("../../../examples/two-vps/site.toml");
    for (end, _) in text.char_indices() {
        feed(&text[..end]);
    }
}

#[test]
fn depth_does_not_overflow_the_stack() {
    let deep = |depth: usize| {
        [
            format!("a = {}{}", "[".repeat(depth), "]".repeat(depth)),
            format!("a = {}1{}", "{ b = ".repeat(depth), " }".repeat(depth)),
            format!("[sysctl]\n{}x = 1", "a.".repeat(depth)),
            format!("[{}x]\ny = 1", "sysctl.".repeat(depth)),
            format!("[docker.daemon]\na = {}1{}", "{ b = ".repeat(depth), " }".repeat(depth)),
        ]
    };
    for depth in [50, 79, 200, 5_000, 50_000] {
        deep(depth).iter().for_each(|text| feed(text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in "\\PC*") {
        feed(&text);
    }

    #[test]
    fn any_value_of_any_key_is_answered(section in "(site|access|ssh|filter|mesh|sysctl|docker|hosts.x|cron)", key in "[a-z_]{1,12}", value in "\\PC{0,40}") {
        feed(&format!("[{section}]\n{key} = {value:?}\n"));
        feed(&format!("[{section}]\n{key} = {value}\n"));
    }
}
