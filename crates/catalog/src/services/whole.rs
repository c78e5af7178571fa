//! A compose file that somebody else wrote, as a stack: read for what must be known of it, and else left alone.
//!
//! `whole/opens.rs` reads which ports it opens, and in which networks its containers are.

mod filled;
mod opens;

use super::assemble::{above, refuse_strays, secrets};
use super::dotenv;
use super::ports::PlacedPort;
use super::scope::Scope;
use super::trouble::Trouble;
use super::world::{Seat, World};
use filled::Variables;
use opens::Reading;
use piton_config::read::{Document, Value, read};
use piton_config::{Origin, Span};
use piton_plan::stack::{Container, Image, Network, Pin, Ready, ReadyBy, Stack, StackFile, mark};
use piton_plan::{FileSpec, Mode};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn stack(world: &Arc<World>, name: &str, seat: &Seat, seats: usize) -> Result<Stack, Trouble> {
    let placement = world.placement(seat);
    if seats > 1 {
        let what = format!("`{}` is a compose file of its own, and cannot share the stack `{name}`", *placement.name);
        return Err(Trouble::new("catalog/shared-stack", what, "leave out its `stack`").at(&placement.name.origin));
    }
    refuse_strays(world, seat)?;
    let scope = Scope::new(world, seat, None)?;
    let content = scope.template(seat.form.compose.as_deref().unwrap_or_default())?;
    let directory = world.directory(seat);
    let owner = world.owner(seat);
    let path = format!("{directory}/docker-compose.yml");
    let document = read(&path, content.as_bytes(), None);
    let reading = reading(&scope, &document);
    let opened = reading.ports();
    if let Some(at) = opened.too_many {
        let what = format!(
            "with {} it is more than {} published ports, which nobody could look over",
            reading.place(at),
            opens::MOST
        );
        return Err(Trouble::new("service/too-many-ports", what, "publish fewer").at(&place(&scope, &document, at)));
    }
    let (own_networks, pools) = reading.own_networks();
    let mut stack = Stack {
        name: name.to_owned(),
        phase: seat.form.phase,
        directories: above(world, &directory, &owner),
        requires: Vec::new(),
        networks: Vec::new(),
        own_networks,
        pools,
        files: Vec::new(),
        compose: Some(path.clone()),
        containers: containers(&scope, &reading)?,
        ports: opened.ports.into_iter().map(|(port, _)| port).collect(),
        doubts: opened.doubts.into_iter().chain(reading.doubts()).collect(),
        units: Vec::new(),
        provisions: Vec::new(),
        secrets: Vec::new(),
        directory,
    };
    for network in world.site.networks.iter().filter(|network| content.contains(&world.docker_name(network))) {
        stack.networks.push(Network {
            name: world.docker_name(network),
            subnet: *network.subnet,
            gateway: super::words::gateway(&network.subnet),
            internal: *network.internal,
        });
    }
    let names: Vec<String> = stack.containers.iter().map(|container| container.name.clone()).collect();
    stack.files.extend(variables(&scope, &names)?);
    let file = FileSpec { path, content, owner: owner.clone(), group: owner, mode: Mode(0o644) };
    stack.files.push(StackFile { file, secret: false, containers: Vec::new(), units: Vec::new() });
    stack.secrets = secrets(world, &stack)?;
    Ok(stack)
}

/// The networks that the file has with a subnet of its own, each with the place where that stands.
pub(super) fn subnets(world: &Arc<World>, seat: &Seat) -> Result<Vec<(Network, Origin)>, Trouble> {
    let scope = Scope::new(world, seat, None)?;
    let content = scope.template(seat.form.compose.as_deref().unwrap_or_default())?;
    let document = read("docker-compose.yml", content.as_bytes(), None);
    let subnets = reading(&scope, &document).subnets();
    Ok(subnets.into_iter().map(|(network, at)| (network, place(&scope, &document, at))).collect())
}

/// A place of the file as the operator has it: in their own file where that is taken letter by letter, else where the
/// service is placed.
fn place(scope: &Scope, document: &Document, at: usize) -> Origin {
    let placement = scope.world.placement(&scope.seat);
    let template = scope.seat.form.compose.as_deref().unwrap_or_default();
    let of_the_site = placement.templates.get(template).map_or(&placement.name.origin, |text| &text.origin);
    let file = placement.template_files.get(template).zip(of_the_site.span());
    let is_as_written = placement.templates.get(template).is_some_and(|text| text.value == document.text);
    match file.filter(|_| is_as_written) {
        Some((file, span)) => {
            let line = document.text.get(at..).unwrap_or_default().lines().next().unwrap_or_default();
            let quote = line.chars().next().filter(|first| matches!(first, '"' | '\''));
            let length = match quote {
                Some(quote) => line[1..].find(quote).map_or(line.len(), |end| end + 2),
                None => line.find([',', ']', '}', '#']).map_or(line, |end| &line[..end]).trim_end().len(),
            };
            Origin::Written(Span { file: super::beside(&span.file, file), range: at..at + length })
        }
        None => of_the_site.clone(),
    }
}

/// Whether a service of the file holds its ports whenever the stack runs.
fn always_runs(service: Value) -> bool {
    let none = |value: Option<Value>| value.and_then(Value::text) == Some("0");
    service.get("profiles").is_none()
        && !none(service.get("scale"))
        && !none(service.get("deploy").and_then(|deploy| deploy.get("replicas")))
}

/// The ports that the file publishes, each with its line.
pub(super) fn ports(world: &Arc<World>, seat: &Seat) -> Result<Vec<PlacedPort>, Trouble> {
    let file = seat.form.compose.as_deref().unwrap_or_default();
    let scope = Scope::new(world, seat, None)?;
    let content = scope.template(file)?;
    let placement = world.placement(seat);
    let document = read("docker-compose.yml", content.as_bytes(), None);
    let reading = reading(&scope, &document);
    let services: BTreeMap<&str, Value> = reading.services().into_iter().collect();
    let ports = reading.ports().ports;
    let mut times: BTreeMap<(usize, Option<u16>), usize> = BTreeMap::new();
    ports.iter().for_each(|(port, at)| *times.entry((*at, port.sent_to)).or_default() += 1);
    // The places of a range are one.
    let mut places: BTreeMap<usize, (Origin, Option<(String, String)>)> = BTreeMap::new();
    let placed = ports.into_iter().map(|(port, at)| {
        let here = places.entry(at).or_insert_with(|| (place(&scope, &document, at), opens::line(&document, at)));
        let service = port.container.as_deref().and_then(|name| services.get(name));
        PlacedPort {
            service: placement.name.value.clone(),
            // Of a range for one port of a container Docker takes any one.
            is_sure: !port.unsure
                && service.is_none_or(|service| always_runs(*service))
                && times.get(&(at, port.sent_to)) == Some(&1),
            port,
            origin: placement.templates.get(file).map_or(&placement.name.origin, |text| &text.origin).clone(),
            at: here.0.clone(),
            line: here.1.clone(),
            page: None,
        }
    });
    Ok(placed.collect())
}

/// The file as compose reads it, with the site's variables.
fn reading<'a>(scope: &'a Scope, document: &'a Document) -> Reading<'a> {
    let placement = scope.world.placement(&scope.seat);
    let variables = Variables(Some(&placement.env));
    Reading { document, variables, project: &scope.seat.stack }
}

/// What the file says of each of its services, as far as the gate must know it.
fn containers(scope: &Scope, reading: &Reading) -> Result<Vec<Container>, Trouble> {
    let refuse_at = |at: usize, code, what: String, help: &str| {
        Trouble::new(code, what, help).at(&place(scope, reading.document, at))
    };
    let services = reading.services();
    if services.is_empty() {
        let help = "its top level has a table `services`; `piton check` says what else is wrong with it";
        return Err(refuse_at(0, "service/no-containers", "the compose file has no services".to_owned(), help));
    }
    let within = scope.seat.form.values.get("within").and_then(|value| value.set.as_ref().or(value.default.as_ref()));
    let within_seconds = within.and_then(|value| value.value.as_u64()).map_or(120, |seconds| seconds as u32);
    let mut found = Vec::new();
    for (name, service) in services {
        let refuse = |key: &str, code, what: String, help: &str| {
            let written = service.get(key).unwrap_or(service).range().start;
            let named = reading.name_of(name).filter(|_| service.get(key).is_none());
            refuse_at(named.unwrap_or(written), code, what, help)
        };
        let text = |key: &str| service.get(key).and_then(|value| value.text()).map(str::to_owned);
        if service.get("healthcheck").is_none() {
            let what =
                format!("`{name}` of the compose file has no health check, so nobody could tell whether it came up");
            return Err(refuse(
                "healthcheck",
                "service/no-health",
                what,
                "give it a `healthcheck` with a tool that its image has",
            ));
        }
        let built = service.get("build").is_some();
        let reference = text("image").unwrap_or_else(|| format!("{name}:local"));
        let moves =
            reference.ends_with(":latest") || !reference.rsplit('/').next().unwrap_or_default().contains([':', '@']);
        if moves && !built {
            let what = format!("the image `{reference}` of the compose file moves by itself");
            return Err(refuse("image", "service/moving-image", what, "name a version"));
        }
        let ready = Ready { within_seconds, blocks: true, steady_seconds: 0, by: ReadyBy::Docker };
        let image =
            Image { reference, pin: if built { Pin::Local } else { Pin::Exact }, build: None, id: None, digest: None };
        let container = text("container_name").unwrap_or_else(|| format!("{}-{name}-1", scope.seat.stack));
        let (joins, unforeseen) = reading.joins(service);
        found.push(Container { name: name.to_owned(), container, joins, unforeseen, image, ready, beside: false });
    }
    Ok(found)
}

/// The `.env` beside it, which compose reads by itself.
fn variables(scope: &Scope, containers: &[String]) -> Result<Option<StackFile>, Trouble> {
    let placement = scope.world.placement(&scope.seat);
    if placement.env.is_empty() {
        return Ok(None);
    }
    let mut content =
        format!("# The variables of {}, filled in on the host. Only root reads this file.\n", *placement.name);
    for (name, value) in &placement.env {
        match value.strip_prefix("secret:") {
            Some(secret) if mark::is_name(secret) => {
                dotenv::name_fits(name, value)?;
                content.push_str(&format!("{name}='{}'\n", mark::mark(secret, mark::Form::Env)));
            }
            Some(secret) => {
                let what = format!("`{secret}` is not the name of a secret");
                return Err(Trouble::new("site/bad-name", what, "use a-z, 0-9 and `_`").at(&value.origin));
            }
            None => content.push_str(&dotenv::line(name, value)?),
        }
    }
    let secret = mark::marks(&content).next().is_some();
    let path = format!("{}/.env", scope.world.directory(&scope.seat));
    let file = FileSpec::of_root(path, content).with_mode(0o600);
    Ok(Some(StackFile { file, secret, containers: containers.to_vec(), units: Vec::new() }))
}
