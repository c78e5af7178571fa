//! The answer to a first packet that arrived, and the packet after it.
//!
//! Both belong to a connection that tracking knows, unless a rule kept it from looking. An answer
//! has to leave by the interface that the question came in by, or it does not come to who asked.

use super::{Journey, Place, looped};
use crate::answer::{Because, How, Source};
use crate::filter::Hook;
use crate::journey::walk::{Path, Tracking};
use crate::packet::{Ends, Handshake, Packet, Protocol, Track};
use crate::routing::{self, Lookup, Routed};
use crate::state::LinkKind;
use std::net::IpAddr;

impl Journey<'_> {
    /// What connection tracking says of an answer to this first packet.
    fn answer_track(first: &Packet) -> Track {
        match (first.untracked, first.protocol) {
            (false, _) => Track::Established,
            // It never saw the question.
            (true, Protocol::Tcp) => Track::Invalid,
            (true, Protocol::Udp) => Track::New,
        }
    }

    fn answer_packet(first: &Packet) -> Packet {
        let ends = Ends {
            source: first.ends.destination,
            source_port: first.ends.destination_port,
            destination: first.ends.source,
            destination_port: first.ends.source_port,
        };
        Packet {
            ends,
            input: None,
            output: None,
            mark: 0,
            track: Track::Invalid,
            forth: false,
            handshake: Handshake::Answer,
            untracked: false,
            ..first.clone()
        }
    }

    pub(super) fn answer_from_here(&mut self, path: Path, first: &Packet, from_here: bool) -> Vec<Path> {
        let mut packet = Self::answer_packet(first);
        // A connection within the host is seen by its tracking under the first packet's ends.
        packet.original = first.original;
        let answer = Path { packet, because: path.because, doubts: path.doubts };
        let mut found = Vec::new();
        let tracking = Tracking { track: Self::answer_track(first), destination: None };
        for (path, output) in self.send(answer, tracking) {
            if from_here {
                found.extend(self.enter(looped(path), None).into_iter().map(|arrived| arrived.path));
                continue;
            }
            match self.way_back(first, &output, path.packet.ends.destination) {
                Ok(true) => found.push(path),
                Ok(false) => {
                    let line = format!("answers to {} would leave by {output}", path.packet.ends.destination);
                    self.end(path, Some(How::Silent), Some(Because::new("route", line)));
                }
                Err(because) => self.end_unknown(path, because),
            }
        }
        found
    }

    /// Whether an answer that leaves by an interface comes to who asked by another.
    fn way_back(&self, first: &Packet, output: &str, to: IpAddr) -> Result<bool, Because> {
        let state = self.state();
        let tunnel = state.tunnels.iter().find(|tunnel| tunnel.interface == output);
        if tunnel.is_some_and(|tunnel| !tunnel.allowed.iter().any(|net| net.contains(&to))) {
            return Ok(false);
        }
        let input = first.input.as_deref().unwrap_or_default();
        if input == output {
            return Ok(true);
        }
        match state.link(output).map(|link| link.kind) {
            // What lies behind these is known, and who came by a card is not there.
            Some(LinkKind::Bridge | LinkKind::Wireguard | LinkKind::Dummy | LinkKind::Loopback) => Ok(false),
            _ => Err(Because::new("route", format!("{to} comes in by {input}, and answers leave by {output}"))),
        }
    }

    /// The answer of a machine beyond: it comes in where the question went out.
    pub(super) fn answer_from_beyond(
        &mut self,
        path: Path,
        first: &Packet,
        output: String,
        from_here: bool,
    ) -> Vec<Path> {
        let mut packet = Self::answer_packet(first);
        packet.input = Some(output);
        packet.mark = 0;
        // A masked source gets its own address back.
        let back_to = (first.original.source, first.original.source_port);
        let tracking = Tracking { track: Self::answer_track(first), destination: Some(back_to) };
        let answer = Path { packet, because: path.because, doubts: path.doubts };
        let paths = self.through(Hook::Ingress, vec![answer], None);
        let paths = self.through(Hook::Prerouting, paths, Some(tracking));
        let mut found = Vec::new();
        for path in paths {
            let Some(path) = self.checked(path) else { continue };
            let packet = &path.packet;
            let lookup = Lookup {
                destination: packet.ends.destination,
                source: Some(packet.ends.source),
                input: packet.input.as_deref(),
                mark: packet.mark,
            };
            match routing::route(self.state(), lookup) {
                Routed::Here { .. } if from_here => found.extend(self.through(Hook::Input, vec![path], None)),
                Routed::Out { interface, line } if !from_here => {
                    match self.way_back(first, &interface, packet.ends.destination) {
                        Ok(true) => {
                            let arrived = self.forward(path, interface, line);
                            found.extend(arrived.into_iter().map(|arrived| arrived.path));
                        }
                        Ok(false) => {
                            let line = format!("answers to {} would leave by {interface}", packet.ends.destination);
                            self.end(path, Some(How::Silent), Some(Because::new("route", line)));
                        }
                        Err(because) => self.end_unknown(path, because),
                    }
                }
                Routed::Here { line } | Routed::Out { line, .. } | Routed::Nowhere { line, .. } => {
                    self.end(path, Some(How::Silent), Some(Because::new("route", line)));
                }
                Routed::Unknown { line } => self.end_unknown(path, Because::new("route", line)),
            }
        }
        found
    }

    /// The packet after the answer, with which a TCP connection is there on both sides. For UDP the
    /// answer was all there is to see.
    pub(super) fn third(&mut self, path: Path, first: &Packet, place: &Place, from_here: bool) {
        if first.protocol == Protocol::Udp {
            return self.end(path, None, None);
        }
        let packet = Packet {
            ends: first.original,
            input: if from_here { None } else { self.entered_by() },
            output: None,
            mark: 0,
            connection_mark: path.packet.connection_mark,
            track: Track::Invalid,
            handshake: Handshake::Third,
            forth: true,
            untracked: false,
            ..first.clone()
        };
        let tracking = Tracking {
            track: if first.untracked { Track::Invalid } else { Track::Established },
            destination: Some((first.ends.destination, first.ends.destination_port)),
        };
        let lines = path.because.len();
        let start = Path { packet: packet.clone(), because: path.because, doubts: path.doubts };
        let arrived = match from_here {
            true => {
                let mut arrived = Vec::new();
                for (path, output) in self.send(start, tracking) {
                    match output.as_str() {
                        "lo" => arrived.extend(self.enter_again(looped(path), None, place)),
                        _ => arrived.push(path),
                    }
                }
                arrived
            }
            false => self.enter_again(start, Some(tracking), place),
        };
        for mut path in arrived {
            path.because.truncate(lines);
            self.end(path, None, None);
        }
    }

    fn entered_by(&self) -> Option<String> {
        match &self.question.source {
            Source::Outside { address, interface } => interface
                .clone()
                .or_else(|| routing::interface_towards(self.state(), *address, self.question.destination)),
            Source::Itself => None,
        }
    }

    /// A later packet of a connection goes where the first one was sent.
    fn enter_again(&mut self, path: Path, tracking: Option<Tracking>, place: &Place) -> Vec<Path> {
        let paths = self.through(Hook::Ingress, vec![path], None);
        let paths = self.through(Hook::Prerouting, paths, tracking);
        let mut found = Vec::new();
        for mut path in paths {
            match place {
                Place::Here => found.extend(self.through(Hook::Input, vec![path], None)),
                Place::Beyond { output } => {
                    path.packet.output = Some(output.clone());
                    let paths = self.through(Hook::Forward, vec![path], None);
                    found.extend(self.through(Hook::Postrouting, paths, None));
                }
            }
        }
        found
    }
}
