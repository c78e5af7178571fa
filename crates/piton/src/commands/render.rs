//! `piton render`: the files that hosts would get, without asking any host.
//!
//! A host is assumed to be what its stand-in in the lab is; what only a host knows (its mesh key)
//! is a word in brackets, and where a secret belongs stands its mark: `@secret(NAME)`.

use crate::arguments::RenderArguments;
use crate::errand::{self, Ground};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::page::Page;
use crate::print::text::{Ink, Text};
use crate::print::{Screen, json};
use piton_config::Host;
use piton_plan::{FileSpec, Wanted};
use serde_json::json;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

pub(super) fn run(arguments: &RenderArguments, screen: &Screen) -> Ended {
    let ground = Ground::prepare(&arguments.site, "piton render")?;
    let selected = ground.selected(&arguments.hosts)?;
    let wanted = assumed(&ground, &selected)?;
    let mut rendered: Vec<(&str, Vec<FileSpec>)> = Vec::new();
    for wanted in &wanted {
        rendered.push((wanted.host.as_str(), files(&ground, wanted)));
    }
    if let Some(folder) = &arguments.out {
        for (host, files) in &rendered {
            write(&folder.join(host), files)?;
        }
        if !screen.is_json() {
            let count: usize = rendered.iter().map(|(_, files)| files.len()).sum();
            screen.answer(format!("wrote {count} files below {}\n", folder.display()));
            return Ok(Exit::Done);
        }
    }
    match screen.is_json() {
        true => {
            let host = |(host, files): &(&str, Vec<FileSpec>)| json!({ "host": host, "files": json::value(files) });
            let hosts: Vec<_> = rendered.iter().map(host).collect();
            screen.answer_json(&json::object("piton.render/1", json!({ "hosts": hosts })));
        }
        false => rendered.iter().for_each(|(host, files)| screen.answer(as_words(host, files, screen.width()))),
    }
    Ok(Exit::Done)
}

/// What each host would be, if it is what its stand-in is.
pub(in crate::commands) fn assumed(ground: &Ground, selected: &[&Host]) -> Result<Vec<Wanted>, Failure> {
    errand::assumed(&ground.site, selected).map_err(|problems| ground.folder.explain(Failure::catalog(problems)))
}

/// A host's files, with words where the keys stand that only the hosts know.
fn files(ground: &Ground, wanted: &Wanted) -> Vec<FileSpec> {
    let mut files = piton_catalog::render(wanted);
    for file in &mut files {
        for (number, host) in ground.site.hosts.iter().enumerate() {
            let word = format!("<public key of {}>", host.name);
            file.content = file.content.replace(&errand::stand_in(number).to_string(), &word);
        }
    }
    files
}

fn as_words(host: &str, files: &[FileSpec], width: usize) -> Page {
    let mut page = Page::default();
    for file in files {
        let mut head = Text::new(width);
        head.put(Ink::Strong, &format!("{host}:{}", file.path));
        head.put(Ink::Dim, &format!("  {} {}:{}", file.mode, file.owner, file.group)).end();
        page.push(&head.done());
        for line in file.content.lines() {
            page.put(Ink::Plain, &line.replace('\t', "    ")).end();
        }
        page.end();
    }
    page
}

/// Writes the files as they would lie on the host, below a folder that only its owner may enter.
fn write(folder: &Path, files: &[FileSpec]) -> Result<(), Failure> {
    for file in files {
        let path = folder.join(file.path.trim_start_matches('/'));
        let failed = |error| Failure::file("write", &path, &error);
        if let Some(parent) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(failed)?;
        }
        let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        opened.and_then(|mut out| out.write_all(file.content.as_bytes())).map_err(failed)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(file.mode.0 & 0o700 | 0o200)).map_err(failed)?;
    }
    Ok(())
}
