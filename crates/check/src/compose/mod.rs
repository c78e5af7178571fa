//! A Compose service as it is in the end: overrides and `extends` laid over each other, variables
//! put in, short and long forms read alike, and every part still knowing where it was written.

mod health;
mod include;
mod mount;
mod port;
mod variable;

pub(crate) use health::{Health, commands};
pub(crate) use include::{included, stacks};
pub(crate) use mount::{Mount, MountKind};
pub(crate) use port::Port;
pub(crate) use variable::{Variable, interpolate};

use crate::image::{Image, Version};
use crate::program::{Program, of_image};
use crate::project::{Project, find};
use piton_config::read::{Document, Kind, Value};
use std::ops::Range;

/// How far `extends` is followed.
const EXTENDS: usize = 8;

/// How many services of one file are looked at: rules compare them with each other, and nobody has as many.
const MOST_SERVICES: usize = 500;

#[derive(Debug)]
pub(crate) struct Service<'a> {
    pub(crate) document: &'a Document,
    pub(crate) name: &'a str,
    /// Its name, where it stands.
    pub(crate) key: Value<'a>,
    /// What it is made of, nearest first.
    layers: Vec<Value<'a>>,
    /// What stands below its name.
    own: Value<'a>,
    /// It extends, or is laid over, what is not here, so what it seems to lack may be there.
    pub(crate) is_partial: bool,
    pub(crate) image: Option<Image>,
    pub(crate) program: Option<&'static Program>,
    pub(crate) variables: Vec<Variable<'a>>,
    pub(crate) ports: Vec<Port<'a>>,
    pub(crate) mounts: Vec<Mount<'a>>,
}

/// Reads the services of a Compose file.
pub(crate) fn services<'a>(project: &Project<'a>, document: &'a Document) -> Vec<Service<'a>> {
    let named = entries(document).filter_map(|(key, value)| key.text().map(|name| (key, name, value)));
    named.take(MOST_SERVICES).map(|(key, name, value)| Service::read(project, document, key, name, value)).collect()
}

/// The first service that [`services`] leaves out, and how many there are in all.
pub(crate) fn first_left_out(document: &Document) -> Option<(Value<'_>, usize)> {
    let (key, _) = entries(document).nth(MOST_SERVICES)?;
    Some((key, entries(document).count()))
}

fn entries(document: &Document) -> impl Iterator<Item = (Value<'_>, Value<'_>)> {
    document.roots().filter_map(|root| root.get("services")).flat_map(Value::entries)
}

fn is_internal(network: Value) -> bool {
    network.get("internal").is_some_and(Value::is_true)
}

impl<'a> Service<'a> {
    fn read(
        project: &Project<'a>,
        document: &'a Document,
        key: Value<'a>,
        name: &'a str,
        value: Value<'a>,
    ) -> Service<'a> {
        let (layers, is_partial) = layers(project, document, name, value);
        let settings = variable::settings(project, document);
        let mut service = Service {
            document,
            name,
            key,
            layers,
            own: value,
            is_partial,
            image: None,
            program: None,
            variables: Vec::new(),
            ports: Vec::new(),
            mounts: Vec::new(),
        };
        if let Some(text) = service.get("image").and_then(Value::text) {
            service.image = Image::parse(&interpolate(text, &settings));
        }
        service.program = service.image.as_ref().and_then(|image| of_image(&image.repository));
        service.variables = variable::read(project, &service, &settings);
        service.ports = service.all("ports").into_iter().map(|value| Port::read(value, &settings)).collect();
        service.mounts = service.all("volumes").into_iter().filter_map(|value| Mount::read(value, &settings)).collect();
        if service.publishes_nothing() {
            service.ports.iter_mut().for_each(|port| port.is_cut_off = true);
        }
        let configs = service.all("configs").into_iter();
        service.mounts.extend(configs.filter_map(|value| Mount::config(value, &settings)));
        service
    }

    /// Where it stands in its file: its name and what is below.
    pub(crate) fn own_range(&self) -> Range<usize> {
        self.key.range().start..self.own.range().end
    }

    /// Where the services stand that it extends.
    pub(crate) fn bases(&self) -> impl Iterator<Item = (&'a str, usize)> {
        let own = self.place();
        let layers = if self.own.get("extends").is_some() { &self.layers[..] } else { &[] };
        let places = layers.iter().map(|layer| (layer.document().path.as_str(), layer.range().start));
        places.filter(move |place| *place != own)
    }

    /// Where its own keys begin, by which [`bases`](Service::bases) of others name it.
    pub(crate) fn place(&self) -> (&'a str, usize) {
        (self.document.path.as_str(), self.own.range().start)
    }

    /// A key of the service, in the nearest layer that has it.
    pub(crate) fn get(&self, key: &str) -> Option<Value<'a>> {
        self.layers.iter().find_map(|layer| layer.get(key))
    }

    /// Follows keys, each layer by itself: `deploy.resources.limits.memory`.
    pub(crate) fn path(&self, path: &str) -> Option<Value<'a>> {
        self.layers.iter().find_map(|layer| layer.path(path))
    }

    /// The items of a list that layers add to.
    pub(crate) fn all(&self, key: &str) -> Vec<Value<'a>> {
        self.layers.iter().filter_map(|layer| layer.get(key)).flat_map(|value| value.one_or_many()).collect()
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the service is what this program is, going by its image.
    pub(crate) fn is(&self, program: &str) -> bool {
        self.program.is_some_and(|known| known.name == program)
    }

    /// Whether a file of variables that it names is not among those looked at.
    pub(crate) fn lacks_env_file(&self, project: &Project) -> bool {
        let files = self.get("env_file").into_iter().flat_map(Value::one_or_many);
        let mut names = files.filter_map(|file| file.get("path").unwrap_or(file).literal());
        names.any(|name| project.beside(self.document, name).is_none())
    }

    pub(crate) fn version(&self) -> Option<Version> {
        self.image.as_ref()?.version()
    }

    /// The image as written, to point at.
    pub(crate) fn image_place(&self) -> Value<'a> {
        self.get("image").unwrap_or(self.key)
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&Variable<'a>> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    pub(crate) fn health(&self) -> Option<Health<'a>> {
        Health::read(self)
    }

    pub(crate) fn uses_host_network(&self) -> bool {
        self.get("network_mode").and_then(Value::text) == Some("host")
    }

    /// Whether another container lives in its network, so that localhost is both of them.
    pub(crate) fn is_shared(&self, project: &Project) -> bool {
        let container = self.get("container_name").and_then(Value::text);
        project.services().any(|other| {
            let mode = other.get("network_mode").and_then(Value::text).and_then(|mode| mode.split_once(':'));
            match mode {
                Some(("service", name)) => name == self.name,
                Some(("container", name)) => Some(name) == container || name == self.name,
                _ => false,
            }
        })
    }

    /// The networks it is on, by the names that its file gives them; `default` where it names none. Nothing where that
    /// is not known.
    pub(crate) fn networks(&self) -> Vec<&'a str> {
        if self.has("network_mode") || self.is_partial {
            return Vec::new();
        }
        let named: Vec<&str> = self.layers.iter().filter_map(|layer| layer.get("networks")).flat_map(names).collect();
        if named.is_empty() { vec!["default"] } else { named }
    }

    /// Whether all its networks are `internal`, as far as its file says.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.is_only_on(is_internal)
    }

    /// Whether Docker publishes none of its ports: on networks without a way out, and on those that give it an address of the
    /// host's own network.
    fn publishes_nothing(&self) -> bool {
        let is_in_the_open = |network: Value| {
            network.get("driver").and_then(Value::text).is_some_and(|driver| matches!(driver, "macvlan" | "ipvlan"))
        };
        self.is_only_on(|network| is_internal(network) || is_in_the_open(network))
    }

    /// Whether all its networks are of a sort, as far as its file says.
    fn is_only_on(&self, is_of_sort: impl Fn(Value) -> bool) -> bool {
        let networks = self.networks();
        let defined = find(self.document, "networks");
        let fits = |name: &&str| defined.and_then(|networks| networks.get(name)).is_some_and(&is_of_sort);
        !networks.is_empty() && networks.iter().all(fits)
    }

    /// Whether it has an address of its own on a network that others made: it may be the host's own network.
    pub(crate) fn may_be_in_the_open(&self) -> bool {
        let networks = self.layers.iter().filter_map(|layer| layer.get("networks")).flat_map(Value::entries);
        let defined = find(self.document, "networks");
        let is_known =
            |name: &str| defined.and_then(|all| all.get(name)).is_some_and(|own| own.get("external").is_none());
        networks
            .into_iter()
            .any(|(name, network)| network.get("ipv4_address").is_some() && !name.text().is_some_and(is_known))
    }

    /// Whether every port that it publishes is for the host itself only, and there is one.
    pub(crate) fn is_for_the_host(&self) -> bool {
        !self.ports.is_empty() && self.ports.iter().all(Port::is_loopback)
    }

    /// Names under which others on its networks reach it.
    pub(crate) fn answers_to(&self, name: &str) -> bool {
        let aliases = || {
            let networks = self.layers.iter().filter_map(|layer| layer.get("networks"));
            let aliases = networks.flat_map(Value::entries).filter_map(|(_, network)| network.get("aliases"));
            aliases.flat_map(Value::items).any(|alias| alias.text() == Some(name))
        };
        let text = |key: &str| self.get(key).and_then(Value::text);
        self.name == name || text("container_name") == Some(name) || text("hostname") == Some(name) || aliases()
    }

    pub(crate) fn depends_on(&self) -> Option<Value<'a>> {
        self.get("depends_on")
    }

    /// Capabilities that are added, without `CAP_`.
    pub(crate) fn added_capabilities(&self) -> Vec<String> {
        self.capabilities("cap_add")
    }

    pub(crate) fn drops_all_capabilities(&self) -> bool {
        self.capabilities("cap_drop").iter().any(|name| name == "ALL")
    }

    fn capabilities(&self, key: &str) -> Vec<String> {
        let texts = self.all(key).into_iter().filter_map(Value::text).map(str::to_ascii_uppercase);
        texts.map(|name| name.trim_start_matches("CAP_").to_owned()).collect()
    }

    /// The memory it may take, in bytes.
    pub(crate) fn memory_limit(&self) -> Option<(Value<'a>, u64)> {
        let value = self.path("deploy.resources.limits.memory").or_else(|| self.get("mem_limit"))?;
        bytes(value.text()?).map(|limit| (value, limit))
    }

    /// The Dockerfile that its image is built from, where it is among the files.
    pub(crate) fn dockerfile(&self, project: &Project<'a>) -> Option<&'a Document> {
        let build = self.get("build")?;
        let folder = build.text().or_else(|| build.get("context").and_then(Value::text)).unwrap_or(".");
        let named = build.get("dockerfile").and_then(Value::text).unwrap_or("Dockerfile");
        let file = project.beside(build.document(), &format!("{folder}/{named}"));
        file.filter(|file| file.kind == Kind::Dockerfile)
    }

    /// The words of `command` or `entrypoint`.
    pub(crate) fn words(&self, key: &str) -> Vec<(Value<'a>, &'a str)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        match value.is_list() {
            true => value.items().filter_map(|item| Some((item, item.text()?))).collect(),
            false => value.text().into_iter().flat_map(str::split_whitespace).map(|word| (value, word)).collect(),
        }
    }

    /// Whether a mount of the service holds what lies at a path in the container.
    pub(crate) fn mount_at(&self, target: &str) -> Option<&Mount<'a>> {
        self.mounts.iter().find(|mount| mount.target.trim_end_matches('/') == target)
    }

    /// The files of the project that are mounted into the service, each by itself or in its folder, with where.
    pub(crate) fn mounted<'p>(
        &'p self,
        project: &'p Project<'a>,
    ) -> impl Iterator<Item = (&'a Document, &'p Mount<'a>)> {
        let binds = self.mounts.iter().filter(|mount| mount.kind == MountKind::Bind);
        binds.flat_map(move |mount| {
            let source = mount.source.as_deref().unwrap_or_default();
            let document = mount.value.document();
            let file = project.beside(document, source);
            let folder = file.is_none().then(|| project.within(document, source)).into_iter().flatten();
            file.into_iter().chain(folder).map(move |file| (file, mount))
        })
    }
}

/// The keys of a map, or the texts of a list.
fn names(value: Value<'_>) -> Vec<&str> {
    match value.is_map() {
        true => value.entries().into_iter().filter_map(|(key, _)| key.text()).collect(),
        false => value.items().filter_map(Value::text).collect(),
    }
}

/// The layers of a service: the override beside its file, itself, what it extends, and what a file
/// like `compose.prod.yaml` is laid over. And whether one of these is not among the files.
fn layers<'a>(project: &Project<'a>, document: &'a Document, name: &str, value: Value<'a>) -> (Vec<Value<'a>>, bool) {
    let mut is_partial = false;
    let mut layers = Vec::new();
    layers.extend(beside(project, document, "override").and_then(|file| service_in(file, name)));
    layers.push(value);
    let (mut file, mut current) = (document, value);
    for _ in 0..EXTENDS {
        let Some(extends) = current.get("extends") else { break };
        let (other, service) = match extends.text() {
            Some(service) => (Some(file), service),
            None => {
                let other = match extends.get("file").and_then(Value::text) {
                    Some(name) => project.beside(file, name),
                    None => Some(file),
                };
                (other, extends.get("service").and_then(Value::text).unwrap_or(name))
            }
        };
        let Some(next) = other.and_then(|other| service_in(other, service)) else {
            is_partial = true;
            break;
        };
        layers.push(next);
        (file, current) = (next.document(), next);
    }
    // A variant that says what it runs may well stand alone.
    let runs = |layer: &Value| ["image", "build"].iter().any(|key| layer.get(key).is_some());
    if !runs(&value) {
        layers.extend(base(project, document).and_then(|file| service_in(file, name)));
    }
    // Without it, it is laid over a file of any name; what it seems to lack is there.
    is_partial |= !layers.iter().any(runs);
    (layers, is_partial)
}

fn service_in<'a>(document: &'a Document, name: &str) -> Option<Value<'a>> {
    document.roots().find_map(|root| root.get("services")?.get(name))
}

/// `compose.yaml` gives `compose.override.yaml`.
fn beside<'a>(project: &Project<'a>, document: &Document, what: &str) -> Option<&'a Document> {
    let (stem, extension) = document.file_name().rsplit_once('.')?;
    if !matches!(stem, "compose" | "docker-compose") {
        return None;
    }
    let found =
        [extension, "yml", "yaml"].iter().find_map(|end| project.beside(document, &format!("{stem}.{what}.{end}")));
    found.filter(|file| file.kind == Kind::Compose)
}

/// `compose.prod.yaml` gives `compose.yaml`.
fn base<'a>(project: &Project<'a>, document: &Document) -> Option<&'a Document> {
    let name = document.file_name();
    let stem = ["docker-compose", "compose"]
        .into_iter()
        .find(|stem| name.starts_with(&format!("{stem}.")) && name.matches('.').count() >= 2)?;
    let found = ["yml", "yaml"].iter().find_map(|end| project.beside(document, &format!("{stem}.{end}")));
    found.filter(|file| file.path != document.path && file.kind == Kind::Compose)
}

/// `768M`, `1.5g`, `512mb`, `1073741824`.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let factor: f64 = match text[digits..].trim().trim_end_matches('b').trim_end_matches('i') {
        "" => 1.0,
        "k" => 1024.0,
        "m" => 1_048_576.0,
        "g" => 1_073_741_824.0,
        _ => return None,
    };
    let size = number * factor;
    ((0.0..1e18).contains(&size)).then_some(size as u64)
}

#[cfg(test)]
mod tests {
    use crate::{Project, Selection};
    use piton_config::read::read;

    #[test]
    fn of_a_file_with_more_services_than_rules_compare_the_rest_is_said_to_be_left_out() {
        let services: String = (0..501).map(|number| format!("  s{number}: {{ image: \"nginx:1.29\" }}\n")).collect();
        let documents = [read("compose.yaml", format!("services:\n{services}").as_bytes(), None)];
        let project = Project::new(&documents);
        let found = project.check(&Selection::default());
        let told: Vec<_> = found.iter().filter(|finding| finding.rule.id == "text-parse-error").collect();
        assert_eq!(told.len(), 1);
        assert_eq!(&documents[0].text[told[0].range.clone()], "s500");
        assert!(told[0].message.contains("501 services"), "{}", told[0].message);
    }
}
