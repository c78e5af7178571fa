//! A site seen by the rules: the files that its hosts would get, judged host by host.
//!
//! Nobody can mend a rendered file, so a finding in one is told at the line of the site that makes
//! it so: the key, the entry, or the file that an entry copies. There a comment silences it, and a
//! host that shares the line with another one is named beside it. `site/templates.rs` knows what the operator wrote of it
//! letter by letter: that file is looked at as well, and a finding in both is one.

mod templates;

use crate::errand::assumed;
use crate::path_name::{name_of, path_of};
use crate::site_folder::{SiteFolder, beside};
use piton_catalog::CatalogProblem;
use piton_check::{Finding, Project, Related, Selection};
use piton_config::read::{Document, Kind, read};
use piton_config::{Explained, Host, explain};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;
use templates::Templates;

/// Findings in the rendered files of all hosts, each at its place in the site's own files, of those that are `seen`.
pub(super) fn findings(
    folder: &SiteFolder,
    selection: &Selection,
    seen: &dyn Fn(&str) -> bool,
) -> Result<Vec<Finding>, Vec<CatalogProblem>> {
    let hosts: Vec<&Host> = folder.site.hosts.iter().collect();
    let wanted = assumed(&folder.site, &hosts)?;
    let mut told: Vec<Told> = Vec::new();
    for (host, wanted) in hosts.into_iter().zip(&wanted) {
        let rendered = Rendered::new(folder, host, piton_catalog::render_by_section(wanted), seen);
        for finding in rendered.findings(selection) {
            match told.iter_mut().find(|known| known.is(&finding)) {
                Some(known) if known.hosts.contains(&host.name) => {}
                Some(known) => known.hosts.push(host.name.clone()),
                None => told.push(Told { hosts: vec![host.name.clone()], finding }),
            }
        }
    }
    Ok(told.into_iter().map(Told::done).collect())
}

/// The findings that a comment in the site's own file silences: rule and message.
pub(super) fn silenced(folder: &SiteFolder, selection: &Selection) -> Vec<(&'static str, String)> {
    let found = findings(folder, selection, &|_| true).unwrap_or_default();
    let documents = documents(folder, &found);
    let kept = piton_check::suppress(&Project::new(&documents), found.clone(), selection);
    let is_kept = |finding: &Finding| {
        kept.iter().any(|other| other.rule.id == finding.rule.id && other.message == finding.message)
    };
    found.iter().filter(|finding| !is_kept(finding)).map(|finding| (finding.rule.id, finding.message.clone())).collect()
}

/// The site's own files that findings stand in, and the site file.
pub(super) fn documents(folder: &SiteFolder, findings: &[Finding]) -> Vec<Document> {
    let names: BTreeSet<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
    let others = names.into_iter().filter(|name| *name != folder.file).filter_map(|name| {
        let text = beside(name, path_of(name).file_name()?.to_str()?)?;
        Some(read(name, text.as_bytes(), None))
    });
    std::iter::once(read(&folder.file, folder.text.as_bytes(), Some(Kind::Site))).chain(others).collect()
}

/// The files that sites take and that are not among those looked at yet.
pub(crate) fn taken_by_sites(looked_at: &[Document]) -> Vec<Document> {
    let mut taken: Vec<Document> = Vec::new();
    for site in looked_at.iter().filter(|document| document.kind == Kind::Site) {
        for reference in piton_config::references(&site.text, &site.path) {
            let name = name_beside(&site.path, &reference.path);
            let is_new = !looked_at.iter().chain(&taken).any(|document| document.path == name);
            let text = is_new.then(|| beside(&site.path, &reference.path)).flatten();
            let document = text.map(|text| read(&name, text.as_bytes(), None));
            // Keys of users and texts of any sort are no configuration.
            taken.extend(document.filter(|document| document.kind != Kind::Other));
        }
    }
    taken
}

/// A finding and the hosts that have it.
struct Told {
    hosts: Vec<String>,
    finding: Finding,
}

impl Told {
    fn is(&self, other: &Finding) -> bool {
        let mine = &self.finding;
        mine.rule.id == other.rule.id
            && mine.path == other.path
            && mine.range == other.range
            && mine.message == other.message
    }

    fn done(mut self) -> Finding {
        self.finding.notes.insert(0, format!("on {}", self.hosts.join(", ")));
        self.finding
    }
}

/// The files of one host, and where in the site they come from.
struct Rendered<'a> {
    folder: &'a SiteFolder,
    host: &'a Host,
    sections: Vec<&'static str>,
    documents: Vec<Document>,
    rows: Vec<Explained>,
    templates: Templates<'a>,
    seen: &'a dyn Fn(&str) -> bool,
}

impl<'a> Rendered<'a> {
    fn new(
        folder: &'a SiteFolder,
        host: &'a Host,
        files: Vec<(&'static str, piton_plan::FileSpec)>,
        seen: &'a dyn Fn(&str) -> bool,
    ) -> Rendered<'a> {
        let documents = files.iter().map(|(_, file)| read(&file.path, file.content.as_bytes(), None)).collect();
        let sections = files.iter().map(|(section, _)| *section).collect();
        let rows = explain(&folder.site, &folder.text, Some(&host.name));
        Rendered { folder, host, sections, documents, rows, templates: Templates::of(folder, host), seen }
    }

    fn findings(&self, selection: &Selection) -> Vec<Finding> {
        // Comments count where the finding is told: the text is there too, letter by letter.
        Project::new(&self.documents).check(selection).into_iter().map(|finding| self.moved(finding)).collect()
    }

    /// The finding at the place in the site that it comes from.
    fn moved(&self, finding: Finding) -> Finding {
        let place = self.place(&finding.path, &finding.range);
        let mut moved = Finding { path: place.path, range: place.range, fix: None, related: Vec::new(), ..finding };
        moved.notes.push(match self.line(&finding.path, finding.range.start) {
            (line, text) if !place.is_letter_by_letter && !text.is_empty() => {
                format!("there it is line {line} of {}: `{text}`", finding.path)
            }
            _ => format!("there it is {}", finding.path),
        });
        for related in finding.related {
            let place = self.place(&related.path, &related.range);
            match place.is_letter_by_letter {
                true => moved.related.push(Related { path: place.path, range: place.range, text: related.text }),
                false => moved.notes.push(format!("{}: {}", related.text, related.path)),
            }
        }
        if let Some(fix) = finding.fix {
            // Only a file that was copied as it is can be mended where it was copied from.
            let mended = fix.edits.iter().all(|edit| self.copied(&edit.path).is_some());
            if moved.help.is_none() && !mended {
                moved.help = Some(fix.title.clone());
            }
            moved.fix = mended.then(|| {
                let mut fix = fix;
                fix.edits.iter_mut().for_each(|edit| edit.path = self.copied(&edit.path).unwrap_or_default());
                fix
            });
        }
        moved
    }

    fn place(&self, path: &str, range: &Range<usize>) -> Place {
        if let Some(path) = self.copied(path) {
            return Place { path, range: range.clone(), is_letter_by_letter: true };
        }
        let site = |range: Range<usize>, is_letter_by_letter| Place {
            path: self.folder.file.clone(),
            range,
            is_letter_by_letter,
        };
        if let Some((written, span)) = self.document(path).zip(self.content(path))
            && let Some(at) = self.folder.text.get(span.clone()).and_then(|text| text.find(&written.text))
            && !written.text.is_empty()
        {
            let start = span.start + at;
            return site(start + range.start..start + range.end, true);
        }
        let rendered = self.document(path).map_or("", |document| &document.text);
        if let Some((path, range)) = self.templates.place(path, rendered, range).filter(|(path, _)| (self.seen)(path)) {
            return Place { path, range, is_letter_by_letter: true };
        }
        site(self.row(path, range.start).unwrap_or_else(|| self.host.span.range.clone()), false)
    }

    /// The line of the site that says what stands on a line of a rendered file.
    fn row(&self, path: &str, at: usize) -> Option<Range<usize>> {
        let position = self.documents.iter().position(|document| document.path == path)?;
        let section = *self.sections.get(position)?;
        if section == "services" {
            return self.service(path, at);
        }
        let (_, text) = self.line(path, at);
        let word = text.split([' ', '=', ':', '\t']).next().unwrap_or_default();
        let in_section = |row: &&Explained| row.key.split('.').next() == Some(section);
        let entry = |row: &&Explained| match row.key.split('.').nth(1) {
            Some(name) if ["cron", "timers"].contains(&section) => path.contains(name),
            _ => section != "files" || row.key.contains(path),
        };
        let of_section = || self.rows.iter().filter(in_section).filter(entry);
        let says = |row: &&Explained| {
            let rest = row.key.strip_prefix(section).unwrap_or_default().trim_start_matches('.');
            let last = row.key.rsplit('.').next().unwrap_or_default();
            plain(rest) == plain(word) || plain(last) == plain(word)
        };
        let row = of_section().find(says).or_else(|| of_section().find(|row| row.span.is_some()))?;
        row.span.as_ref().map(|span| span.range.clone()).or_else(|| self.profile())
    }

    /// Where the site places the service that a part of a stack's files belongs to: it is named like the container
    /// that the part is about, or like a part of the file's path. At any other service's line a comment would
    /// silence what is found there as well.
    fn service(&self, path: &str, at: usize) -> Option<Range<usize>> {
        let services = self.document(path)?.root().get("services");
        let container = services.iter().flat_map(|services| services.entries()).find_map(|(name, value)| {
            (name.range().start..=value.range().end).contains(&at).then(|| name.text()).flatten()
        });
        let parts: Vec<&str> = path.split('/').rev().collect();
        let stem = |part: &str| part.split('.').find(|word| !word.is_empty()).unwrap_or_default().to_owned();
        let names = container.map(str::to_owned).into_iter().chain(parts.into_iter().map(stem));
        let placed = site_sections(&self.folder.file, &self.folder.text);
        let of = |name: &String| placed.iter().find(|(placed, _)| placed == name).map(|(_, range)| range.clone());
        let is_here = |name: &String| {
            self.folder.site.services.iter().any(|placement| {
                placement.name.value == *name && placement.on.iter().any(|on| on.value == self.host.name)
            })
        };
        names.filter(is_here).find_map(|name| of(&name))
    }

    /// Where the host's profile was chosen.
    fn profile(&self) -> Option<Range<usize>> {
        let site = read(&self.folder.file, self.folder.text.as_bytes(), Some(Kind::Site));
        let of_host = site.root().get("hosts").and_then(|hosts| hosts.get(&self.host.name)?.get("profile"));
        of_host.or_else(|| site.root().path("site.profile")).map(|value| value.range())
    }

    fn document(&self, path: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.path == path)
    }

    /// Where the site writes the content of an entry of `[[files]]`, or names the file that has it.
    fn content(&self, path: &str) -> Option<Range<usize>> {
        let key = format!("files.{path}.content");
        self.rows.iter().find(|row| row.key == key)?.span.as_ref().map(|span| span.range.clone())
    }

    /// The file of the operator's that a rendered one is a copy of.
    fn copied(&self, path: &str) -> Option<String> {
        let document = self.document(path)?;
        let own = self.templates.whole(path, &document.text).or_else(|| self.copied_file(path));
        own.filter(|own| (self.seen)(own))
    }

    fn copied_file(&self, path: &str) -> Option<String> {
        let name = self.folder.text.get(self.content(path)?)?.trim_matches(['"', '\'']);
        let is_name = !name.is_empty() && name.len() < 4096 && !name.contains(['\n', '\\']);
        let same = is_name.then(|| beside(&self.folder.file, name)).flatten()? == self.document(path)?.text;
        same.then(|| name_beside(&self.folder.file, name))
    }

    /// The number and the text of a line.
    fn line(&self, path: &str, at: usize) -> (usize, &str) {
        let Some(document) = self.document(path) else { return (1, "") };
        let lines = document.lines().enumerate();
        let found = lines.take_while(|(_, (range, _))| range.start <= at).last();
        found.map_or((1, ""), |(number, (_, text))| (number + 1, text.trim()))
    }
}

/// A file that a site names, as findings name it.
fn name_beside(site: &str, name: &str) -> String {
    name_of(&path_of(site).with_file_name(name).components().collect::<PathBuf>())
}

/// The names of the services in a site file, each with where it is written.
fn site_sections(file: &str, text: &str) -> Vec<(String, Range<usize>)> {
    let site = read(file, text.as_bytes(), Some(Kind::Site));
    let services = site.root().get("services");
    let entries = services.iter().flat_map(|services| services.entries());
    entries.filter_map(|(name, _)| Some((name.text()?.to_owned(), name.range()))).collect()
}

struct Place {
    path: String,
    range: Range<usize>,
    /// The very text is there, so that a range in it is a range in the rendered file.
    is_letter_by_letter: bool,
}

/// A key without what differs between a site and its programs: `allow_users` is `AllowUsers`.
fn plain(key: &str) -> String {
    key.chars().filter(|letter| letter.is_alphanumeric() || *letter == '.').flat_map(char::to_lowercase).collect()
}
