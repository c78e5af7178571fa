//! What templates are told: the site, the host, the service itself, and lists over all services.

use super::form::{AlertForm, PageForm};
use super::scope::Scope;
use super::world::{Caller, Seat, World};
use minijinja::value::{Serde, Value};
use piton_config::PageAccess;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The words that need no function.
pub(super) fn of(world: &World, seat: &Seat, container: Option<&str>) -> BTreeMap<String, Value> {
    let host = world.host(seat);
    let edge = &world.site.edge;
    let mesh_range = host.settings.mesh.as_ref().map(|mesh| mesh.range.to_string());
    let vpn = edge.vpn.as_ref().map(|range| range.to_string()).or_else(|| mesh_range.clone());
    let directory = world.directory(seat);
    let words = json!({
        "site": { "name": world.site.name },
        "host": {
            "name": host.name,
            "address": *host.address,
            "mesh": world.mesh(seat).map(|address| address.to_string()),
            "time_zone": host.settings.time_zone.as_ref().map_or("UTC", |zone| zone.as_str()),
        },
        "mesh": { "range": mesh_range },
        "edge": {
            "domain": edge.domain.as_ref().map(|domain| domain.as_str()),
            "email": edge.email.as_ref().map(|email| email.as_str()),
            "vpn": vpn,
            "vpn_address": world.vpn_address(seat).map(|address| address.to_string()),
            "dns": edge.dns.as_ref().map(|dns| dns.as_str()),
            "vpn_only": *edge.vpn_only,
        },
        "service": { "name": world.name(seat), "stack": seat.stack, "directory": directory, "owner": world.owner(seat) },
        "page": own_page(world, seat),
        "listen": ports(seat, |owner, form| Json::from(world.listen(seat, owner, form))),
        "own": ports(seat, |owner, form| {
            let address = world.listen(seat, owner, form).replace("0.0.0.0", "127.0.0.1");
            Json::from(format!("{address}:{}", form.port))
        }),
        "port": ports(seat, |_, form| Json::from(form.port)),
        "networks": networks(world, seat, container),
        "on_host_network": world.on_host_network(seat, container),
        "volumes": volumes(world, seat),
    });
    let Json::Object(words) = words else { return BTreeMap::new() };
    words.into_iter().map(|(name, value)| (name, Value::from(Serde(value)))).collect()
}

fn ports(seat: &Seat, of: impl Fn(Option<&str>, &super::form::PortForm) -> Json) -> Json {
    let containers = seat.form.containers.iter();
    let of_containers =
        containers.flat_map(|(name, form)| form.ports.iter().map(move |port| (Some(name.as_str()), port)));
    let all = of_containers.chain(seat.form.host.ports.iter().map(|port| (None, port)));
    Json::Object(all.map(|(owner, (name, form))| (name.clone(), of(owner, form))).collect())
}

/// The networks of the container, or of all containers where none is asked for.
fn networks(world: &World, seat: &Seat, container: Option<&str>) -> Json {
    let mut found = Map::new();
    let forms = seat.form.containers.iter().filter(|(name, _)| container.is_none_or(|own| own == *name));
    for network in forms.flat_map(|(_, form)| world.networks(seat, form)) {
        let gateway = gateway(&network.subnet).to_string();
        let told =
            json!({ "subnet": network.subnet.to_string(), "gateway": gateway, "name": world.docker_name(network) });
        found.insert(network.name.value.clone(), told);
    }
    Json::Object(found)
}

/// The first address of a network, which is the host's own in it.
pub(super) fn gateway(subnet: &ipnet::IpNet) -> std::net::IpAddr {
    subnet.hosts().next().unwrap_or_else(|| subnet.addr())
}

fn volumes(world: &World, seat: &Seat) -> Json {
    let default = |name: &str| format!("{}/{}", world.directory(seat), volume_folder(world, seat, name));
    let all = seat.form.containers.values().flat_map(|form| form.volumes.iter());
    // A path that is a template is rendered where the volume is made; what reads it there says it anew.
    Json::Object(
        all.map(|(name, form)| {
            let path = form.path.as_ref().filter(|path| !path.contains('{')).map(|path| path.value.clone());
            (name.clone(), Json::from(path.unwrap_or_else(|| default(name))))
        })
        .collect(),
    )
}

/// Where a volume lies below the stack's folder.
pub(super) fn volume_folder(world: &World, seat: &Seat, volume: &str) -> String {
    let service = world.name(seat);
    let count: usize = seat.form.containers.values().map(|form| form.volumes.len()).sum();
    match count {
        0 | 1 => format!("data/{service}"),
        _ if volume == "data" => format!("data/{service}"),
        _ => format!("data/{service}-{volume}"),
    }
}

fn own_page(world: &World, seat: &Seat) -> Json {
    let placement = world.placement(seat);
    let (Some(domain), Some(_)) = (&placement.domain, &seat.form.page) else { return Json::Null };
    let path = placement.path.as_ref().map_or("", |path| path.trim_end_matches('/'));
    json!({ "domain": domain.value, "path": path, "url": format!("https://{}{path}", domain.value) })
}

/// The address that people type: `https://n8n.example.org`.
pub(super) fn url_of(world: &World, service: &str, seat: &Seat) -> Result<String, String> {
    let seats = world.find_from(service, seat);
    let page = seats.first().map(|seat| own_page(world, seat));
    let url = page.as_ref().and_then(|page| page.get("url")).and_then(Json::as_str);
    url.map(str::to_owned).ok_or_else(|| format!("`{service}` has no page: it needs a `domain`"))
}

/// Every page that people open, with how the caller reaches what is behind it.
pub(super) fn pages(world: &World, caller: Caller) -> Result<Value, String> {
    let mut found = Vec::new();
    for seat in &world.seats {
        let (placement, Some(form)) = (world.placement(seat), &seat.form.page) else { continue };
        let Some(domain) = &placement.domain else { continue };
        // A tunnel serves the pages of its own host; a proxy those that it reaches.
        let upstream = match world.address_of(caller, seat, &form.port) {
            Ok(upstream) => upstream,
            Err(_) if world.host(seat).name != world.host(caller.seat).name => continue,
            Err(error) => return Err(error),
        };
        let access = placement.access.as_ref().map_or(form.access, |access| access.value);
        let path = placement.path.as_ref().map_or("", |path| path.trim_end_matches('/'));
        found.push(json!({
            "service": *placement.name,
            "is": *placement.is,
            "domain": domain.value,
            "path": path,
            "upstream": upstream,
            "here": world.host(seat).name == world.host(caller.seat).name,
            "vpn": access == PageAccess::Vpn,
            "public_paths": form.public_paths,
            "bootstrap": bootstrap(form),
        }));
    }
    found.sort_by_key(|page| [page["domain"].to_string(), page["path"].to_string()]);
    Ok(Value::from(Serde(found)))
}

fn bootstrap(form: &PageForm) -> Json {
    form.bootstrap
        .as_ref()
        .map_or(Json::Null, |form| json!({ "path": form.path, "secret": form.secret, "storage_key": form.storage_key }))
}

/// Everything that has metrics, as the caller reaches it, in the order of names.
pub(super) fn targets(world: &Arc<World>, caller: Caller) -> Result<Value, String> {
    let own_host = &world.host(caller.seat).name;
    let mut found = Vec::new();
    for seat in &world.seats {
        for form in &seat.form.metrics {
            let scope =
                Scope::new(world, seat, form.container.as_deref()).map_err(|trouble| trouble.what().to_owned())?;
            if !scope.holds(form.when.as_ref()).map_err(|trouble| trouble.what().to_owned())? {
                continue;
            }
            let (name, host) = (world.name(seat), &world.host(seat).name);
            // What runs on several hosts is one job for each of them, so that an alert can name the host.
            let job = if host == own_host { name.to_owned() } else { format!("{name}-{host}") };
            found.push(json!({
                "job": job,
                "address": world.address_of(caller, seat, &form.port)?,
                "path": form.path,
                "bearer": form.bearer,
                "host": host,
                "service": name,
            }));
        }
    }
    found.sort_by_key(|target| target["job"].to_string());
    Ok(Value::from(Serde(found)))
}

/// The alert rules of everything that is placed, each once.
pub(super) fn alerts(world: &Arc<World>, asker: &Seat) -> Result<Value, String> {
    let mut found: BTreeMap<String, Json> = BTreeMap::new();
    for seat in &world.seats {
        let scope = Scope::new(world, seat, None).map_err(|trouble| trouble.what().to_owned())?;
        for form in &seat.form.alerts {
            let alert = alert(world, &scope, form, asker).map_err(|trouble| trouble.what().to_owned())?;
            found.extend(alert);
        }
    }
    Ok(Value::from(Serde(found.into_values().collect::<Vec<_>>())))
}

fn alert(
    world: &World,
    scope: &Scope,
    form: &AlertForm,
    asker: &Seat,
) -> Result<Option<(String, Json)>, super::trouble::Trouble> {
    if !scope.holds(form.when.as_ref())? {
        return Ok(None);
    }
    // The job's name is the scraper's to give; see `targets`.
    let (name, host) = (world.name(&scope.seat), &world.host(&scope.seat).name);
    let job = if *host == world.host(asker).name { name.to_owned() } else { format!("{name}-{host}") };
    let title = scope.text(&form.name)?;
    let expr = scope.text(&form.expr)?.replace("$JOB", &job);
    let summary = scope.text(&form.summary)?;
    let told = json!({
        "name": title, "expr": expr, "for": form.lasts, "severity": form.severity, "summary": summary,
    });
    Ok(Some((title, told)))
}
