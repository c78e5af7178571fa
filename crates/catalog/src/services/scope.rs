//! The words that a service's texts and templates may use, and their rendering.
//!
//! A scope is one seat as one of its containers sees the world: `at("loki", "http")` is another address
//! from another network. Names that do not exist are mistakes, and a template has fuel for a
//! bounded amount of work, since a site may come from somebody else.

use super::form::{Scalar, Text};
use super::trouble::Trouble;
use super::words;
use super::world::{Caller, Seat, World};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use piton_config::Origin;
use piton_plan::stack::mark;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More than any template of a configuration file takes.
const FUEL: u64 = 2_000_000;

/// More than any of them comes to.
const LONGEST: usize = 4 << 20;

pub(super) struct Scope {
    environment: Environment<'static>,
    pub(super) world: Arc<World>,
    pub(super) seat: Seat,
    pub(super) container: Option<String>,
    words: BTreeMap<String, Value>,
}

impl Scope {
    pub(super) fn new(world: &Arc<World>, seat: &Seat, container: Option<&str>) -> Result<Scope, Trouble> {
        let mut scope = Scope {
            environment: environment(),
            world: world.clone(),
            seat: seat.clone(),
            container: container.map(str::to_owned),
            words: BTreeMap::new(),
        };
        functions(&mut scope.environment, world, seat, container);
        scope.words = words::of(world, seat, container);
        let values = scope.values()?;
        scope.words.insert("values".to_owned(), values);
        Ok(scope)
    }

    /// The same scope with one more word.
    pub(super) fn with(&mut self, name: &str, value: impl serde::Serialize) -> &mut Self {
        self.words.insert(name.to_owned(), Value::from(Serde(value)));
        self
    }

    /// What the site chose of the service's values, or their defaults.
    fn values(&self) -> Result<Value, Trouble> {
        let mut values = BTreeMap::new();
        for (name, form) in &self.seat.form.values {
            let Some(value) = form.set.as_ref().or(form.default.as_ref()) else {
                let placement = self.world.placement(&self.seat);
                let what = format!("`{}` needs the value `{name}`: {}", *placement.name, form.about);
                let help = format!("add values.{name} below [services.{}]", *placement.name);
                return Err(Trouble::new("service/missing-value", what, help).at(&placement.name.origin));
            };
            let rendered = match &value.value {
                Json::String(text) => Json::from(self.render(text, &value.origin, None)?),
                other => other.clone(),
            };
            if let (Json::String(text), false) = (&rendered, form.choices.is_empty())
                && !form.choices.contains(text)
            {
                let what = format!("the value `{name}` is `{text}`, but must be one of {}", form.choices.join(", "));
                return Err(Trouble::new("site/bad-choice", what, form.about.clone()).at(&value.origin));
            }
            values.insert(name.clone(), Value::from(Serde(rendered)));
        }
        Ok(Value::from_pairs(values))
    }

    pub(super) fn text(&self, text: &Text) -> Result<String, Trouble> {
        self.render(text, &text.origin, None)
    }

    /// A text that leaves out what it is for when it comes out empty.
    pub(super) fn some(&self, text: &Text) -> Result<Option<String>, Trouble> {
        Ok(Some(self.text(text)?).filter(|text| !text.is_empty()))
    }

    pub(super) fn maybe(&self, text: Option<&Text>) -> Result<Option<String>, Trouble> {
        text.map_or(Ok(None), |text| self.some(text))
    }

    pub(super) fn texts(&self, texts: &[Text]) -> Result<Vec<String>, Trouble> {
        let mut rendered = Vec::new();
        for text in texts {
            match self.list(text) {
                Some(list) => rendered.extend(list),
                None => rendered.extend(self.some(text)?),
            }
        }
        Ok(rendered)
    }

    /// A text that is one expression and comes to a list stands for its elements: `["{{ values.command }}"]`.
    fn list(&self, text: &Text) -> Option<Vec<String>> {
        let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
        let expression = self.environment.compile_expression(inner.trim()).ok()?;
        let value = expression.eval(Value::from_pairs(self.words.clone())).ok()?;
        // Two lists put together are no sequence to the language, only something to walk over.
        if !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
            return None;
        }
        Some(value.try_iter().ok()?.map(|element| element.to_string()).collect())
    }

    /// Whether a condition holds: there is none, or it comes out as anything but nothing and `false`.
    pub(super) fn holds(&self, condition: Option<&Text>) -> Result<bool, Trouble> {
        let Some(condition) = condition else { return Ok(true) };
        Ok(!matches!(self.text(condition)?.trim(), "" | "false" | "0"))
    }

    pub(super) fn scalar(&self, scalar: Option<&Scalar>) -> Result<Option<String>, Trouble> {
        let Some(scalar) = scalar else { return Ok(None) };
        let text = match &scalar.value {
            Json::String(text) => self.render(text, &scalar.origin, None)?,
            other => other.to_string(),
        };
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// Renders a template file of the service.
    pub(super) fn template(&self, name: &str) -> Result<String, Trouble> {
        let folder = &self.seat.folder;
        let file = folder.file(&format!("templates/{name}"));
        let Some(text) = folder.template(name) else {
            let what = format!("`{}` has no template `{name}`", self.world.name(&self.seat));
            let help = format!("put one at {file}, or name it under `templates`");
            return Err(Trouble::new("service/no-template", what, help).at(&self.origin()));
        };
        self.render(text, &self.origin(), Some(&file))
    }

    /// Where the service is placed: what is shown for mistakes in a file that is no TOML.
    pub(super) fn origin(&self) -> Origin {
        self.world.placement(&self.seat).name.origin.clone()
    }

    fn render(&self, text: &str, origin: &Origin, file: Option<&str>) -> Result<String, Trouble> {
        if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
            return Ok(text.to_owned());
        }
        let context = Value::from_pairs(self.words.clone());
        let rendered = self.environment.render_named_str(file.unwrap_or("text"), text, context);
        let rendered = rendered.map_err(|error| trouble(&error, text, origin, file))?;
        match rendered.len() > LONGEST {
            true => Err(Trouble::new("service/template", "a template comes out longer than 4 MiB", "make it shorter")
                .at(origin)),
            false => Ok(rendered),
        }
    }
}

/// What is wrong, in which line of which file, and which word it is about.
fn trouble(error: &Error, text: &str, origin: &Origin, file: Option<&str>) -> Trouble {
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let word = error.range().and_then(|range| text.get(range)).map(|word| format!(" (`{word}`)")).unwrap_or_default();
    let place = match (file, error.line()) {
        (Some(file), Some(line)) => format!("{file}:{line}: "),
        (Some(file), None) => format!("{file}: "),
        (None, _) => String::new(),
    };
    let help = "the words that templates know are in docs/reference/service.md";
    Trouble::new("service/template", format!("{place}{detail}{word}"), help).at(origin)
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_debug(true);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(64);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_formatter(|out, state, value| {
        if value.is_none() {
            return Err(refuse("there is nothing here on this site: ask with `is none` first".to_owned()));
        }
        // As JSON, YAML and most programs write a truth.
        match (value.kind(), value.is_true()) {
            (ValueKind::Bool, truth) => minijinja::escape_formatter(out, state, &Value::from(truth.to_string())),
            _ => minijinja::escape_formatter(out, state, value),
        }
    });
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    if let Ok(syntax) = syntax {
        environment.set_syntax(syntax);
    }
    environment
}

fn refuse(what: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, what)
}

/// Functions ask the world; each is told of in docs/reference/service.md.
fn functions(environment: &mut Environment<'static>, world: &Arc<World>, seat: &Seat, container: Option<&str>) {
    let asker = Arc::new((world.clone(), seat.clone(), container.map(str::to_owned)));
    let own = asker.clone();
    environment.add_function("at", move |service: &str, port: &str| {
        let (world, seat, container) = &*own;
        let caller = Caller { seat, container: container.as_deref() };
        world.address(caller, service, port).map_err(refuse)
    });
    let own = asker.clone();
    environment.add_function("has", move |service: &str| !own.0.find_from(service, &own.1).is_empty());
    let own = asker.clone();
    environment.add_function("here", move |service: &str| {
        let host = &own.0.host(&own.1).name;
        own.0.find_from(service, &own.1).iter().any(|seat| own.0.host(seat).name == *host)
    });
    let own = asker.clone();
    environment.add_function("name_of", move |service: &str| {
        let seats = own.0.find_from(service, &own.1);
        let seat = seats.first().ok_or_else(|| refuse(format!("no service `{service}` is placed")))?;
        Ok::<String, Error>(own.0.name(seat).to_owned())
    });
    let own = asker.clone();
    environment.add_function("url_of", move |service: &str| words::url_of(&own.0, service, &own.1).map_err(refuse));
    let own = asker.clone();
    environment.add_function("pages", move || {
        let (world, seat, container) = &*own;
        words::pages(world, Caller { seat, container: container.as_deref() }).map_err(refuse)
    });
    let own = asker.clone();
    environment.add_function("targets", move || {
        let (world, seat, container) = &*own;
        words::targets(world, Caller { seat, container: container.as_deref() }).map_err(refuse)
    });
    let own = asker;
    environment.add_function("alerts", move || words::alerts(&own.0, &own.1).map_err(refuse));
    environment.add_function("secret", |name: &str, form: Option<&str>| {
        let form = form.unwrap_or("plain");
        let form = mark::Form::of(form).ok_or_else(|| refuse(format!("a secret cannot be written as `{form}`")))?;
        match mark::is_name(name) {
            true => Ok::<String, Error>(mark::mark(name, form)),
            false => Err(refuse(format!("`{name}` is not the name of a secret: a-z, 0-9 and _"))),
        }
    });
    environment.add_filter("quoted", |value: &str| Json::from(value).to_string());
    environment.add_filter("indented", |text: &str, by: usize| {
        text.lines().map(|line| format!("{:by$}{line}", "")).collect::<Vec<_>>().join("\n")
    });
}
