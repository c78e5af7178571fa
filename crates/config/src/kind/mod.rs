//! What a value may look like: the kinds that `keys/` gives to its keys, and their check.
//!
//! A check looks at one value alone; what only shows when values are put together (a host that
//! does not exist, two equal addresses) is found in `resolve/`. How text is checked, kind by kind,
//! is in `text.rs`.

mod schedule;
mod text;

use crate::problem::{Problem, Problems};
use crate::public_key;
use crate::shape::refuse_unknown_keys;
use crate::tree::{Data, Node, Table};
pub(crate) use text::range_fault;
pub(crate) use text::text_fault;

/// The images that the lab can boot.
pub(crate) const LAB_IMAGES: &[&str] = &["debian-12", "debian-13", "ubuntu-22.04", "ubuntu-24.04"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One line of text.
    Text,
    /// Text of any number of lines.
    Content,
    Bool,
    Number {
        least: i64,
        most: i64,
    },
    Port,
    Mode,
    Choice(&'static [&'static str]),
    /// A word that names the lab's folder: letters, digits, `-`, `_`.
    Name,
    /// A word that names a file of cron's or a unit.
    Job,
    /// A user or a group.
    User,
    Path,
    LocalPath,
    /// An IP address, a DNS name or an ssh alias.
    Address,
    /// An IP address or a range.
    Network,
    Range,
    Interface,
    TimeSpan,
    TimeZone,
    Profile,
    DropIn,
    Package,
    Unit,
    Schedule,
    Calendar,
    CronCommand,
    /// `user@:port` or a table.
    Login,
    IpAddress,
    /// A mesh address or a table with one.
    Member,
    Rule,
    /// A file with public keys, or a public key.
    PublicKey,
    /// `"all"` or a list of commands.
    Commands,
    /// A table whose keys are somebody else's.
    Table,
    /// A DNS name, or a word that becomes one.
    Domain,
    UrlPath,
    /// A table of texts.
    Variables,
    /// A table of files of the site's folder.
    Templates,
    /// A table whose keys are patterns of paths.
    ByPattern(&'static Kind),
    List(&'static Kind),
    /// One, or a list.
    OneOrMore(&'static Kind),
}

/// What is wrong with one value.
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    /// Goes on after "`ssh.port` ".
    pub(crate) what: String,
    /// The text under the caret.
    pub(crate) under: String,
    pub(crate) help: String,
    /// The word within the text that is wrong, when it is not the whole.
    pub(crate) word: Option<String>,
    pub(crate) suggestion: Option<String>,
}

impl Fault {
    pub(crate) fn new(
        code: &'static str,
        what: impl Into<String>,
        under: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Fault { code, what: what.into(), under: under.into(), help: help.into(), word: None, suggestion: None }
    }

    pub(crate) fn word(mut self, word: &str) -> Self {
        self.word = Some(word.to_owned());
        self
    }

    pub(crate) fn suggest(mut self, name: Option<&str>) -> Self {
        self.suggestion = name.map(str::to_owned);
        self
    }

    /// Makes the problem, pointing at the value or at the word in it.
    pub(crate) fn problem(self, path: &str, node: &Node) -> Problem {
        let origin = self.word.as_deref().map_or_else(|| node.origin.clone(), |word| node.part(word));
        Problem::new(self.code, format!("`{path}` {}", self.what))
            .at(&origin, self.under)
            .suggest(self.suggestion.as_deref())
            .help(self.help)
    }
}

impl Kind {
    /// Says in words what is taken, to go on after "must be".
    pub(crate) fn takes(self) -> String {
        match self {
            Kind::Bool => "true or false".to_owned(),
            Kind::Number { least, most: 4_294_967_294 } => format!("a whole number from {least}"),
            Kind::Number { least, most } => format!("a whole number from {least} to {most}"),
            Kind::Port => "a port number from 1 to 65535".to_owned(),
            Kind::Mode => "a mode in quotes, like \"0750\"".to_owned(),
            Kind::Choice(choices) => format!("one of {}", quoted(choices)),
            Kind::Login => "text like \"ubuntu@:22\", or a table { user, port }".to_owned(),
            Kind::Member => "an address of the mesh, or a table { address, port }".to_owned(),
            Kind::Rule => "a rule like \"9100/tcp from mesh\", or a table { rule, why }".to_owned(),
            Kind::Commands => "\"all\", or a list of commands".to_owned(),
            Kind::Table => "a table".to_owned(),
            Kind::Variables => "a table of texts".to_owned(),
            Kind::Templates => "a table of files of the site's folder".to_owned(),
            Kind::OneOrMore(element) => format!("{}, or a list", element.takes()),
            Kind::ByPattern(_) => "a table from patterns to lists".to_owned(),
            Kind::List(element) => format!("a list, each element {}", element.takes()),
            _ => self.takes_text().to_owned(),
        }
    }

    fn takes_text(self) -> &'static str {
        match self {
            Kind::Name | Kind::Job => "a name in quotes",
            Kind::User => "a user or group name in quotes",
            Kind::Path => "an absolute path in quotes",
            Kind::LocalPath => "a path in quotes",
            Kind::Address => "an address in quotes",
            Kind::Network => "an address or a range in quotes",
            Kind::Range => "a range in quotes, like \"10.0.0.0/24\"",
            Kind::IpAddress => "an IP address in quotes",
            Kind::Interface => "an interface name in quotes",
            Kind::TimeSpan => "a time span in quotes, like \"10m\"",
            Kind::TimeZone => "a time zone in quotes, like \"Europe/Berlin\"",
            Kind::Profile => "the name of a profile in quotes",
            Kind::DropIn => "a file name in quotes",
            Kind::Package => "a package name in quotes",
            Kind::Unit => "a unit name in quotes",
            Kind::Schedule => "a schedule in quotes, like \"30 3 * * *\"",
            Kind::Calendar => "a calendar expression in quotes",
            Kind::Domain => "a domain in quotes, like \"n8n.example.org\"",
            Kind::UrlPath => "a path in quotes, like \"/grafana\"",
            Kind::PublicKey => "a public key or a file that holds one, in quotes",
            _ => "text in quotes",
        }
    }

    /// Reports what is wrong with a value and takes it out of the tree, so that nobody trips over it again.
    pub(crate) fn check(self, node: &mut Node, path: &str, problems: &mut Problems) {
        if matches!(node.data, Data::Broken) {
            return;
        }
        let fault = match (self, &mut node.data) {
            (Kind::Bool, Data::Bool(_)) | (Kind::Table, Data::Table(_)) => None,
            (Kind::List(element), Data::List(nodes)) => {
                nodes.iter_mut().for_each(|node| element.check(node, path, problems));
                None
            }
            (Kind::OneOrMore(element), Data::List(nodes)) => {
                nodes.iter_mut().for_each(|node| element.check(node, path, problems));
                None
            }
            (Kind::OneOrMore(element), _) => {
                element.check(node, path, problems);
                None
            }
            (Kind::Variables | Kind::Templates, Data::Table(table)) => {
                let kind = if self == Kind::Templates { Kind::LocalPath } else { Kind::Content };
                table.entries.iter_mut().for_each(|entry| {
                    kind.check(&mut entry.node, &format!("{path}.{}", entry.key), problems);
                });
                None
            }
            (Kind::ByPattern(element), Data::Table(table)) => {
                element.check_by_pattern(table, path, problems);
                None
            }
            (Kind::Commands, Data::List(nodes)) => {
                nodes.iter_mut().for_each(|node| Kind::Text.check(node, path, problems));
                None
            }
            (kind, Data::Table(table)) if !kind.fields().is_empty() => kind.check_fields(table, path, problems),
            (Kind::Port, Data::Integer(number)) => port_fault(*number),
            (Kind::Number { least, most }, Data::Integer(number)) => number_fault(*number, least, most),
            (Kind::Mode, Data::Integer(_)) => Some(Fault::new(
                "site/bad-mode",
                "is a number without quotes, which loses its octal meaning",
                "put quotes around it",
                "modes are written in quotes: \"0750\"",
            )),
            (kind, Data::Text(text)) if kind != Kind::Content && public_key::is_private(text) => {
                Some(public_key::private_key_fault())
            }
            (kind, Data::Text(text)) if kind.is_text() => text_fault(kind, text),
            _ => Some(self.type_fault(node)),
        };
        if let Some(fault) = fault {
            problems.push(fault.problem(path, node));
            node.data = Data::Broken;
        }
    }

    /// The keys of the table that may stand in place of a text; the first one must be there.
    pub(crate) fn fields(self) -> &'static [(&'static str, Kind)] {
        match self {
            Kind::Rule => &[("rule", Kind::Rule), ("why", Kind::Text)],
            Kind::Login => &[("user", Kind::User), ("port", Kind::Port)],
            Kind::Member => &[
                ("address", Kind::IpAddress),
                ("interface", Kind::Interface),
                ("port", Kind::Port),
                ("keepalive", Kind::Number { least: 0, most: 65_535 }),
            ],
            _ => &[],
        }
    }

    fn check_fields(self, table: &mut Table, path: &str, problems: &mut Problems) -> Option<Fault> {
        let fields = self.fields();
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        refuse_unknown_keys(table, &format!("a table of `{path}`"), &names, problems);
        for entry in &mut table.entries {
            if let Some((name, kind)) = fields.iter().find(|(name, _)| *name == entry.key) {
                kind.check(&mut entry.node, &format!("{path}.{name}"), problems);
            }
        }
        let (first, _) = fields.first()?;
        table.entry(first).is_none().then(|| {
            Fault::new(
                "site/missing-key",
                format!("is a table without `{first}`"),
                format!("`{first}` is missing"),
                format!("add {first} = \"…\""),
            )
        })
    }

    fn is_text(self) -> bool {
        !matches!(
            self,
            Kind::Bool
                | Kind::Number { .. }
                | Kind::Port
                | Kind::Table
                | Kind::ByPattern(_)
                | Kind::Variables
                | Kind::Templates
                | Kind::List(_)
                | Kind::OneOrMore(_)
        )
    }

    fn type_fault(self, node: &Node) -> Fault {
        let help = match (self, &node.data) {
            (Kind::List(_), Data::Text(text)) => format!("put it into brackets: [{text:?}]"),
            (Kind::Port | Kind::Number { .. } | Kind::Bool, Data::Text(_)) => "write it without quotes".to_owned(),
            (kind, Data::Integer(_) | Data::Float(_) | Data::Bool(_) | Data::Date) if kind.is_text() => {
                "put quotes around it".to_owned()
            }
            _ => format!("it takes {}", self.takes()),
        };
        let wanted = if matches!(self, Kind::List(_)) { "a list".to_owned() } else { self.takes() };
        let what = format!("must be {wanted}, not {}", node.type_name());
        Fault::new("site/wrong-type", what, format!("this is {}", node.type_name()), help)
    }
}

fn port_fault(number: i64) -> Option<Fault> {
    (!(1..=65_535).contains(&number)).then(|| {
        Fault::new(
            "site/bad-port",
            format!("is {number}, which is not a port"),
            "no such port",
            "ports go from 1 to 65535",
        )
    })
}

fn number_fault(number: i64, least: i64, most: i64) -> Option<Fault> {
    (!(least..=most).contains(&number)).then(|| {
        let bound = if number < least { format!("at least {least}") } else { format!("at most {most}") };
        let under = if number < least { "too small" } else { "too large" };
        Fault::new(
            "site/bad-number",
            format!("is {number}, but must be {bound}"),
            under,
            format!("write a number that is {bound}"),
        )
    })
}

pub(crate) fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
