//! What a command does to the world, in the words that policies are written in.
//!
//! An effect has a verdict on a host, and one inside of a container or a namespace, where it
//! reaches less far. Families (the data files) map commands to effects; `policy.rs` may change what
//! an effect means in an environment.

use crate::judgement::Verdict;

/// Everything that the gate tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    HostNetwork,
    HostAccess,
    HostOutage,
    ServiceStop,
    ServiceChange,
    StackChange,
    SystemChange,
    DataLoss,
    DataChange,
    SecretRead,
    SecretWrite,
    RemoteCode,
    ForcePush,
    ProtectedPush,
    DiscardWork,
    Deploy,
    DeployAroundCi,
    Publish,
    GuardTampering,
    AgentUnguarded,
    AgentSpawn,
    /// The operator's own word on a whole command.
    OperatorRule,
    Unknown,
}

/// An effect's own page: its name, its verdicts, and the words for people.
#[derive(Debug)]
pub struct Meaning {
    pub effect: Effect,
    pub name: &'static str,
    pub on_host: Verdict,
    pub in_container: Verdict,
    pub why: &'static str,
    pub instead: &'static str,
}

use Verdict::{Ask, Deny};

/// The one list of effects.
pub const MEANINGS: &[Meaning] = &[
    Meaning {
        effect: Effect::HostNetwork,
        name: "host-network",
        on_host: Deny,
        in_container: Ask,
        why: "changes the network of a host: a mistake here cuts everybody off, you included",
        instead: "`piton net guard -- COMMAND` runs it with a way back; better, change site.toml and show `piton plan`",
    },
    Meaning {
        effect: Effect::HostAccess,
        name: "host-access",
        on_host: Deny,
        in_container: Ask,
        why: "changes who gets into a host, and how",
        instead: "change users, keys and ssh in site.toml and show `piton plan`: it keeps a way in open",
    },
    Meaning {
        effect: Effect::HostOutage,
        name: "host-outage",
        on_host: Deny,
        in_container: Ask,
        why: "takes a whole host down",
        instead: "say what you found and let the operator restart the host",
    },
    Meaning {
        effect: Effect::ServiceStop,
        name: "service-stop",
        on_host: Deny,
        in_container: Ask,
        why: "stops something that everything else on the host stands on",
        instead: "look first: `systemctl status`, `journalctl -u`; then propose the change to the operator",
    },
    Meaning {
        effect: Effect::ServiceChange,
        name: "service-change",
        on_host: Ask,
        in_container: Ask,
        why: "interrupts a running service",
        instead: "look first: status and logs are free",
    },
    Meaning {
        effect: Effect::StackChange,
        name: "stack-change",
        on_host: Ask,
        in_container: Ask,
        why: "starts, stops or replaces containers of a running stack",
        instead: "look first: `docker compose ps` and `logs` are free; on a development machine say so in piton.toml",
    },
    Meaning {
        effect: Effect::SystemChange,
        name: "system-change",
        on_host: Ask,
        in_container: Ask,
        why: "changes the system's own files or packages",
        instead: "write it in site.toml and show `piton plan`",
    },
    Meaning {
        effect: Effect::DataLoss,
        name: "data-loss",
        on_host: Deny,
        in_container: Deny,
        why: "destroys data that nothing here can bring back",
        instead: "make a copy or a snapshot, and let the operator delete",
    },
    Meaning {
        effect: Effect::DataChange,
        name: "data-change",
        on_host: Ask,
        in_container: Ask,
        why: "changes data that is in use",
        instead: "show the statement, and what it would touch, first",
    },
    Meaning {
        effect: Effect::SecretRead,
        name: "secret-read",
        on_host: Deny,
        in_container: Deny,
        why: "puts a secret into the transcript, where it stays",
        instead: "test for the secret without showing it: that the file is there, which keys it has, that a login works",
    },
    Meaning {
        effect: Effect::SecretWrite,
        name: "secret-write",
        on_host: Deny,
        in_container: Deny,
        why: "writes or gives away a secret",
        instead: "let the operator set it; give the line with a placeholder",
    },
    Meaning {
        effect: Effect::RemoteCode,
        name: "remote-code",
        on_host: Deny,
        in_container: Deny,
        why: "runs code from the network that nobody has read",
        instead: "download it to a file, read it, show it; or install a package",
    },
    Meaning {
        effect: Effect::ForcePush,
        name: "force-push",
        on_host: Deny,
        in_container: Deny,
        why: "rewrites or deletes what others have pulled",
        instead: "push a new branch or a revert",
    },
    Meaning {
        effect: Effect::ProtectedPush,
        name: "protected-push",
        on_host: Ask,
        in_container: Ask,
        why: "pushes to a remote from which production is deployed",
        instead: "push to a branch of the working remote, and ask",
    },
    Meaning {
        effect: Effect::DiscardWork,
        name: "discard-work",
        on_host: Ask,
        in_container: Ask,
        why: "throws away work that is not committed, or not reachable any more",
        instead: "`git stash`, or commit to a branch first",
    },
    Meaning {
        effect: Effect::Deploy,
        name: "deploy",
        on_host: Ask,
        in_container: Ask,
        why: "changes what runs in production",
        instead: "show the dry run first: `--check --diff`, `plan`, `diff`",
    },
    Meaning {
        effect: Effect::DeployAroundCi,
        name: "deploy-around-ci",
        on_host: Deny,
        in_container: Deny,
        why: "puts files into production past CI, so that nobody knows what runs there",
        instead: "commit, push, and let CI deploy",
    },
    Meaning {
        effect: Effect::Publish,
        name: "publish",
        on_host: Ask,
        in_container: Ask,
        why: "publishes to the world, which cannot be taken back",
        instead: "make the package (`--dry-run`) and let the operator publish",
    },
    Meaning {
        effect: Effect::GuardTampering,
        name: "guard-tampering",
        on_host: Deny,
        in_container: Deny,
        why: "changes what guards this session",
        instead: "ask the operator: approving and changing the gate is theirs, on a terminal of their own",
    },
    Meaning {
        effect: Effect::AgentUnguarded,
        name: "agent-unguarded",
        on_host: Deny,
        in_container: Deny,
        why: "starts an agent without its permissions, past this gate",
        instead: "do it in this session, where the operator sees it",
    },
    Meaning {
        effect: Effect::AgentSpawn,
        name: "agent-spawn",
        on_host: Ask,
        in_container: Ask,
        why: "starts another agent, whose commands this session does not see",
        instead: "do it in this session",
    },
    Meaning {
        effect: Effect::OperatorRule,
        name: "operator-rule",
        on_host: Ask,
        in_container: Ask,
        why: "a rule of the operator's is about it",
        instead: "ask the operator, who wrote the rule into piton.toml",
    },
    Meaning {
        effect: Effect::Unknown,
        name: "unknown",
        on_host: Ask,
        in_container: Ask,
        why: "what it does cannot be told from its text",
        instead: "write the command out, without variables or code that is made while it runs",
    },
];

impl Effect {
    pub fn meaning(self) -> &'static Meaning {
        // The list has every effect, in order; a test says so.
        &MEANINGS[self as usize]
    }

    pub fn name(self) -> &'static str {
        self.meaning().name
    }

    pub fn from_name(name: &str) -> Option<Effect> {
        MEANINGS.iter().find(|meaning| meaning.name == name).map(|meaning| meaning.effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_effect_is_found_under_its_own_name_and_number() {
        for (number, meaning) in MEANINGS.iter().enumerate() {
            assert_eq!(meaning.effect as usize, number, "{}", meaning.name);
            assert_eq!(Effect::from_name(meaning.name), Some(meaning.effect));
            assert!(!meaning.why.is_empty() && !meaning.instead.is_empty());
        }
        assert_eq!(Effect::Unknown as usize + 1, MEANINGS.len());
    }
}
