//! What is going on, while it goes on: a live line a host on a terminal, a line a step in a pipe,
//! JSON lines for programs.

use super::page::printable;
use super::text::Ink;
use super::{Screen, json, words};
use piton_host::wire::Event;
use piton_plan::Verb;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// The progress of some hosts; hears from many threads.
#[derive(Clone)]
pub(crate) struct Progress {
    screen: Screen,
    live: Option<Arc<Mutex<Live>>>,
}

/// Lines at the bottom of a terminal that are drawn over and over.
struct Live {
    hosts: Vec<(String, String)>,
    /// What stays on the screen when the lines go.
    notes: Vec<String>,
    drawn: usize,
    width: usize,
}

impl Progress {
    /// Begins with a line for each host, all of which say `words`.
    pub(crate) fn begin(screen: &Screen, hosts: &[String], words: &str) -> Progress {
        let on_terminal = !screen.is_json() && std::io::stderr().is_terminal();
        let lines = || hosts.iter().map(|host| (host.clone(), words.to_owned())).collect();
        let live = on_terminal.then(|| {
            Arc::new(Mutex::new(Live { hosts: lines(), notes: Vec::new(), drawn: 0, width: terminal_width() }))
        });
        let progress = Progress { screen: screen.clone(), live };
        progress.draw(|_| {});
        progress
    }

    /// Says what a host is at now; in a pipe only what is worth a line of its own.
    pub(crate) fn host(&self, host: &str, words: &str) {
        self.draw(|live| live.set(host, words));
    }

    /// Hears what the host half does.
    pub(crate) fn hear(&self, host: &str, event: &Event) {
        if self.screen.is_json() {
            self.screen.event(&json::event(host, event));
            return;
        }
        if let Event::Note { text } = event {
            let note = format!("{host}: {text}");
            match &self.live {
                Some(live) => live.lock().unwrap_or_else(PoisonError::into_inner).notes.push(note),
                None => self.screen.say(&note),
            }
            return;
        }
        let Some(words) = step_words(event) else {
            if let Event::Line { text } = event {
                self.draw(|live| live.add(host, text));
            }
            return;
        };
        match &self.live {
            Some(_) => self.host(host, &words),
            None => self.screen.say(&format!("{host}: {words}")),
        }
    }

    /// Takes the live lines away; what is printed next stands in their place.
    pub(crate) fn end(&self) {
        self.draw(|live| live.hosts.clear());
        let notes = self.live.as_ref().map(|live| {
            let mut live = live.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut live.notes)
        });
        notes.into_iter().flatten().for_each(|note| self.screen.say(&note));
    }

    fn draw(&self, change: impl FnOnce(&mut Live)) {
        let Some(live) = &self.live else { return };
        let mut live = live.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut live);
        let _ = std::io::stderr().write_all(live.frame().as_bytes());
    }
}

impl Live {
    fn set(&mut self, host: &str, words: &str) {
        if let Some((_, line)) = self.hosts.iter_mut().find(|(name, _)| name == host) {
            *line = words.to_owned();
        }
    }

    /// Puts a program's own words behind those of the step.
    fn add(&mut self, host: &str, words: &str) {
        if let Some((_, line)) = self.hosts.iter_mut().find(|(name, _)| name == host) {
            let step = line.split(STEP_END).next().unwrap_or_default().to_owned();
            *line = format!("{step}{STEP_END}{words}");
        }
    }

    /// Goes back over what was drawn, and draws again.
    fn frame(&mut self) -> String {
        let mut out = String::new();
        if self.drawn > 0 {
            out.push_str(&format!("\u{1b}[{}A", self.drawn));
        }
        let longest = self.hosts.iter().map(|(host, _)| host.chars().count()).max().unwrap_or(0);
        let strong = Ink::Strong.style();
        for (host, words) in &self.hosts {
            // One more than the width would wrap, and then the way back is too short.
            let room = self.width.saturating_sub(longest + 5);
            let words: String = printable(words).chars().take(room).collect();
            out.push_str(&format!("\r\u{1b}[K  {strong}{host:longest$}{strong:#}  {words}\n"));
        }
        out.push_str("\u{1b}[J");
        self.drawn = self.hosts.len();
        out
    }
}

/// Between the words of the step and what its program says.
const STEP_END: &str = "  · ";

fn step_words(event: &Event) -> Option<String> {
    match event {
        Event::StepStarted { step, of, key, verb, .. } => {
            let sign = match verb {
                Verb::Add => "+",
                Verb::Change => "~",
                Verb::Remove => "-",
            };
            Some(format!("{}/{of} {sign} {} {}", step + 1, words::kind_word(&key.kind), key.name))
        }
        Event::Undoing { key } => Some(format!("putting back {} {}", words::kind_word(&key.kind), key.name)),
        Event::Lost { because } => Some(format!("lost: {because}; waiting until it has put itself back")),
        Event::Held { place } => Some(format!("held {place}, for a drill")),
        // The next one is begun at once.
        Event::StepDone { .. } | Event::Line { .. } | Event::Note { .. } => None,
    }
}

fn terminal_width() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stderr()).ok();
    size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0).unwrap_or(super::WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_drawn_over_the_one_before() {
        let mut live = Live {
            hosts: vec![("a".into(), "one".into()), ("bb".into(), "two".into())],
            notes: Vec::new(),
            drawn: 0,
            width: 40,
        };
        live.frame();
        live.set("a", "three");
        let frame = live.frame();
        assert!(frame.starts_with("\u{1b}[2A"), "goes back over both lines");
        assert!(anstream::adapter::strip_str(&frame).to_string().contains("  a   three\n"));
    }

    #[test]
    fn a_line_never_wraps() {
        let mut live = Live { hosts: vec![("host".into(), "x".repeat(500))], notes: Vec::new(), drawn: 0, width: 30 };
        let frame = live.frame();
        let plain = anstream::adapter::strip_str(&frame).to_string();
        assert!(plain.lines().all(|line| line.trim_start_matches('\r').chars().count() < 30), "{plain:?}");
    }
}
