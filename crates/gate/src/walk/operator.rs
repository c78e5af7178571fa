//! The operator's own rules for whole commands: they hold whatever a command does, also where the gate found nothing.
//!
//! Only what tightens comes by here. A rule about an effect is held against the effect, in `policy.rs`.

use super::Walker;
use crate::effect::Effect;
use crate::judgement::Verdict;
use crate::paths;
use crate::pattern::Fit;
use crate::place::Place;
use crate::policy::{Override, is_below};
use crate::read::HOLE;

/// Programs whose words name another host.
const GO_ELSEWHERE: &[&str] = &["ssh", "scp", "sftp", "rsync", "mosh", "sshfs", "ssh-copy-id", "autossh"];

/// More words of one command are not held against rules about paths.
const MOST_WORDS: usize = 2000;

impl Walker<'_> {
    /// Holds one command against every rule that is not about an effect.
    pub(super) fn operators_rules(&mut self, argv: &[String]) {
        let policy = self.policy;
        for rule in policy.of_whole_commands() {
            let fit = self.fit_of(rule, argv);
            self.noted(rule, fit, argv.join(" "));
        }
    }

    /// Holds a file that is read or written without a command of its own, as by `> file` or an agent's editor.
    pub(super) fn operators_paths(&mut self, written: &str) {
        let policy = self.policy;
        for rule in policy.of_whole_commands().filter(|rule| rule.path.is_some() && rule.command.is_none()) {
            let fit = self.fit_of(rule, &[String::new(), written.to_owned()]);
            let words = if self.words.is_empty() { written.to_owned() } else { self.words.clone() };
            self.noted(rule, fit, words);
        }
    }

    /// Whether there is any reason to look at paths once more.
    pub(super) fn has_operators_paths(&self) -> bool {
        self.policy.of_whole_commands().any(|rule| rule.path.is_some())
    }

    fn noted(&mut self, rule: &Override, fit: Fit, words: String) {
        let verdict = match fit {
            Fit::No => return,
            Fit::Perhaps => Verdict::Ask,
            Fit::Yes => rule.verdict,
        };
        let because = rule.because.as_deref().map(|because| format!(": {because}")).unwrap_or_default();
        let why = match fit {
            Fit::Perhaps => {
                format!("may be what a rule of the operator's is about, which only shows when it runs{because}")
            }
            _ => format!(
                "a rule of the operator's {} it{because}",
                if verdict == Verdict::Deny { "forbids" } else { "asks for" }
            ),
        };
        let outer = std::mem::replace(&mut self.words, words);
        self.note(
            verdict,
            Effect::OperatorRule,
            "piton.toml/gate.rule".to_owned(),
            &why,
            Effect::OperatorRule.meaning().instead,
        );
        self.words = outer;
    }

    fn fit_of(&self, rule: &Override, argv: &[String]) -> Fit {
        let folder = self.folder.as_deref();
        let mut places = vec![self.place.clone()];
        if rule.host.is_some() || rule.environment.is_some() {
            places.extend(self.named_hosts(argv));
        }
        if !places.iter().any(|place| self.policy.is_there(rule, place, folder)) {
            return Fit::No;
        }
        let path = rule.path.as_deref().map_or(Fit::Yes, |path| self.path_fit(path, argv));
        let command = rule.command.as_deref().map_or(Fit::Yes, |pattern| command_fit(pattern, &argv.join(" ")));
        match (path, command) {
            (Fit::No, _) | (_, Fit::No) => Fit::No,
            (Fit::Yes, Fit::Yes) => Fit::Yes,
            _ => Fit::Perhaps,
        }
    }

    /// The hosts that `ssh`, `scp` and the like are told to go to.
    fn named_hosts(&self, argv: &[String]) -> Vec<Place> {
        let name = argv.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
        if !GO_ELSEWHERE.contains(&name) {
            return Vec::new();
        }
        let words = argv.iter().skip(1).filter(|word| !word.starts_with('-')).take(16);
        words.map(|word| self.place.on_host(word.split(':').next().unwrap_or(word))).collect()
    }

    /// Whether a command runs at or below a path, or names something there.
    fn path_fit(&self, pattern: &str, argv: &[String]) -> Fit {
        if self.place.host.is_some() {
            return Fit::No;
        }
        if is_below(self.folder.as_deref(), pattern) {
            return Fit::Yes;
        }
        let mut best = Fit::No;
        for word in argv.iter().skip(1).take(MOST_WORDS) {
            let named = if word.starts_with('-') || word.contains("=/") {
                word.split_once('=').map_or("", |(_, value)| value)
            } else {
                word
            };
            if named.is_empty() {
                continue;
            }
            let path = match (named.strip_prefix('~'), self.home.as_deref()) {
                (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => format!("{home}{rest}"),
                _ => named.to_owned(),
            };
            let path = paths::resolve(self.folder.as_deref(), &path);
            if is_below(Some(&path), pattern) {
                return Fit::Yes;
            }
            let head = path.split(HOLE).next().unwrap_or_default();
            if head.len() < path.len() && head.len() > 1 && may_continue(pattern, head) {
                best = Fit::Perhaps;
            }
        }
        best
    }
}

/// Whether a command is what a pattern says: its first words, or with `*` all of it. The program may be written with its
/// folder.
pub(crate) fn command_fit(pattern: &str, words: &str) -> Fit {
    let (program, rest) = words.split_once(' ').map_or((words, ""), |(program, rest)| (program, rest));
    let bare = program.rsplit('/').next().unwrap_or(program);
    let bare = if rest.is_empty() { bare.to_owned() } else { format!("{bare} {rest}") };
    let pattern = pattern.trim();
    let longer = format!("{pattern} *");
    let fits = |words: &str| crate::pattern::glob(pattern, words) || crate::pattern::glob(&longer, words);
    if fits(words) || fits(&bare) {
        return Fit::Yes;
    }
    let head = bare.split(HOLE).next().unwrap_or_default();
    if head.len() < bare.len() && may_continue(pattern, head) { Fit::Perhaps } else { Fit::No }
}

/// Whether what begins like this may still become what the pattern says.
fn may_continue(pattern: &str, head: &str) -> bool {
    let literal = pattern.split('*').next().unwrap_or_default();
    literal.starts_with(head) || head.starts_with(literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_the_first_words_or_all_of_them() {
        let cases = [
            ("docker", "docker restart x", Fit::Yes),
            ("docker", "dockerd x", Fit::No),
            ("docker restart", "/usr/bin/docker restart x", Fit::Yes),
            ("docker *", "docker restart x", Fit::Yes),
            ("docker*", "docker-compose up", Fit::Yes),
            ("docker restart *", "docker stop x", Fit::No),
            ("* restart", "docker restart x", Fit::Yes),
            ("*", "ls", Fit::Yes),
            ("docker restart", "docker \0 x", Fit::Perhaps),
            ("docker restart", "git \0", Fit::No),
        ];
        for (pattern, words, fit) in cases {
            assert_eq!(command_fit(pattern, words), fit, "{pattern} and {words}");
        }
    }
}
