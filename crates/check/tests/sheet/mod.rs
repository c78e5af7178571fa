//! Pages of examples that are tests: a heading, and below it the files it is about, each in a block that begins with its name.

use piton_config::read::{Document, read};

/// The headings of a page with the files below each.
pub fn sheet(text: &str) -> Vec<(String, Vec<Document>)> {
    let mut found: Vec<(String, Vec<Document>)> = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line) {
            (Some((name, content)), "```") => {
                let document = read(name, content.as_bytes(), None);
                if let Some((_, documents)) = found.last_mut() {
                    documents.push(document);
                }
                open = None;
            }
            (Some((_, content)), line) => content.push_str(&format!("{line}\n")),
            (None, line) if line.starts_with("## ") => found.push((line[3..].to_owned(), Vec::new())),
            (None, line) if line.starts_with("```") => {
                let name = line.split_once(' ').map_or("", |(_, name)| name);
                open = Some((name.to_owned(), String::new()));
            }
            (None, _) => {}
        }
    }
    found
}
