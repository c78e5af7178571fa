//! Where a place in a rendered file stands in the template that the operator wrote: in a file beside the site, which is
//! looked at as it is, too.

use super::name_beside;
use crate::site_folder::SiteFolder;
use piton_config::{Host, Placement};
use std::ops::Range;

/// The templates of the operator's own of which files of one host are made.
#[derive(Debug)]
pub(super) struct Templates<'a>(Vec<Template<'a>>);

#[derive(Debug)]
struct Template<'a> {
    service: &'a str,
    /// The file's name on the host.
    name: &'a str,
    /// As findings name it.
    path: String,
    text: &'a str,
}

impl<'a> Templates<'a> {
    pub(super) fn of(folder: &'a SiteFolder, host: &Host) -> Templates<'a> {
        let is_here = |placement: &&Placement| placement.on.iter().any(|on| on.value == host.name);
        let placements = folder.site.services.iter().filter(is_here);
        Templates(placements.flat_map(|placement| of_service(folder, placement)).collect())
    }

    /// The template that a file is, letter by letter.
    pub(super) fn whole(&self, path: &str, text: &str) -> Option<String> {
        self.near(path).find(|template| template.text == text).map(|template| template.path.clone())
    }

    /// The same place in the template, where its line stands there once, and letter by letter to the place's end.
    pub(super) fn place(&self, path: &str, text: &str, range: &Range<usize>) -> Option<(String, Range<usize>)> {
        let start = text.get(..range.start)?.rfind('\n').map_or(0, |newline| newline + 1);
        let next = text.get(range.end..)?.chars().next().filter(|next| !matches!(next, '\r' | '\n'));
        let head = text.get(start..range.end + next.map_or(0, char::len_utf8))?;
        if head.trim().is_empty() || head.contains('\n') {
            return None;
        }
        self.near(path).find_map(|template| {
            let begins = |at: &usize| *at == 0 || template.text[..*at].ends_with('\n');
            let ends = |at: &usize| {
                next.is_some() || template.text[at + head.len()..].lines().next().is_none_or(str::is_empty)
            };
            let mut places = template.text.match_indices(head).map(|(at, _)| at).filter(begins).filter(ends);
            let (Some(at), None) = (places.next(), places.next()) else { return None };
            Some((template.path.clone(), at + range.start - start..at + range.end - start))
        })
    }

    /// Those that have the name of a file. Where several services have one, the folder says whose it is.
    fn near(&self, path: &str) -> impl Iterator<Item = &Template<'a>> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let named = move || self.0.iter().filter(move |template| template.name == name);
        let is_alone = named().nth(1).is_none();
        named().filter(move |template| is_alone || folder.split('/').any(|part| part == template.service))
    }
}

/// What the site lays over the catalog's templates, and those of a service that only this site has.
fn of_service<'a>(folder: &'a SiteFolder, placement: &'a Placement) -> impl Iterator<Item = Template<'a>> {
    let template = |name: &'a str, file: &str, text: &'a str| Template {
        service: &placement.name.value,
        name: name.rsplit('/').next().unwrap_or(name),
        path: name_beside(&folder.file, file),
        text,
    };
    let laid_over = placement.templates.iter().filter_map(move |(name, text)| {
        let file = placement.template_files.get(name)?;
        Some(template(name, file, &text.value))
    });
    let is = placement.is.value.as_str();
    let own = folder.site.own_services.get(is).into_iter().flatten().filter(|(name, _)| name.starts_with("templates/"));
    laid_over.chain(own.map(move |(name, text)| template(name, &format!("services/{is}/{name}"), text)))
}
