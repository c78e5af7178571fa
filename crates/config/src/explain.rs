//! Every value of the resolved site with the place it came from: `piton show --explain`.
//!
//! The keys are those of the site file, so that a reader can copy one and override it.

use crate::render::line_number;
use crate::{
    Edge, Host, NetworkSettings, Origin, PageAccess, Placement, Policy, Rule, RuleAction, Settings, Site,
    SocketActivation, Span, Transport, Valued, VpnOnly,
};
use serde::Serialize;

/// One value of one host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    pub host: String,
    /// As it would be written under the host: `ssh.port`, `files./etc/motd.mode`.
    pub key: String,
    pub value: String,
    /// `default`, `profile hardened`, `site.toml:17`, `lab`.
    pub origin: String,
    /// The same, where the user wrote it.
    #[serde(skip)]
    pub span: Option<Span>,
}

/// Lists every value of one host or of all; `text` is the site file, for the line numbers.
pub fn explain(site: &Site, text: &str, host: Option<&str>) -> Vec<Explained> {
    let hosts = site.hosts.iter().filter(|known| host.is_none_or(|name| name == known.name));
    hosts.flat_map(|host| explain_host(site, host, text)).collect()
}

fn explain_host(site: &Site, host: &Host, text: &str) -> Vec<Explained> {
    let mut page = Page { host: &host.name, text, lines: Vec::new() };
    page.add("address", &host.address, String::clone);
    page.add("first", &host.first, |first| format!("{}@:{}", first.user, first.port));
    page.maybe("mesh", host.mesh_address.as_ref(), ToString::to_string);
    page.maybe("endpoint", host.mesh_endpoint.as_ref(), String::clone);
    page.add("lab", &host.lab_image, String::clone);
    page.settings(&host.settings);
    page.network(&host.settings);
    page.machine(&host.settings);
    page.people(&host.settings);
    page.files(&host.settings);
    page.jobs(&host.settings);
    page.services(site);
    page.lines
}

struct Page<'a> {
    host: &'a str,
    text: &'a str,
    lines: Vec<Explained>,
}

impl Page<'_> {
    fn add<T>(&mut self, key: impl Into<String>, value: &Valued<T>, show: impl Fn(&T) -> String) {
        let origin = origin_text(&value.origin, self.text);
        let span = value.origin.span().cloned();
        let (host, value) = (self.host.to_owned(), show(&value.value));
        self.lines.push(Explained { host, key: key.into(), value, origin, span });
    }

    fn maybe<T>(&mut self, key: impl Into<String>, value: Option<&Valued<T>>, show: impl Fn(&T) -> String) {
        if let Some(value) = value {
            self.add(key, value, show);
        }
    }

    fn each(&mut self, key: &str, values: &[Valued<String>]) {
        values.iter().for_each(|value| self.add(key, value, String::clone));
    }

    fn settings(&mut self, settings: &Settings) {
        self.maybe("time_zone", settings.time_zone.as_ref(), String::clone);
        self.each("packages", &settings.packages);
        if let Some(access) = &settings.access {
            self.add("access.admin", &access.admin, String::clone);
            self.maybe("access.service", access.service.as_ref(), String::clone);
            self.each("access.keys", &access.keys);
            self.add("access.exclusive_keys", &access.exclusive_keys, bool::to_string);
            self.add("access.service_home_mode", &access.service_home_mode, mode);
        }
        if let Some(ssh) = &settings.ssh {
            self.add("ssh.port", &ssh.port, u16::to_string);
            self.add("ssh.file", &ssh.file, String::clone);
            self.add("ssh.socket", &ssh.socket, |socket| socket_word(*socket).to_owned());
            self.maybe("ssh.allow_users", ssh.allow_users.as_ref(), |users| listed(users));
            for (keyword, value) in &ssh.settings {
                self.add(format!("ssh.settings.{keyword}"), value, String::clone);
            }
        }
    }

    fn network(&mut self, settings: &Settings) {
        if let Some(filter) = &settings.filter {
            self.add("filter.incoming", &filter.incoming, |policy| policy_word(*policy).to_owned());
            self.add("filter.outgoing", &filter.outgoing, |policy| policy_word(*policy).to_owned());
            self.add("filter.exclusive", &filter.exclusive, bool::to_string);
            for rule in &filter.rules {
                let denies = matches!(rule.action, RuleAction::Deny | RuleAction::Reject);
                self.add(if denies { "filter.deny" } else { "filter.allow" }, rule, Rule::to_string);
            }
        }
        if let Some(jails) = &settings.fail2ban {
            self.add("fail2ban.bantime", &jails.bantime, String::clone);
            self.add("fail2ban.findtime", &jails.findtime, String::clone);
            self.add("fail2ban.maxretry", &jails.maxretry, u32::to_string);
            self.add("fail2ban.backend", &jails.backend, String::clone);
            self.add("fail2ban.ssh_maxretry", &jails.ssh_maxretry, u32::to_string);
            self.add("fail2ban.ssh_bantime", &jails.ssh_bantime, String::clone);
            self.each("fail2ban.ignore", &jails.ignore);
        }
        if let Some(mesh) = &settings.mesh {
            self.add("mesh.range", &mesh.range, ToString::to_string);
            self.add("mesh.interface", &mesh.interface, String::clone);
            self.add("mesh.port", &mesh.port, u16::to_string);
            self.add("mesh.keepalive", &mesh.keepalive, u16::to_string);
        }
    }

    fn machine(&mut self, settings: &Settings) {
        for (parameter, value) in &settings.sysctl {
            self.add(format!("sysctl.{parameter}"), value, String::clone);
        }
        if let Some(updates) = &settings.updates {
            self.add("updates.origins", &updates.origins, |origins| listed(origins));
            self.add("updates.auto_reboot", &updates.auto_reboot, bool::to_string);
            self.add("updates.fix_interrupted", &updates.fix_interrupted, bool::to_string);
            self.add("updates.remove_unused_kernels", &updates.remove_unused_kernels, bool::to_string);
            self.add("updates.remove_unused_dependencies", &updates.remove_unused_dependencies, bool::to_string);
        }
        if let Some(docker) = &settings.docker {
            self.add("docker.packages", &docker.packages, |packages| listed(packages));
            self.maybe("docker.users", docker.users.as_ref(), |users| listed(users));
            for (key, value) in &docker.daemon {
                self.add(format!("docker.daemon.{key}"), value, ToString::to_string);
            }
        }
    }

    fn people(&mut self, settings: &Settings) {
        for user in &settings.users {
            let key = |key: &str| format!("users.{}.{key}", *user.name);
            self.maybe(key("uid"), user.uid.as_ref(), u32::to_string);
            self.add(key("shell"), &user.shell, String::clone);
            self.add(key("home"), &user.home, String::clone);
            self.add(key("home_mode"), &user.home_mode, mode);
            self.each(&key("groups"), &user.groups);
            self.each(&key("keys"), &user.keys);
            self.maybe(key("sudo"), user.sudo.as_ref(), |commands| listed(commands));
        }
        for group in &settings.groups {
            self.maybe(format!("groups.{}.gid", *group.name), group.gid.as_ref(), u32::to_string);
            self.add(format!("groups.{}.system", *group.name), &group.system, bool::to_string);
        }
    }

    fn files(&mut self, settings: &Settings) {
        for directory in &settings.directories {
            let key = |key: &str| format!("directories.{}.{key}", *directory.path);
            self.add(key("owner"), &directory.owner, String::clone);
            self.add(key("group"), &directory.group, String::clone);
            self.add(key("mode"), &directory.mode, mode);
        }
        for file in &settings.files {
            let key = |key: &str| format!("files.{}.{key}", *file.path);
            // The text may hold anything, a secret included: its size is enough to know it by.
            self.add(key("content"), &file.content, |content| format!("{} bytes", content.len()));
            self.add(key("owner"), &file.owner, String::clone);
            self.add(key("group"), &file.group, String::clone);
            self.add(key("mode"), &file.mode, mode);
            self.each(&key("reloads"), &file.reloads);
        }
        for link in &settings.links {
            self.add(format!("links.{}.target", *link.path), &link.target, String::clone);
        }
    }

    /// What is placed on this host, and what holds for all services of the site.
    fn services(&mut self, site: &Site) {
        let host = self.host.to_owned();
        let placed: Vec<&Placement> =
            site.services.iter().filter(|placement| placement.on.iter().any(|on| on.value == host)).collect();
        for placement in &placed {
            let key = |key: &str| format!("services.{}.{key}", *placement.name);
            self.add(key("is"), &placement.is, String::clone);
            placement.on.iter().filter(|on| on.value == host).for_each(|on| self.add(key("on"), on, String::clone));
            self.maybe(key("stack"), placement.stack.as_ref(), String::clone);
            self.maybe(key("domain"), placement.domain.as_ref(), String::clone);
            self.maybe(key("path"), placement.path.as_ref(), String::clone);
            self.maybe(key("access"), placement.access.as_ref(), |access| match access {
                PageAccess::Vpn => "vpn".to_owned(),
                PageAccess::Public => "public".to_owned(),
            });
            for (name, value) in &placement.env {
                self.add(key(&format!("env.{name}")), value, String::clone);
            }
            for (name, text) in &placement.templates {
                self.add(key(&format!("templates.{name}")), text, |text| format!("{} bytes", text.len()));
            }
            for (name, value) in placement.overrides.values() {
                self.add(key(&format!("override.{name}")), &value, ToString::to_string);
            }
        }
        if placed.is_empty() {
            return;
        }
        for stack in &site.stacks {
            let key = |key: &str| format!("stacks.{}.{key}", *stack.name);
            self.maybe(key("directory"), stack.directory.as_ref(), String::clone);
            self.maybe(key("network"), stack.host_network.as_ref(), |host| {
                if *host { "host".to_owned() } else { "bridge".to_owned() }
            });
            self.maybe(key("owner"), stack.owner.as_ref(), String::clone);
        }
        let here = |network: &&NetworkSettings| {
            network.on.as_ref().is_none_or(|hosts| hosts.iter().any(|known| known.value == host))
        };
        for network in site.networks.iter().filter(here) {
            self.add(format!("networks.{}.subnet", *network.name), &network.subnet, ToString::to_string);
            self.add(format!("networks.{}.internal", *network.name), &network.internal, bool::to_string);
        }
        self.edge(&site.edge);
    }

    fn edge(&mut self, edge: &Edge) {
        self.maybe("edge.domain", edge.domain.as_ref(), String::clone);
        self.maybe("edge.email", edge.email.as_ref(), String::clone);
        self.maybe("edge.vpn", edge.vpn.as_ref(), ToString::to_string);
        self.maybe("edge.vpn_address", edge.vpn_address.as_ref(), ToString::to_string);
        self.maybe("edge.dns", edge.dns.as_ref(), String::clone);
        self.add("edge.vpn_only", &edge.vpn_only, |stage| match stage {
            VpnOnly::Off => "off".to_owned(),
            VpnOnly::Prepared => "prepared".to_owned(),
            VpnOnly::On => "on".to_owned(),
        });
    }

    fn jobs(&mut self, settings: &Settings) {
        for job in &settings.cron {
            self.add(format!("cron.{}.schedule", *job.name), &job.schedule, String::clone);
            self.add(format!("cron.{}.user", *job.name), &job.user, String::clone);
            self.add(format!("cron.{}.command", *job.name), &job.command, String::clone);
        }
        for job in &settings.timers {
            self.add(format!("timers.{}.calendar", *job.name), &job.calendar, String::clone);
            self.add(format!("timers.{}.user", *job.name), &job.user, String::clone);
            self.add(format!("timers.{}.command", *job.name), &job.command, String::clone);
        }
        for unit in &settings.units {
            self.maybe(format!("units.{}.enabled", *unit.name), unit.enabled.as_ref(), bool::to_string);
            self.maybe(format!("units.{}.active", *unit.name), unit.active.as_ref(), bool::to_string);
        }
    }
}

fn origin_text(origin: &Origin, text: &str) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::Profile(name) => format!("profile {name}"),
        Origin::Written(span) => format!("{}:{}", span.file, line_number(text, span.range.start)),
        Origin::Lab => "lab".to_owned(),
    }
}

fn listed(values: &[String]) -> String {
    if values.is_empty() { "none".to_owned() } else { values.join(", ") }
}

fn mode(bits: &u32) -> String {
    format!("{bits:04o}")
}

fn socket_word(socket: SocketActivation) -> &'static str {
    match socket {
        SocketActivation::Auto => "auto",
        SocketActivation::On => "on",
        SocketActivation::Off => "off",
    }
}

fn policy_word(policy: Policy) -> &'static str {
    match policy {
        Policy::Allow => "allow",
        Policy::Deny => "deny",
        Policy::Reject => "reject",
    }
}

impl std::fmt::Display for Rule {
    /// Writes the rule in the shorthand that the site file takes.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.action {
            RuleAction::Limit => formatter.write_str("limit ")?,
            RuleAction::Reject => formatter.write_str("reject ")?,
            RuleAction::Allow | RuleAction::Deny => {}
        }
        match self.ports {
            None => formatter.write_str("any")?,
            Some((first, last)) if first == last => write!(formatter, "{first}")?,
            Some((first, last)) => write!(formatter, "{first}:{last}")?,
        }
        match self.protocol {
            Some(Transport::Tcp) => formatter.write_str("/tcp")?,
            Some(Transport::Udp) => formatter.write_str("/udp")?,
            None => {}
        }
        match self.from {
            Some(range) if range.prefix_len() == range.max_prefix_len() => write!(formatter, " from {}", range.addr())?,
            Some(range) => write!(formatter, " from {range}")?,
            None => {}
        }
        self.interface.iter().try_for_each(|interface| write!(formatter, " on {interface}"))
    }
}
