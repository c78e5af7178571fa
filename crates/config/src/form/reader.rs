//! Our tree as a source for serde, which then tells at which line it could not go on.
//!
//! A field of type [`Valued`] gets its place besides its value; any other type reads as usual.

use crate::near::nearest;
use crate::tree::{Data, Entry, Node};
use crate::{Origin, Problem, Span, Valued};
use serde::de::value::{MapAccessDeserializer, StrDeserializer, StringDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use std::fmt;

/// The name by which [`Valued`] asks for its place.
const VALUED: &str = "piton::Valued";
const FIELDS: &[&str] = &["value", "file", "start", "end"];

pub(super) struct Reader<'a>(&'a Node);

impl<'a> Reader<'a> {
    pub(super) fn new(node: &'a Node) -> Self {
        Reader(node)
    }
}

/// Where reading stopped, and why.
#[derive(Debug)]
pub(super) struct Fault(Box<Story>);

#[derive(Debug)]
struct Story {
    what: String,
    known: Vec<&'static str>,
    unknown: Option<String>,
    path: Vec<String>,
    origin: Option<Origin>,
}

impl Fault {
    fn new(what: impl fmt::Display) -> Self {
        let what = what.to_string();
        Fault(Box::new(Story { what, known: Vec::new(), unknown: None, path: Vec::new(), origin: None }))
    }

    /// The innermost place counts.
    fn at(mut self, origin: &Origin) -> Self {
        self.0.origin.get_or_insert_with(|| origin.clone());
        self
    }

    fn within(mut self, key: &str) -> Self {
        self.0.path.insert(0, key.to_owned());
        self
    }

    pub(super) fn problem(self, otherwise: &Origin) -> Problem {
        let Story { what, known, unknown, path, origin } = *self.0;
        let place = if path.is_empty() { "a service".to_owned() } else { format!("`{}`", path.join(".")) };
        let origin = origin.as_ref().unwrap_or(otherwise);
        match &unknown {
            Some(key) => Problem::new("service/unknown-key", format!("{place} has no key `{key}`"))
                .at(origin, "not a known key")
                .note(format!("keys: {}", known.join(", ")))
                .suggest(nearest(key, known.iter().copied()))
                .help("check the spelling, or remove the line"),
            None => Problem::new("service/bad-value", format!("{place}: {what}"))
                .at(origin, "here")
                .help("what a service may say is in docs/reference/service.md"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.what)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Fault::new(message)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let mut fault = Fault::new("");
        fault.0.known = expected.to_vec();
        fault.0.unknown = Some(field.to_owned());
        fault
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Fault::new(format_args!("`{variant}` is not one of {}", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::new(format_args!("`{field}` is missing"))
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let origin = &self.0.origin;
        let read = match &self.0.data {
            Data::Text(text) => visitor.visit_str(text),
            Data::Integer(number) => visitor.visit_i64(*number),
            Data::Float(number) => visitor.visit_f64(*number),
            Data::Bool(truth) => visitor.visit_bool(*truth),
            Data::List(nodes) => visitor.visit_seq(Elements(nodes.iter())),
            Data::Table(table) => visitor.visit_map(Fields { rest: table.entries.iter(), value: None }),
            Data::Date | Data::Broken => Err(Fault::new("a date does not stand here: put quotes around it")),
        };
        read.map_err(|fault| fault.at(origin))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match name {
            VALUED => visitor.visit_map(Placed { node: self.0, next: 0 }),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let origin = &self.0.origin;
        let read = match &self.0.data {
            Data::Text(text) => StrDeserializer::<Fault>::new(text).deserialize_enum(name, variants, visitor),
            Data::Table(table) => {
                visitor.visit_enum(MapAccessDeserializer::new(Fields { rest: table.entries.iter(), value: None }))
            }
            _ => Err(Fault::new(format_args!("must be one of {}", variants.join(", ")))),
        };
        read.map_err(|fault| fault.at(origin))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Elements<'a>(std::slice::Iter<'a, Node>);

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.0.next().map(|node| seed.deserialize(Reader(node))).transpose()
    }
}

struct Fields<'a> {
    rest: std::slice::Iter<'a, Entry>,
    value: Option<&'a Entry>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(entry) = self.rest.next() else { return Ok(None) };
        self.value = Some(entry);
        let key: StrDeserializer<Fault> = entry.key.as_str().into_deserializer();
        seed.deserialize(key).map(Some).map_err(|fault| fault.at(&entry.key_origin))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let Some(entry) = self.value.take() else { return Err(Fault::new("a value before its key")) };
        seed.deserialize(Reader(&entry.node)).map_err(|fault| fault.within(&entry.key).at(&entry.node.origin))
    }
}

/// A value, and then where it stands.
struct Placed<'a> {
    node: &'a Node,
    next: usize,
}

impl<'de> MapAccess<'de> for Placed<'_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(field) = FIELDS.get(self.next) else { return Ok(None) };
        self.next += 1;
        let key: StrDeserializer<Fault> = (*field).into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let span = self.node.origin.span();
        match self.next {
            1 => seed.deserialize(Reader(self.node)).map_err(|fault| fault.at(&self.node.origin)),
            2 => {
                let file = span.map(|span| span.file.clone()).unwrap_or_default();
                seed.deserialize(StringDeserializer::<Fault>::new(file))
            }
            3 => seed.deserialize((span.map_or(0, |span| span.range.start) as u64).into_deserializer()),
            _ => seed.deserialize((span.map_or(0, |span| span.range.end) as u64).into_deserializer()),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Valued<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "piton::Valued")]
        struct Parts<T> {
            value: T,
            file: String,
            start: usize,
            end: usize,
        }
        let Parts { value, file, start, end } = Parts::deserialize(deserializer)?;
        Ok(Valued { value, origin: Origin::Written(Span { file, range: start..end }) })
    }
}
