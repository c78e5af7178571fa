//! One cause, told once: what the same rule finds again and again in a file is one finding with the other places below
//! it, and of two rules that mean the same line the sharper one speaks.
//!
//! Comments and baselines silence single places, so this comes after them, and right before people read. An editor
//! wants every place, and does not fold.

use crate::finding::{Finding, Related};

/// Rules whose findings in one file have one cause, or one decision, in common.
const ONCE_A_FILE: [&str; 24] = [
    "am-env-not-expanded",
    "ansible-apt-key-deprecated",
    "ansible-shell-no-bash-executable",
    "authelia-secret-is-text",
    "caddy-unknown-directive",
    "ci-action-branch",
    "compose-bad-interpolation",
    "compose-default-secret",
    "compose-env-inline-secret",
    "compose-image-latest",
    "compose-port-all-interfaces",
    "env-missing-var",
    "env-placeholder-secret",
    "env-unquoted-space",
    "litellm-fallbacks-shape",
    "litellm-plaintext-secret",
    "litellm-shell-var-not-expanded",
    "n8n-basic-auth-removed",
    "openclaw-unknown-key",
    "pihole-old-variable",
    "prom-key-unknown",
    "prom-remote-target-not-on-vpn",
    "redis-rename-command",
    "text-parse-error",
];

/// The sharper rule, and the one that is silent where it speaks.
const SHARPER: [(&str, &str); 11] = [
    ("redis-no-auth", "compose-admin-port-all-interfaces"),
    ("compose-qdrant-no-api-key", "compose-admin-port-all-interfaces"),
    ("loki-auth-off-public", "compose-admin-port-all-interfaces"),
    ("grafana-default-admin-password", "compose-env-inline-secret"),
    ("compose-postgres18-volume", "compose-postgres-major-unpinned"),
    ("open-webui-no-auth", "compose-port-all-interfaces"),
    ("grafana-anonymous-admin", "grafana-default-admin-password"),
    ("compose-postgres-major-unpinned", "compose-image-latest"),
    ("compose-tempo-unpinned", "compose-image-latest"),
    ("compose-duplicate-host-port", "site-invalid"),
    ("compose-subnet-overlap", "site-invalid"),
];

/// Folds findings that are sorted; they stay so.
pub fn fold(findings: Vec<Finding>) -> Vec<Finding> {
    let silent: Vec<bool> = findings.iter().map(|finding| is_said_sharper(finding, &findings)).collect();
    let mut kept: Vec<Finding> = Vec::new();
    for (finding, _) in findings.into_iter().zip(silent).filter(|(_, silent)| !silent) {
        let once = ONCE_A_FILE.contains(&finding.rule.id);
        let is_same = |other: &&mut Finding| {
            other.rule.id == finding.rule.id && other.severity == finding.severity && other.path == finding.path
        };
        // Those of one file follow each other, but for what other rules say in between.
        let first = kept.iter_mut().rev().take_while(|other| once && other.path == finding.path).find(is_same);
        match first {
            Some(first) => merge(first, finding),
            None => kept.push(finding),
        }
    }
    kept
}

fn merge(first: &mut Finding, again: Finding) {
    first.related.push(Related { path: again.path, range: again.range, text: again.message });
    if let (Some(fix), Some(more)) = (&mut first.fix, again.fix)
        && fix.safety == more.safety
    {
        let new = more.edits.into_iter().filter(|edit| !fix.edits.contains(edit)).collect::<Vec<_>>();
        fix.edits.extend(new);
    }
}

/// Whether another rule says of the same place what is the matter with it.
fn is_said_sharper(finding: &Finding, all: &[Finding]) -> bool {
    let mut sharper = SHARPER.iter().filter(|(_, dull)| *dull == finding.rule.id).map(|(sharp, _)| *sharp);
    let is_here = |path: &str, range: &std::ops::Range<usize>| path == finding.path && *range == finding.range;
    sharper.any(|sharp| {
        all.iter().any(|other| {
            other.rule.id == sharp
                && other.severity >= finding.severity
                && (is_here(&other.path, &other.range)
                    || other.related.iter().any(|related| is_here(&related.path, &related.range)))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Project, Selection, Severity};
    use piton_config::read::read;

    fn told(name: &str, text: &str) -> Vec<Finding> {
        let documents = [read(name, text.as_bytes(), None)];
        fold(Project::new(&documents).check(&Selection::default()))
    }

    #[test]
    fn rules_that_are_folded_or_silenced_are_rules() {
        let known = |id: &str| crate::rule(id).is_some();
        let pairs = SHARPER.iter().flat_map(|(sharp, dull)| [*sharp, *dull]);
        assert_eq!(ONCE_A_FILE.into_iter().chain(pairs).filter(|id| !known(id)).collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn images_without_a_version_are_told_once_a_file_with_the_other_places_below() {
        let found =
            told("compose.yaml", "services:\n  a: { image: acme/a }\n  b: { image: acme/b }\n  c: { image: acme/c }\n");
        let images: Vec<_> = found.iter().filter(|finding| finding.rule.id == "compose-image-latest").collect();
        assert_eq!(images.len(), 1);
        assert_eq!(images[0].related.len(), 2);
    }

    #[test]
    fn a_published_redis_without_a_password_is_one_error() {
        let text = "services:\n  cache: { image: \"redis:8.0.6\", ports: [\"6379:6379\"] }\n";
        let errors: Vec<_> = told("compose.yaml", text)
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.rule.id)
            .collect();
        assert_eq!(errors, ["redis-no-auth"]);
    }
}
