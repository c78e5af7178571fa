//! All files of one run, seen together, and the walk of the rules over them.

use crate::absence::{self, Aside};
use crate::command::{self, Command};
use crate::compose::{self, Service};
use crate::finding::{Finding, Report};
use crate::purpose;
use crate::rule::{Look, Rule};
use crate::rules::RULES;
use crate::shared::{self, Anchors};
use piton_config::read::{Document, Kind, Value};
use std::collections::{HashMap, HashSet};

/// Files that may know of each other. It borrows them, is built once, and is then only read.
#[derive(Debug)]
pub struct Project<'a> {
    pub documents: &'a [Document],
    by_path: HashMap<&'a str, usize>,
    by_kind: HashMap<Kind, Vec<usize>>,
    /// The rules that look at files of a kind one by one, in their order.
    rules: HashMap<Kind, Vec<&'static Rule>>,
    /// In the order of the paths, to find what lies in a folder.
    sorted: Vec<usize>,
    partial: Vec<&'a Document>,
    /// The services of each Compose file, at the file's position.
    services: Vec<Vec<Service<'a>>>,
    /// Which other Compose files belong to the same project, by `include`.
    stacks: HashMap<usize, Vec<usize>>,
    /// The commands of each file that holds any: two dozen rules ask for them.
    commands: Vec<Vec<Command<'a>>>,
    /// Where services stand that others extend.
    extended: HashSet<(&'a str, usize)>,
    /// Something in it watches for new images, so tags that move are meant to.
    pub(crate) has_updater: bool,
}

/// Which rules run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these: ids, or beginnings of them (`compose`, `loki-`).
    pub select: Vec<String>,
    pub ignore: Vec<String>,
    /// Also what most files do not follow.
    pub strict: bool,
}

impl Selection {
    pub fn wants(&self, rule: &Rule) -> bool {
        // So it mostly is, and every rule is asked for every file.
        if self.select.is_empty() && self.ignore.is_empty() {
            return self.strict || !rule.strict;
        }
        let named = |names: &[String]| names.iter().any(|name| rule.id == name || is_family(rule.id, name));
        let asked = if self.select.is_empty() { self.strict || !rule.strict } else { named(&self.select) };
        asked && !named(&self.ignore)
    }
}

/// Whether a rule looks at files of a kind one by one. Most are about other kinds.
fn looks_at(rule: &Rule, kind: Kind) -> bool {
    match &rule.look {
        Look::File(kinds, _) => kinds.is_empty() || kinds.contains(&kind),
        Look::Service(_) => kind == Kind::Compose,
        Look::Project(_) => false,
    }
}

/// Whether a rule's id begins with this name; every rule is of the family `all`.
pub(crate) fn is_family(id: &str, name: &str) -> bool {
    name == "all" || id.strip_prefix(name.trim_end_matches('-')).is_some_and(|rest| rest.starts_with('-'))
}

impl<'a> Project<'a> {
    pub fn new(documents: &'a [Document]) -> Project<'a> {
        Project::with(documents, documents.iter().map(command::commands).collect())
    }

    /// The same for whoever has found the commands of each file already, on several cores.
    pub fn with(documents: &'a [Document], commands: Vec<Vec<Command<'a>>>) -> Project<'a> {
        let by_path =
            documents.iter().enumerate().map(|(position, document)| (document.path.as_str(), position)).collect();
        let mut by_kind: HashMap<Kind, Vec<usize>> = HashMap::new();
        for (position, document) in documents.iter().enumerate() {
            by_kind.entry(document.kind).or_default().push(position);
        }
        let rules = by_kind.keys().map(|kind| (*kind, RULES.iter().filter(|rule| looks_at(rule, *kind)).collect()));
        let rules = rules.collect();
        let mut sorted: Vec<usize> = (0..documents.len()).collect();
        sorted.sort_by(|left, right| documents[*left].path.cmp(&documents[*right].path));
        let (services, stacks, extended) = (Vec::new(), HashMap::new(), HashSet::new());
        let partial = documents.iter().filter(|document| document.is_partial).collect();
        let mut project = Project {
            documents,
            by_path,
            by_kind,
            rules,
            sorted,
            partial,
            services,
            stacks,
            commands,
            extended,
            has_updater: false,
        };
        let services = documents.iter().map(|document| match document.kind {
            Kind::Compose => compose::services(&project, document),
            _ => Vec::new(),
        });
        project.services = services.collect();
        project.stacks = compose::stacks(&project);
        project.extended = project.services().flat_map(Service::bases).collect();
        project.has_updater = purpose::has_updater(&project);
        project
    }

    /// Whether two files can be of one host or stack: they share a folder, or one of them lies near the top of what
    /// was looked at. Deep in different trees they are strangers, although one run sees both.
    pub(crate) fn are_related(left: &Document, right: &Document) -> bool {
        let first = left.path.split('/').next();
        let is_near_top = |document: &Document| document.path.split('/').nth(2).is_none();
        first == right.path.split('/').next() || is_near_top(left) || is_near_top(right)
    }

    /// The file at a path, where the caller handed it in.
    pub fn at(&self, path: &str) -> Option<&'a Document> {
        self.by_path.get(path).map(|position| &self.documents[*position])
    }

    /// A file named from another one's folder: `./loki.yaml`, `../.env`; on a whole host also `/etc/loki.yaml`.
    pub(crate) fn beside(&self, document: &Document, name: &str) -> Option<&'a Document> {
        if name.starts_with('/') && document.path.starts_with('/') {
            return self.at(name);
        }
        self.at(&join(document.folder(), name)?)
    }

    /// The files in a folder that is named from another file's, those in folders of it too; not very many of them, and
    /// none of a folder that holds the other file itself.
    pub(crate) fn within(&self, document: &Document, name: &str) -> impl Iterator<Item = &'a Document> {
        let named = if name.starts_with('/') && document.path.starts_with('/') {
            Some(name.trim_end_matches('/').to_owned())
        } else {
            join(document.folder(), name)
        };
        let folder =
            named.map(|named| format!("{named}/")).filter(|folder| !document.path.starts_with(folder.as_str()));
        let first = folder.as_deref().map_or(self.sorted.len(), |folder| {
            self.sorted.partition_point(|position| self.documents[*position].path.as_str() < folder)
        });
        let files = self.sorted[first..].iter().take(MOST_IN_FOLDER).map(|position| &self.documents[*position]);
        files.take_while(move |file| folder.as_deref().is_some_and(|folder| file.path.starts_with(folder)))
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &'a Document> {
        let positions = self.by_kind.get(&kind).map_or(&[][..], Vec::as_slice);
        positions.iter().map(|position| &self.documents[*position])
    }

    /// Every service of every Compose file.
    pub(crate) fn services(&self) -> impl Iterator<Item = &Service<'a>> {
        self.services.iter().flatten()
    }

    /// The services of one Compose file.
    pub(crate) fn services_of(&self, document: &Document) -> &[Service<'a>] {
        self.by_path
            .get(document.path.as_str())
            .and_then(|position| self.services.get(*position))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether another service extends this one, so that what is said here counts there too.
    pub(crate) fn is_extended(&self, service: &Service) -> bool {
        self.extended.contains(&service.place())
    }

    /// Where a document stands among the others.
    pub(crate) fn position(&self, document: &Document) -> Option<usize> {
        let is_it = |position: &usize| self.documents.get(*position).is_some_and(|own| std::ptr::eq(own, document));
        let known = self.by_path.get(document.path.as_str()).copied().filter(is_it);
        known.or_else(|| (0..self.documents.len()).find(is_it))
    }

    /// The commands in a file of the project.
    pub(crate) fn commands(&self, document: &Document) -> &[Command<'a>] {
        let position = self.position(document);
        position.and_then(|position| self.commands.get(position)).map_or(&[], Vec::as_slice)
    }

    /// The files that could not be read to their end: hardly any.
    pub(crate) fn partial(&self) -> &[&'a Document] {
        &self.partial
    }

    /// The services of one Compose file, and of those that it includes or is included with.
    pub(crate) fn together<'p>(&'p self, document: &'p Document) -> impl Iterator<Item = &'p Service<'a>> {
        let others = self.by_path.get(document.path.as_str()).and_then(|position| self.stacks.get(position));
        let others = others.into_iter().flatten().filter_map(|position| self.services.get(*position)).flatten();
        self.services_of(document).iter().chain(others)
    }

    /// The other Compose files that a Compose file includes or is included with.
    pub(crate) fn stack_of(&self, document: &Document) -> impl Iterator<Item = &'a Document> {
        let others = self.by_path.get(document.path.as_str()).and_then(|position| self.stacks.get(position));
        others.into_iter().flatten().filter_map(|position| self.documents.get(*position))
    }

    /// Runs the rules that look at one file, over the file at a position.
    pub fn check_file(&self, position: usize, selection: &Selection) -> Vec<Finding> {
        let Some(document) = self.documents.get(position) else { return Vec::new() };
        let services = self.services.get(position).map_or(&[][..], Vec::as_slice);
        let aside = absence::aside(document);
        let mut findings = Vec::new();
        let mut anchors = Anchors::default();
        let rules = self.rules.get(&document.kind).map_or(&[][..], Vec::as_slice);
        for rule in rules.iter().copied().filter(|rule| selection.wants(rule)) {
            let mut report = Report::new(rule);
            match &rule.look {
                Look::File(_, check) => {
                    check(self, document, &mut report);
                    let guard = |finding| shared::guard(self, document, None, &mut anchors, finding);
                    report.findings.iter_mut().for_each(guard);
                }
                Look::Service(check) => {
                    for service in services {
                        let before = report.findings.len();
                        check(self, service, &mut report);
                        let guard = |finding| shared::guard(self, document, Some(service), &mut anchors, finding);
                        report.findings[before..].iter_mut().for_each(guard);
                        // What is told of a service as a whole is that something is missing.
                        if service.is_partial || document.is_partial {
                            let mut found = report.findings.split_off(before);
                            found.retain(|finding| finding.range != service.key.range());
                            report.findings.append(&mut found);
                        }
                    }
                }
                Look::Project(_) => {}
            }
            report.findings.retain(|finding| !absence::is_unsure(self, document, finding));
            report.findings.iter_mut().for_each(|finding| absence::lower(finding, aside));
            findings.append(&mut report.finish());
        }
        findings
    }

    /// Runs the rules that look at all files at once.
    pub fn check_whole(&self, selection: &Selection) -> Vec<Finding> {
        let mut findings = Vec::new();
        for rule in RULES.iter().filter(|rule| selection.wants(rule)) {
            if let Look::Project(check) = &rule.look {
                let mut report = Report::new(rule);
                check(self, &mut report);
                for finding in &mut report.findings {
                    if let Some(document) = self.at(&finding.path) {
                        shared::guard(self, document, None, &mut Anchors::default(), finding);
                    }
                }
                report.findings.retain(|finding| {
                    self.at(&finding.path).is_none_or(|document| !absence::is_unsure(self, document, finding))
                });
                for finding in &mut report.findings {
                    let document = self.at(&finding.path).filter(|document| absence::is_fed_to_tests(document));
                    if document.is_some() {
                        absence::lower(finding, Aside::Entirely);
                    }
                }
                findings.append(&mut report.finish());
            }
        }
        findings
    }

    /// Runs everything, for callers that have no threads to spare; in the order of the files.
    pub fn check(&self, selection: &Selection) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            (0..self.documents.len()).flat_map(|position| self.check_file(position, selection)).collect();
        findings.append(&mut self.check_whole(selection));
        sort(&mut findings);
        findings
    }
}

/// A folder that is mounted is looked at for so many files.
const MOST_IN_FOLDER: usize = 100;

/// The order in which people read: by file, then by place, then by rule. Nothing is told twice.
pub fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|left, right| {
        // The worst first: that is the one of several that stays.
        let worst = |finding: &Finding| std::cmp::Reverse(finding.severity);
        let key = |finding: &Finding| (finding.range.start, finding.range.end, finding.rule.id, worst(finding));
        left.path.cmp(&right.path).then_with(|| key(left).cmp(&key(right)))
    });
    // Services that are made of one anchor have their place in common: who mends it there has mended all.
    findings.dedup_by(|right, left| {
        let is_same = right.rule.id == left.rule.id
            && right.path == left.path
            && right.range == left.range
            && (right.message == left.message || matches!(right.rule.look, Look::Service(_)));
        // What is safe where it stands stays so, although another file lays itself over it.
        if is_same && right.has_safe_fix() {
            left.fix = right.fix.take();
        }
        is_same
    });
}

/// Puts a relative name behind a folder and takes `.` and `..` out; nothing for what leads outside.
pub(crate) fn join(folder: &str, name: &str) -> Option<String> {
    if name.starts_with(['/', '~', '$']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_none_or(|last| *last == "..") => parts.push(".."),
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    Some(if folder.starts_with('/') { format!("/{joined}") } else { joined })
}

/// Follows a dotted path in any of the documents of a file.
pub(crate) fn find<'a>(document: &'a Document, path: &str) -> Option<Value<'a>> {
    document.roots().find_map(|root| root.path(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_as_a_shell_would() {
        assert_eq!(join("stack", "./loki.yaml").as_deref(), Some("stack/loki.yaml"));
        assert_eq!(join("stack/a", "../.env").as_deref(), Some("stack/.env"));
        assert_eq!(join("", "../x").as_deref(), Some("../x"));
        assert_eq!(join("stack", "/etc/x"), None);
    }

    #[test]
    fn a_family_is_named_by_the_beginning_of_its_ids() {
        assert!(is_family("compose-port-all", "compose"));
        assert!(!is_family("composer-x", "compose"));
    }
}
