//! `piton show`: a saved plan in words, or what the site means, value by value.

use crate::arguments::ShowArguments;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::plain_file::{LARGEST_MADE, read_text};
use crate::print::text::Ink;
use crate::print::{Screen, json, plan as view, table};
use crate::site_folder::SiteFolder;
use piton_plan::Plan;
use serde_json::json;
use std::path::Path;

pub(super) fn run(arguments: &ShowArguments, screen: &Screen) -> Ended {
    match arguments.what.as_deref() {
        Some(file) if file.contains(['/', '.']) || Path::new(file).is_file() => plan(file, arguments, screen),
        host => site(host, arguments, screen),
    }
}

fn plan(file: &str, arguments: &ShowArguments, screen: &Screen) -> Ended {
    let text =
        read_text(Path::new(file), LARGEST_MADE).map_err(|error| Failure::file("read", Path::new(file), &error))?;
    let plan = Plan::read(&text, env!("CARGO_PKG_VERSION"))?;
    match screen.is_json() {
        true => screen.answer_json(&json::value(&plan)),
        false => screen.answer(view::view(&plan, &[], screen.width(), arguments.diff)),
    }
    Ok(Exit::Done)
}

fn site(host: Option<&str>, arguments: &ShowArguments, screen: &Screen) -> Ended {
    let folder = SiteFolder::open(arguments.site.site.as_deref())?;
    let known: Vec<&str> = folder.site.hosts.iter().map(|host| host.name.as_str()).collect();
    if let Some(stranger) = host.filter(|host| !known.contains(host)) {
        let what = format!("`{stranger}` is neither a saved plan nor a host of this site");
        return Err(Failure::usage(what, format!("hosts: {}", known.join(", "))));
    }
    let mut values = piton_config::explain(&folder.site, &folder.text, host);
    values.extend(piton_catalog::explain_services(&folder.site, &folder.text, host));
    // Each host's values together, in the site's order.
    values.sort_by_key(|value| known.iter().position(|name| *name == value.host));
    if screen.is_json() {
        screen.answer_json(&json::object(
            "piton.site/1",
            json!({ "site": folder.site.name, "values": json::value(&values) }),
        ));
        return Ok(Exit::Done);
    }
    let row = |value: &piton_config::Explained| {
        let mut row = Vec::new();
        if host.is_none() {
            row.push((Ink::Strong, value.host.clone()));
        }
        row.push((Ink::Plain, value.key.clone()));
        if arguments.explain {
            row.push((Ink::Dim, value.origin.clone()));
        }
        row.push((Ink::Plain, value.value.clone()));
        row
    };
    screen.answer(table::view(&values.iter().map(row).collect::<Vec<_>>(), screen.width()));
    Ok(Exit::Done)
}
