//! `[hosts.NAME]`: where a host is, and who logs in first.

use super::Context;
use crate::layers::{Layers, View};
use crate::problem::{Problem, Problems};
use crate::tree::{Data, Node, Table};
use crate::{FirstLogin, Host, Origin, Span, Valued};

pub(super) fn host(context: &Context, table: &Table, problems: &mut Problems) -> Host {
    let layers = &context.layers;
    // Defaults for any host stand under a name that no host can have.
    let any = layers.defaults.table.table("hosts").and_then(|hosts| hosts.table("any"));
    let view = View::of(any.into_iter().chain([table]).collect(), context.host.key_origin.clone());
    let lab = lab(layers, context.host.key_origin.clone());
    let first = view.node("first").and_then(first_login).unwrap_or_else(|| Valued::default(root_at_22()));
    let mesh_address = context.members.address_of(context.host_name());
    let span = context.host.key_origin.span().cloned();
    Host {
        name: context.host.key.clone(),
        span: span.unwrap_or(Span { file: String::new(), range: 0..0 }),
        address: view.known("address"),
        settings: super::settings(context, mesh_address.is_some(), &first.user, problems),
        first,
        mesh_address,
        mesh_endpoint: view.value("endpoint"),
        lab_image: view.value("lab").unwrap_or_else(|| lab.known("image")),
    }
}

/// What holds for the whole lab.
pub(super) fn lab<'a>(layers: &Layers<'a>, origin: Origin) -> View<'a> {
    let tables = layers.defaults.table.table("lab").into_iter().chain(layers.site.table("lab"));
    View::of(tables.collect(), origin)
}

fn root_at_22() -> FirstLogin {
    FirstLogin { user: "root".to_owned(), port: 22 }
}

/// Reads `user@:port`, `user`, `:port` or a table; what is left out is root and 22.
fn first_login(node: &Node) -> Option<Valued<FirstLogin>> {
    let otherwise = root_at_22();
    let value = match &node.data {
        Data::Text(text) => {
            let (user, port) = text.split_once(':').unwrap_or((text, ""));
            let user = user.trim_end_matches('@');
            let user = if user.is_empty() { otherwise.user } else { user.to_owned() };
            FirstLogin { user, port: port.parse().unwrap_or(otherwise.port) }
        }
        Data::Table(table) => {
            let view = View::of(vec![table], node.origin.clone());
            FirstLogin {
                user: view.value("user").map_or(otherwise.user, |user| user.value),
                port: view.value("port").map_or(otherwise.port, |port| port.value),
            }
        }
        _ => return None,
    };
    Some(Valued { value, origin: node.origin.clone() })
}

/// Two names for one machine would each undo what the other does.
pub(super) fn report_shared_addresses(hosts: &[Host], problems: &mut Problems) {
    for (position, host) in hosts.iter().enumerate() {
        let earlier = hosts[..position].iter().find(|other| other.address.eq_ignore_ascii_case(&host.address));
        if let Some(other) = earlier.filter(|_| !host.address.is_empty()) {
            problems.push(
                Problem::new("site/duplicate-address", format!("`{}` has the address of `{}`", host.name, other.name))
                    .at(&host.address.origin, "the same address")
                    .related(&other.address.origin, format!("the address of `{}`", other.name))
                    .help("each host has an address of its own; is one of them a copy that was not finished?"),
            );
        }
    }
}
