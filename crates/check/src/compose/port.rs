//! Published ports, short and long form.

use super::variable::{Settings, interpolate};
use piton_config::read::Value;
use piton_config::read::published::{Published, ports};
use std::ops::RangeInclusive;

#[derive(Clone, Debug)]
pub(crate) struct Port<'a> {
    /// The item as written.
    pub(crate) value: Value<'a>,
    /// The address it is published on; none means every address of the host.
    pub(crate) address: Option<String>,
    /// The ports of the host; none where the engine picks one, or a variable hides it.
    pub(crate) host: Option<RangeInclusive<u16>>,
    pub(crate) container: Option<RangeInclusive<u16>>,
    pub(crate) is_udp: bool,
    /// A variable in it has no value that piton can see.
    pub(crate) is_open: bool,
    /// No network of its service is one on which Docker publishes anything.
    pub(crate) is_cut_off: bool,
}

impl<'a> Port<'a> {
    pub(super) fn read(value: Value<'a>, settings: &Settings) -> Port<'a> {
        let text = |key: &str| value.get(key).and_then(Value::text).map(|text| interpolate(text, settings));
        if value.is_map() {
            let published = text("published");
            return Port {
                value,
                address: text("host_ip").filter(|address| !address.is_empty()),
                host: published.as_deref().and_then(ports),
                container: text("target").as_deref().and_then(ports),
                is_udp: text("protocol").is_some_and(|protocol| protocol.eq_ignore_ascii_case("udp")),
                is_open: published.is_some_and(|published| published.contains('$')),
                is_cut_off: false,
            };
        }
        let written = interpolate(value.text().unwrap_or_default(), settings);
        let is_open =
            written.contains("${") || written.contains("{{") || value.literal().is_none() && written.contains('$');
        let Published { address, host, container, is_udp, .. } = Published::read(&written);
        Port { value, address, host, container, is_udp, is_open, is_cut_off: false }
    }

    /// Whether it is published to whoever can reach the host.
    pub(crate) fn is_public(&self) -> bool {
        let everywhere = |address: &str| matches!(address, "0.0.0.0" | "::" | "*");
        !self.is_open
            && !self.is_cut_off
            && self.address.as_deref().is_none_or(everywhere)
            && (self.host.is_some() || self.container.is_some())
    }

    /// Whether it is published on the host itself only.
    pub(crate) fn is_loopback(&self) -> bool {
        self.address.as_deref().is_some_and(|address| address.starts_with("127.") || address == "::1")
    }

    /// Whether the container listens there on this port.
    pub(crate) fn reaches(&self, port: u16) -> bool {
        self.container.as_ref().is_some_and(|range| range.contains(&port))
    }
}
