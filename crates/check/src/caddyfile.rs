//! What `import` brings into a site of a Caddyfile: snippets and other files, each line still knowing where it was
//! written and where it was imported.

use crate::project::Project;
use piton_config::read::{Document, Kind, Value};

/// How deep snippets may import each other, and how many lines a site may come to.
const DEEPEST: usize = 6;
const MOST: usize = 2000;

/// A line of a site: its own, or what an import brings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) line: Value<'a>,
    /// The import in the site itself, where it came by one.
    pub(crate) import: Option<Value<'a>>,
    /// The line in whose block it stands, by its place among the lines; none is the site's own block.
    pub(crate) block: Option<usize>,
}

/// A site with its imports put in.
#[derive(Debug, Default)]
pub(crate) struct Site<'a> {
    pub(crate) lines: Vec<Line<'a>>,
    /// Whether something is imported that is not here.
    pub(crate) is_partial: bool,
}

/// Where lines are added: in whose block, by which import, and how many imports deep.
#[derive(Clone, Copy)]
struct Place<'a> {
    import: Option<Value<'a>>,
    block: Option<usize>,
    depth: usize,
}

impl<'a> Site<'a> {
    pub(crate) fn read(project: &Project<'a>, site: Value<'a>) -> Site<'a> {
        let mut found = Site::default();
        found.add(project, site.block(), Place { import: None, block: None, depth: 0 });
        found
    }

    /// The lines around one, from the inside.
    pub(crate) fn above(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.lines[at].block, |block| self.lines[*block].block)
    }

    fn add(&mut self, project: &Project<'a>, block: Option<Value<'a>>, place: Place<'a>) {
        let Place { import, depth, .. } = place;
        for line in block.into_iter().flat_map(Value::lines) {
            if self.lines.len() >= MOST || depth > DEEPEST {
                self.is_partial = true;
                return;
            }
            if line.word_text(0) != "import" {
                let inner = Place { block: Some(self.lines.len()), ..place };
                self.lines.push(Line { line, import, block: place.block });
                self.add(project, line.block(), inner);
                continue;
            }
            let brought = imported(project, line);
            self.is_partial |= brought.is_empty();
            for block in brought {
                self.add(project, Some(block), Place { import: import.or(Some(line)), depth: depth + 1, ..place });
            }
        }
    }
}

impl<'a> Line<'a> {
    /// The words behind the first, each with its text as the import fills it in, and where that was written.
    pub(crate) fn arguments(self) -> impl Iterator<Item = (Value<'a>, &'a str)> {
        self.line.words().skip(1).filter_map(move |word| {
            let text = word.text()?;
            let number = text.strip_prefix("{args[").or_else(|| text.strip_prefix("{args."));
            let number = number.and_then(|rest| rest.trim_end_matches(['}', ']']).parse::<usize>().ok());
            match (number, self.import) {
                (Some(number), Some(import)) => import.word(number + 2).and_then(|word| Some((word, word.text()?))),
                _ => Some((word, text)),
            }
        })
    }
}

/// The blocks that an import brings: a snippet's, or those of files.
fn imported<'a>(project: &Project<'a>, import: Value<'a>) -> Vec<Value<'a>> {
    let name = import.word_text(1);
    let document = import.document();
    let snippet = |file: &'a Document| {
        file.root()
            .lines()
            .find(|line| line.word_text(0).strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) == Some(name))
    };
    let files = || project.of_kind(Kind::Caddyfile);
    let own = files().find(|file| file.path == document.path).and_then(snippet);
    let others = || files().filter(|file| Project::are_related(file, document)).filter_map(snippet);
    if let Some(found) = own.or_else(|| others().next()) {
        return found.block().into_iter().collect();
    }
    let relative = name.strip_prefix("/etc/caddy/").unwrap_or(name);
    let (folder, pattern) = relative.rsplit_once('/').unwrap_or(("", relative));
    let Some(folder) = crate::project::join(document.folder(), folder) else { return Vec::new() };
    let (start, end) = pattern.split_once('*').map_or((pattern, None), |(start, end)| (start, Some(end)));
    let fits = |file: &&Document| {
        let name = file.file_name();
        let fits = end.map_or(name == start, |end| {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        });
        fits && file.folder() == folder && file.path != document.path
    };
    files().filter(fits).map(Document::root).collect()
}
