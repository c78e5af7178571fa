//! The files of a service: the catalog's own, embedded, or the site's, which count before them.

use super::form::Form;
use piton_config::form::{Overlay, read};
use piton_config::{Placement, Problem, Site, nearest};
use std::collections::BTreeMap;

include!(concat!(env!("OUT_DIR"), "/services.rs"));

/// One service's files by their path in its folder, with the site's own templates over them.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    name: String,
    files: BTreeMap<String, String>,
    /// Templates of the site's.
    own: Vec<String>,
}

/// The names of all services that a site can place.
pub(super) fn names(site: &Site) -> Vec<String> {
    let embedded = SERVICES.iter().map(|(name, _)| (*name).to_owned());
    let mut names: Vec<String> = embedded.chain(site.own_services.keys().cloned()).collect();
    names.sort();
    names.dedup();
    names
}

pub(super) fn embedded_names() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().map(|(name, _)| *name)
}

/// The text of a service's file, as problems name it: `services/redis/service.toml`.
pub(super) fn text_of<'a>(site: &'a Site, file: &str) -> Option<&'a str> {
    let (name, path) = file.strip_prefix("services/")?.split_once('/')?;
    if let Some(own) = site.own_services.get(name) {
        return own.get(path).map(String::as_str);
    }
    let (_, files) = SERVICES.iter().find(|(known, _)| *known == name)?;
    files.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

impl Folder {
    pub(super) fn of(site: &Site, placement: &Placement) -> Result<Folder, Box<Problem>> {
        let name = placement.is.value.clone();
        let embedded = SERVICES.iter().find(|(known, _)| *known == name);
        let mut files: BTreeMap<String, String> = match (site.own_services.get(&name), embedded) {
            (Some(own), _) => own.clone(),
            (None, Some((_, files))) => {
                files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
            }
            (None, None) => return Err(Box::new(unknown(site, placement))),
        };
        for (template, text) in &placement.templates {
            files.insert(format!("templates/{template}"), text.value.clone());
        }
        Ok(Folder { name, files, own: placement.templates.keys().cloned().collect() })
    }

    pub(super) fn embedded(name: &str) -> Option<Folder> {
        let (_, files) = SERVICES.iter().find(|(known, _)| *known == name)?;
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Some(Folder { name: name.to_owned(), files, own: Vec::new() })
    }

    pub(super) fn form(&self, values: &Overlay, overrides: &Overlay) -> Result<Form, Box<Problem>> {
        let file = self.file("service.toml");
        let Some(text) = self.files.get("service.toml") else {
            let what = format!("the folder services/{} has no service.toml", self.name);
            let help = "a service is a folder with a service.toml; docs/reference/service.md says what stands in it";
            return Err(Box::new(Problem::new("service/no-form", what).help(help)));
        };
        read(text, &file, values, overrides)
    }

    /// How problems name one of the files.
    pub(super) fn file(&self, path: &str) -> String {
        match path.strip_prefix("templates/").filter(|template| self.own.iter().any(|own| own == template)) {
            Some(template) => format!("the site's {template}"),
            None => format!("services/{}/{path}", self.name),
        }
    }

    pub(super) fn template(&self, name: &str) -> Option<&str> {
        self.files.get(&format!("templates/{name}")).map(String::as_str)
    }

    /// The templates whose name begins so.
    pub(super) fn templates_below<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        let names = self.files.keys().filter_map(|path| path.strip_prefix("templates/"));
        names.filter(move |name| name.starts_with(start) && *name != start)
    }

    /// Templates that the site brings.
    pub(super) fn own(&self) -> &[String] {
        &self.own
    }

    pub(super) fn readme(&self) -> Option<&str> {
        self.files.get("README.md").map(String::as_str)
    }
}

fn unknown(site: &Site, placement: &Placement) -> Problem {
    let known = names(site);
    Problem::new("site/unknown-service", format!("the catalog has no service `{}`", *placement.is))
        .at(&placement.is.origin, "no service has this name")
        .note(format!("services: {}", known.join(", ")))
        .suggest(nearest(&placement.is, known.iter().map(String::as_str)))
        .help(format!(
            "name one of these, or make your own: a folder services/{} with a service.toml in it",
            *placement.is
        ))
}
