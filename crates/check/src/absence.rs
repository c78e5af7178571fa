//! What says that something is not there, where that cannot be said, and where a finding counts less.
//!
//! A reader stops where a file breaks its grammar, and a template hides what it will become: whatever seems to be
//! missing may stand behind that place. Findings about what was read stay.

use crate::finding::{Finding, Severity};
use crate::project::Project;
use crate::rule::Rule;
use piton_config::read::Document;

/// Rules about something that is not there, beside those whose id ends with `-missing`.
const OTHERS: [&str; 32] = [
    "am-receiver-empty",
    "apt-sources-no-signed-by",
    "caddy-domain-not-in-zone",
    "caddy-loopback-upstream",
    "caddy-vpn-acl-no-split-dns",
    "caddy-vpn-only-no-acme-dns",
    "caddy-wildcard-no-dns",
    "compose-caddy-data-volume",
    "compose-caddy-log-volume",
    "compose-depends-on-no-condition",
    "compose-external-network-undeclared",
    "compose-initdb-only-first-run",
    "compose-network-unreachable",
    "compose-prometheus-retention",
    "compose-qdrant-no-api-key",
    "compose-undefined-network",
    "compose-undefined-service",
    "compose-undefined-volume",
    "coredns-acl-no-block",
    "grafana-ds-uid-dangling",
    "litellm-fallback-unknown-model",
    "loki-retention-not-enforced",
    "n8n-webhook-no-secret",
    "nginx-loopback-upstream",
    "openclaw-bind-lan-no-token",
    "prom-rule-job-unknown",
    "prom-rule-no-for",
    "prom-rule-no-severity",
    "prom-rules-not-loaded",
    "redis-no-auth",
    "sshd-port-not-in-firewall",
    "unit-timer-not-installed",
];

fn is_about_absence(rule: &Rule) -> bool {
    rule.id.ends_with("-missing") || OTHERS.contains(&rule.id)
}

/// Folders that hold what is no longer run.
const GONE: [&str; 13] = [
    "archive",
    "archived",
    "attic",
    "deprecated",
    "disabled",
    "graveyard",
    "inactive",
    "legacy",
    "obsolete",
    "old",
    "oldstuff",
    "retired",
    "unused",
];

/// Of these, the ones that mean it with other words around them too: `_archive`, `legacy-prom-snapshot`.
const GONE_IN_PART: [&str; 7] = ["archive", "archived", "deprecated", "graveyard", "legacy", "obsolete", "retired"];

/// Folders that hold what only its author reaches.
const ASIDE: [&str; 4] = [".devcontainer", "development", "molecule", "vagrant"];

/// Folders of files that tests are fed with: what is wrong in them may be what the test is about.
const FED: [&str; 4] = ["fixture", "fixtures", "golden", "testdata"];

/// How much less a finding in a file counts for the folder that it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Aside {
    No,
    /// One step less.
    Somewhat,
    /// Nobody runs it, or it is there to be wrong: an information at most.
    Entirely,
}

/// Whether a file was put aside: what is wrong in it hurts nobody today.
pub(crate) fn aside(document: &Document) -> Aside {
    let parts = document.folder().split('/').map(|part| part.to_ascii_lowercase());
    let by_folder = parts.map(|part| aside_by_name(&part)).max().unwrap_or(Aside::No);
    let name = document.file_name().to_ascii_lowercase();
    match LEFT.iter().any(|end| name.ends_with(end)) {
        true => Aside::Entirely,
        false => by_folder,
    }
}

/// Ends of names of what an editor or a careful hand left behind: no program reads it.
const LEFT: [&str; 4] = [".bak", ".old", ".orig", "~"];

fn aside_by_name(part: &str) -> Aside {
    let mut words = part.split(|letter: char| !letter.is_ascii_alphanumeric());
    let is_gone = GONE.contains(&part)
        || part.starts_with("moved-to-")
        || part.starts_with("moved_to_")
        || words.any(|word| GONE_IN_PART.contains(&word));
    match part {
        _ if is_gone || is_fed(part) => Aside::Entirely,
        _ if ASIDE.contains(&part) => Aside::Somewhat,
        _ => Aside::No,
    }
}

/// Whether a file is there for a test to read, broken ones too.
pub(crate) fn is_fed_to_tests(document: &Document) -> bool {
    document.folder().split('/').any(|part| is_fed(&part.to_ascii_lowercase()))
}

/// `fixtures`, and `golden_stacks`.
fn is_fed(part: &str) -> bool {
    FED.contains(&part) || part.starts_with("golden_") || part.starts_with("golden-")
}

/// Lowers what was found in a file that was put aside. A secret in it is as known as in any other.
pub(crate) fn lower(finding: &mut Finding, aside: Aside) {
    let is_known = finding.rule.id.contains("secret") || finding.rule.id.contains("private-key");
    finding.severity = match (finding.severity, aside) {
        (severity, Aside::No) => severity,
        (Severity::Error, Aside::Somewhat) => Severity::Warning,
        (Severity::Error, Aside::Entirely) if is_known => Severity::Warning,
        _ => Severity::Info,
    };
}

/// Whether a finding in a document says more than can be known of it: the document was not read to its end, or one of
/// those that may hold what is missing.
pub(crate) fn is_unsure(project: &Project, document: &Document, finding: &Finding) -> bool {
    if !is_about_absence(finding.rule) {
        return false;
    }
    let may_hold = |other: &&Document| {
        other.kind == document.kind && other.folder() == document.folder()
            || finding.related.iter().any(|related| related.path == other.path)
            || project.stack_of(document).any(|member| std::ptr::eq(member, *other))
    };
    document.is_partial || project.partial().iter().any(may_hold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Selection;
    use crate::rules::RULES;
    use piton_config::read::read;

    fn ids(path: &str, text: &str) -> Vec<&'static str> {
        let documents = [read(path, text.as_bytes(), None)];
        let findings = Project::new(&documents).check(&Selection::default());
        findings.into_iter().map(|finding| finding.rule.id).collect()
    }

    #[test]
    fn nothing_is_missing_from_a_file_that_was_not_read_to_its_end() {
        let text = "services:\n  a:\n    image: caddy:2\n    privileged: true\n    ports: [\"443:443\"]\n    volumes: [\"data:/srv\"]\n";
        let whole = ids("compose.yaml", text);
        assert!(
            whole.contains(&"compose-undefined-volume") && whole.contains(&"compose-caddy-data-volume"),
            "{whole:?}"
        );
        let broken = ids("compose.yaml", &format!("{text}    x: \"\n"));
        assert_eq!(broken.iter().filter(|id| is_absent(id)).count(), 0, "{broken:?}");
        assert!(broken.contains(&"text-parse-error") && broken.contains(&"compose-privileged"), "{broken:?}");
    }

    fn is_absent(id: &str) -> bool {
        RULES.iter().any(|rule| rule.id == id && is_about_absence(rule))
    }

    #[test]
    fn every_rule_that_is_named_here_is_there() {
        for id in OTHERS {
            assert!(RULES.iter().any(|rule| rule.id == id), "{id}");
        }
    }
}
