//! Programs that no family knows. Most are somebody's own tools and do what they like; what can be told from outside is
//! told: a path that matters among their words, a word that says that something goes, code that they are given.

use super::Walker;
use super::data::Data;
use crate::effect::Effect;
use crate::paths::{self, Access, Sort};
use crate::read::HOLE;
use crate::shown;

/// Programs that look at files and show at most what they are called.
const LOOKING: &[&str] = &[
    "ls",
    "ll",
    "exa",
    "eza",
    "lsd",
    "tree",
    "du",
    "df",
    "dust",
    "ncdu",
    "duf",
    "stat",
    "file",
    "wc",
    "test",
    "[",
    "realpath",
    "readlink",
    "basename",
    "dirname",
    "which",
    "type",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "b2sum",
    "cksum",
    "sum",
    "cmp",
    "lsattr",
    "getfacl",
    "namei",
    "findmnt",
    "mountpoint",
    "lsof",
    "locate",
    "echo",
    "printf",
    "cd",
    "pushd",
    "mkdir",
    "touch",
    "true",
    "false",
    ":",
    "command",
    "shellcheck",
    "shfmt",
    "yamllint",
    "visudo",
    "sshd",
    "named-checkconf",
    "hadolint",
    "trivy",
    "grype",
    "gitleaks",
    "trufflehog",
    "promtool",
    "amtool",
    "ansible-lint",
    "tflint",
    "checkov",
    "actionlint",
    "xmllint",
    "jsonlint",
    "pre-commit",
    "code",
    "open",
    "wslpath",
    "cygpath",
    "tput",
    "reset",
    "clear",
    "stty",
    "zoxide",
    "z",
    "fzf",
    "watchexec",
    "entr",
    "getcap",
    "lsblk",
    "blkid",
    "smartctl",
    "hdparm",
    "udevadm",
    "inotifywait",
];

/// Words that say that something is taken away, or put where others see it.
const ENDING: &[&str] = &[
    "delete",
    "destroy",
    "purge",
    "wipe",
    "drop",
    "nuke",
    "failover",
    "switchover",
    "shutdown",
    "poweroff",
    "reboot",
    "terminate",
    "publish",
    "undeploy",
    "deploy",
    "rollback",
    "reset",
    "factory-reset",
    "decommission",
    "flush",
    "truncate",
    "erase",
    "stop",
    "restart",
    "halt",
    "remove-peer",
    "force-new-cluster",
    "reinit",
    "prune",
    "evict",
    "revoke",
    "promote",
    "demote",
];

/// Options behind which programs are given code.
const CODE: &[&str] = &["-e", "-E", "--eval", "-eval", "--exec", "-c", "--command", "--execute"];

impl Walker<'_> {
    /// Judges a program that no family knows, and gives what it writes.
    pub(super) fn stranger(&mut self, name: &str, argv: &[String], stdin: &Data) -> Data {
        let words = argv.get(1..).unwrap_or_default();
        if LOOKING.contains(&name)
            || words.iter().any(|word| matches!(word.as_str(), "--help" | "--version" | "--dry-run"))
        {
            return self.flow(name, argv, stdin);
        }
        let unguarded = ["--dangerously-skip-permissions", "--dangerously-bypass-approvals-and-sandbox", "--yolo"];
        if words.iter().any(|word| unguarded.contains(&word.as_str())) {
            self.found(Effect::AgentUnguarded, "", "");
        }
        let rule = self.rule.clone();
        for pair in
            words.windows(2).filter(|pair| CODE.contains(&pair[0].as_str()) && pair[1].contains(['(', '`', '"']))
        {
            self.code(&Data::known(pair[1].as_str()));
        }
        (self.rule, self.words) = (rule, argv.join(" "));
        self.results(words);
        self.paths_of_a_stranger(words);
        self.ending_words(name, words);
        self.flow(name, argv, stdin)
    }

    /// A file that decides over the host, or holds secrets, in the hands of who knows whom.
    fn paths_of_a_stranger(&mut self, words: &[String]) {
        for word in words.iter().take(64) {
            let is_option = word.starts_with('-');
            let value = match word.split_once('=') {
                Some((option, value)) if is_option => Some(value).filter(|_| !option.contains("env")),
                _ if is_option => word.find('/').and_then(|at| word.get(at..)),
                _ => Some(word.as_str()),
            };
            let Some(written) = value.filter(|value| value.contains(['/', '.']) && !value.contains("://")) else {
                continue;
            };
            if written.contains([' ', '\n', ':', HOLE]) {
                continue;
            }
            let path = self.path(written);
            let what = match paths::sort(&path) {
                Sort::Secret if is_option => continue,
                Sort::Secret => "a file that holds secrets",
                Sort::Guard => "a file that configures agents or this gate",
                Sort::Access => "a file that decides who gets in",
                Sort::Network => "a file that the host's network is made from",
                Sort::Outage | Sort::Device => "a device",
                _ => continue,
            };
            self.unknown(&format!("the gate does not know the program, and it is given {what}: {}", shown(&path)), "");
            return;
        }
    }

    /// Where an option says that a program's result goes, whatever the program.
    pub(super) fn results(&mut self, words: &[String]) {
        const RESULTS: &[&str] = &[
            "-o",
            "-O",
            "--output",
            "--out",
            "--outfile",
            "--output-file",
            "--output-dir",
            "--log-file",
            "--logfile",
            "-Logfile",
            "--root",
            "-generate-config-out",
            "--dest",
            "--destination",
            "--extract-dir",
        ];
        for (at, word) in words.iter().enumerate().take(256) {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word.as_str(), words.get(at + 1).map(String::as_str)),
            };
            let Some(value) = value.filter(|value| RESULTS.contains(&name) && value.starts_with(['/', '~'])) else {
                continue;
            };
            let path = self.path(value);
            if matches!(
                paths::sort(&path),
                Sort::Guard
                    | Sort::Access
                    | Sort::Network
                    | Sort::Outage
                    | Sort::System
                    | Sort::Deployed
                    | Sort::Device
            ) {
                self.access(&path, Access::Write);
            }
        }
    }

    fn ending_words(&mut self, name: &str, words: &[String]) {
        if self.place.reach == crate::place::Reach::Fresh {
            return;
        }
        let name = name.trim_end_matches(".sh");
        let ends = |word: &str| {
            !word.contains(['/', '.', ' ']) && word.split(['-', '_', ':']).any(|part| ENDING.contains(&part))
        };
        let verbs = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).take(2);
        if let Some(verb) = verbs.chain([name]).find(|word| ends(word)) {
            self.unknown(&format!("the gate does not know {name}; by its word it may take something away: {verb}"), "");
        }
    }
}
