//! The checked tree turned into a [`Site`], host by host.
//!
//! Each file here turns one section into its value and reports what only shows when values are put
//! together. Nothing stops at the first mistake: a value that is missing or wrong is stood in for,
//! and the site is thrown away at the end if anything was reported.

mod access;
mod docker;
mod entries;
mod filter;
mod hosts;
mod machine;
mod mesh;
mod services;
mod ssh;
mod ssh_keywords;
mod sysctl;

use crate::layers::{Layers, View};
use crate::problem::{Problem, Problems};
use crate::profile::Layer;
use crate::tree::{self, Entry, Node, Table};
use crate::{Host, Lacking, Origin, Settings, Site, Sources, Valued, shape};
use mesh::Members;

/// Turns the text of a site file into a site, or gives every mistake in it, in the order of the file.
pub fn resolve(text: &str, file: &str, sources: &Sources) -> Result<Site, Vec<Problem>> {
    let mut root = tree::read_written(text, file).map_err(|problem| vec![*problem])?;
    let mut problems = Problems::default();
    shape::check_site(&mut root, &mut problems);
    let site = resolve_tree(&root, sources, &mut problems);
    if problems.is_empty() { Ok(site) } else { Err(problems.sorted()) }
}

fn resolve_tree(root: &Table, sources: &Sources, problems: &mut Problems) -> Site {
    let defaults = Layer::defaults();
    let site_profile = profile_of(None, root);
    let whole = Layers { defaults: &defaults, profile: &site_profile, site: root, host: None };
    let general = whole.general();
    let entries: &[Entry] = root.table("hosts").map_or(&[], |hosts| &hosts.entries);
    if entries.is_empty() && root.entry("hosts").is_none_or(|entry| entry.node.table().is_some()) {
        let help = "add [hosts.NAME] and below it address = \"…\"";
        problems.push(Problem::new("site/no-hosts", "the site has no host").help(help));
    }
    let members = Members::read(&whole, entries, problems);
    let hosts = entries.iter().filter_map(|entry| {
        let table = entry.node.table()?;
        let profile = profile_of(Some(table), root);
        let layers = Layers { profile: &profile, host: Some(table), ..whole };
        let profile_origin =
            Layers { host: Some(table), ..whole }.general().node("profile").map(|node| node.origin.clone());
        let context = Context { host: entry, layers, sources, members: &members, profile_origin };
        Some(hosts::host(&context, table, problems))
    });
    let hosts: Vec<Host> = hosts.collect();
    hosts::report_shared_addresses(&hosts, problems);
    let name: String = general.known("name").value;
    let edge = services::edge(root, problems);
    Site {
        stop_on_failure: general.known("stop_on_failure").value,
        services: services::placements(root, &hosts, &edge, sources, problems),
        stacks: services::stacks(root),
        networks: services::networks(root, &hosts, problems),
        own_services: sources.services().clone(),
        lab_real: hosts::lab(&whole, Origin::Default).value("real").unwrap_or_else(|| Valued::default(false)),
        lacking: Lacking::default(),
        edge,
        hosts,
        name,
    }
}

fn profile_of(host: Option<&Table>, root: &Table) -> Layer {
    let own = host.and_then(|table| table.get("profile"));
    let name = own.or_else(|| root.table("site").and_then(|site| site.get("profile"))).and_then(Node::text);
    name.map(Layer::profile).unwrap_or_default()
}

/// What resolving a section of one host needs to know.
struct Context<'a> {
    host: &'a Entry,
    layers: Layers<'a>,
    sources: &'a Sources,
    members: &'a Members,
    /// Where the host's profile was chosen.
    profile_origin: Option<Origin>,
}

impl Context<'_> {
    fn host_name(&self) -> &str {
        &self.host.key
    }

    /// Gives the place to show for a value: of a profile's, where the profile was chosen.
    fn place(&self, origin: &Origin) -> Origin {
        match origin {
            Origin::Written(_) => origin.clone(),
            Origin::Profile(_) => self.profile_origin.clone().unwrap_or_else(|| self.host.key_origin.clone()),
            Origin::Default | Origin::Lab => self.host.key_origin.clone(),
        }
    }
}

fn settings(context: &Context, mesh_member: bool, first_user: &str, problems: &mut Problems) -> Settings {
    let layers = &context.layers;
    let general = layers.general();
    let access = layers.section("access").map(|view| access::access(&view, context, problems));
    let ssh = layers.section("ssh").map(|view| ssh::ssh(&view, context, access.as_ref(), first_user, problems));
    let mesh = layers.section("mesh").filter(|_| mesh_member).map(|view| mesh::mesh(&view, context));
    let entries = entries::Entries::read(context, access.as_ref(), problems);
    Settings {
        time_zone: general.value("time_zone"),
        ssh,
        filter: filter::filter(context, problems),
        fail2ban: layers.section("fail2ban").map(|view| machine::fail2ban(&view)),
        sysctl: layers.section("sysctl").map(|view| sysctl::sysctl(&view, problems)).unwrap_or_default(),
        packages: general.added("packages"),
        updates: layers.section("updates").map(|view| machine::updates(&view)),
        mesh,
        docker: layers.section("docker").map(|view| docker::docker(&view, problems)),
        access,
        users: entries.users,
        groups: entries.groups,
        directories: entries.directories,
        files: entries.files,
        links: entries.links,
        cron: entries.cron,
        timers: entries.timers,
        units: entries.units,
    }
}

/// Reports a key that a section must have, unless it is there and was reported as wrong.
fn require(view: &View, section: &str, key: &str, example: &str, context: &Context, problems: &mut Problems) {
    if !view.has(key) {
        problems.push(
            Problem::new("site/missing-key", format!("[{section}] has no `{key}`"))
                .at(&context.place(&view.origin), format!("`{key}` is missing"))
                .help(format!("add {key} = {example}")),
        );
    }
}
