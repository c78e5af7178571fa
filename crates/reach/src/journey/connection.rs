//! The three packets that open a connection, each through its hooks.

mod answered;

use super::Model;
use super::walk::{Fate, Path, Tracking, Walk};
use crate::answer::{Answer, Because, How, Question};
use crate::filter::Hook;
use crate::packet::{Packet, Port, Track};
use crate::routing::{self, Back, Lookup, Routed};
use crate::state::{Listener, State};
use std::net::IpAddr;

/// One way that the packets may go, and its end.
pub(super) struct Ended {
    pub(super) answer: Answer,
    pub(super) doubts: Vec<Because>,
}

/// A first packet that arrived, and where.
struct Arrived {
    path: Path,
    place: Place,
}

/// Where a connection ends.
#[derive(Clone, Debug)]
enum Place {
    /// At a socket of the host's.
    Here,
    /// Beyond the host, by this interface.
    Beyond { output: String },
}

pub(super) fn follow(model: &Model, first: Packet, question: &Question) -> Vec<Ended> {
    let walk = Walk { state: model.state, chains: &model.chains };
    let mut journey = Journey { walk, question, ends: Vec::new() };
    let from_here = first.input.is_none();
    let start = Path { packet: first, because: Vec::new(), doubts: Vec::new() };
    let arrived = match from_here {
        true => journey.leave(start),
        false => journey.enter(start, tracked(Track::New)),
    };
    for arrived in arrived {
        journey.answer(arrived, from_here);
    }
    journey.ends
}

struct Journey<'a> {
    walk: Walk<'a>,
    question: &'a Question,
    ends: Vec<Ended>,
}

impl Journey<'_> {
    fn state(&self) -> &State {
        self.walk.state
    }

    fn end(&mut self, path: Path, how: Option<How>, because: Option<Because>) {
        let mut lines = path.because;
        lines.extend(because);
        let answer = match how {
            None => Answer::open(lines),
            Some(how) => Answer::closed(how, lines),
        };
        self.ends.push(Ended { answer, doubts: path.doubts });
    }

    fn end_unknown(&mut self, mut path: Path, because: Because) {
        path.doubts.push(because.clone());
        self.ends.push(Ended { answer: Answer::unknown(vec![because]), doubts: path.doubts });
    }

    /// Leads paths through a hook, and ends those that do not pass.
    fn through(&mut self, hook: Hook, paths: Vec<Path>, track: Option<Tracking>) -> Vec<Path> {
        let mut passed = Vec::new();
        for (path, fate) in self.walk.hook(hook, paths, track) {
            match fate {
                Fate::Passed => passed.push(path),
                Fate::Dropped => self.end(path, Some(How::Silent), None),
                Fate::Rejected => self.end(path, Some(How::Refused), None),
            }
        }
        passed
    }

    /// A packet from outside: to a socket of the host's, or through it.
    fn enter(&mut self, path: Path, tracking: Option<Tracking>) -> Vec<Arrived> {
        let paths = self.through(Hook::Ingress, vec![path], None);
        let paths = self.through(Hook::Prerouting, paths, tracking);
        let mut arrived = Vec::new();
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
                Routed::Here { .. } => {
                    let passed = self.through(Hook::Input, vec![path], None);
                    arrived.extend(passed.into_iter().map(|path| Arrived { path, place: Place::Here }));
                }
                Routed::Out { interface, line } => arrived.extend(self.forward(path, interface, line)),
                Routed::Nowhere { told, line } => {
                    let how = if told { How::Refused } else { How::Silent };
                    self.end(path, Some(how), Some(Because::new("route", line)));
                }
                Routed::Unknown { line } => self.end_unknown(path, Because::new("route", line)),
            }
        }
        arrived
    }

    /// The checks that the kernel makes of addresses before it looks for a route.
    fn checked(&mut self, path: Path) -> Option<Path> {
        let packet = path.packet.clone();
        let input = packet.input.as_deref().unwrap_or("lo");
        let refusal = |line: String| Because::new("kernel", line);
        let from_loopback = input == "lo";
        let (source, destination) = (packet.ends.source, packet.ends.destination);
        let may_be_loopback = from_loopback || (!packet.is_v6() && self.state().routes_loopback(input));
        if !may_be_loopback && (source.is_loopback() || destination.is_loopback()) {
            self.end(path, Some(How::Silent), Some(refusal("a loopback address from outside".into())));
            return None;
        }
        if from_loopback || packet.is_v6() {
            return Some(path);
        }
        if routing::is_own(self.state(), source) {
            self.end(path, Some(How::Silent), Some(refusal(format!("{source} is the host's own address"))));
            return None;
        }
        let settings = &self.state().kernel.reverse_path;
        let of = |name: &str| settings.get(name).copied().unwrap_or(0);
        let mode = of("all").max(of(input));
        if mode == 0 {
            return Some(path);
        }
        match routing::back(self.state(), &packet, mode == 1) {
            Back::Yes => Some(path),
            Back::No => {
                let line = format!("rp_filter of {input} is {mode}, and {source} is not reached by it");
                self.end(path, Some(How::Silent), Some(refusal(line)));
                None
            }
            Back::Unknown => {
                self.end_unknown(path, refusal(format!("rp_filter of {input}")));
                None
            }
        }
    }

    fn forward(&mut self, mut path: Path, output: String, line: String) -> Vec<Arrived> {
        let kernel = &self.state().kernel;
        let on = if path.packet.is_v6() { kernel.forward_v6 } else { kernel.forward_v4 };
        if !on {
            self.end(path, Some(How::Silent), Some(Because::new("kernel", "the host does not forward packets")));
            return Vec::new();
        }
        path.packet.output = Some(output.clone());
        path.because.push(Because::new("route", line));
        let paths = self.through(Hook::Forward, vec![path], None);
        let paths = self.through(Hook::Postrouting, paths, None);
        let place = Place::Beyond { output };
        paths.into_iter().map(|path| Arrived { path, place: place.clone() }).collect()
    }

    /// A packet of the host's own, first or answer, until it has left or arrived.
    fn leave(&mut self, path: Path) -> Vec<Arrived> {
        let mut arrived = Vec::new();
        let tracking = Tracking { track: Track::New, destination: None };
        for (path, output) in self.send(path, tracking) {
            if output == "lo" {
                // It keeps what tracking knows of it already.
                arrived.extend(self.enter(looped(path), None));
            } else {
                arrived.push(Arrived { path, place: Place::Beyond { output } });
            }
        }
        arrived
    }

    /// A packet of the host's own up to the interface that it leaves by.
    fn send(&mut self, mut path: Path, tracking: Tracking) -> Vec<(Path, String)> {
        let Some(output) = self.output(&mut path) else { return Vec::new() };
        path.packet.output = Some(output);
        let marked = path.packet.mark;
        let going = path.packet.ends.destination;
        let mut left = Vec::new();
        for mut path in self.through(Hook::Output, vec![path], Some(tracking)) {
            // A new mark, or a new destination, is a new route.
            if path.packet.mark != marked || path.packet.ends.destination != going {
                let Some(output) = self.output(&mut path) else { continue };
                path.packet.output = Some(output);
            }
            for path in self.through(Hook::Postrouting, vec![path], None) {
                let output = path.packet.output.clone().unwrap_or_default();
                left.push((path, output));
            }
        }
        left
    }

    fn output(&mut self, path: &mut Path) -> Option<String> {
        let packet = &path.packet;
        let lookup = Lookup {
            destination: packet.ends.destination,
            source: Some(packet.ends.source),
            input: None,
            mark: packet.mark,
        };
        match routing::route(self.state(), lookup) {
            Routed::Here { .. } => Some("lo".into()),
            Routed::Out { interface, .. }
                if packet.ends.source.is_loopback()
                    && (packet.is_v6() || !self.state().routes_loopback(&interface)) =>
            {
                let line = format!("a loopback address cannot leave by {interface}");
                self.end(path.clone(), Some(How::Silent), Some(Because::new("kernel", line)));
                None
            }
            Routed::Out { interface, .. } => Some(interface),
            Routed::Nowhere { line, .. } => {
                self.end(path.clone(), Some(How::Silent), Some(Because::new("route", line)));
                None
            }
            Routed::Unknown { line } => {
                self.end_unknown(path.clone(), Because::new("route", line));
                None
            }
        }
    }

    /// The first packet is there: somebody must be there too, and the answer must find its way.
    fn answer(&mut self, arrived: Arrived, from_here: bool) {
        let Arrived { mut path, place } = arrived;
        let listens = match &place {
            Place::Here => match self.listener(&path.packet) {
                Some(listener) => describe(listener),
                None => {
                    let port = number(path.packet.ends.destination_port);
                    let line = format!("nobody listens on {port}/{}", path.packet.protocol);
                    return self.end(path, Some(How::Refused), Some(Because::new("socket", line)));
                }
            },
            Place::Beyond { output } => {
                let to = path.packet.ends.destination;
                let port = number(path.packet.ends.destination_port);
                Because::new("beyond", format!("{to} port {port} by {output}"))
            }
        };
        path.because.push(listens);
        let first = path.packet.clone();
        if matches!(place, Place::Beyond { .. }) && first.ends.destination == first.original.source {
            let line = format!("{} would talk to itself through the host", first.original.source);
            return self.end_unknown(path, Because::new("beyond", line));
        }
        if matches!(place, Place::Beyond { .. }) && first.ends.source.is_loopback() {
            let line = format!("nobody beyond answers to {}, a loopback address", first.ends.source);
            return self.end(path, Some(How::Silent), Some(Because::new("beyond", line)));
        }
        let lines = path.because.len();
        let back = match &place {
            Place::Here => self.answer_from_here(path, &first, from_here),
            Place::Beyond { output } => self.answer_from_beyond(path, &first, output.clone(), from_here),
        };
        for mut path in back {
            path.because.truncate(lines);
            // Nothing puts an answer right whose question was not tracked.
            let from = path.packet.ends.source;
            if first.untracked && from != first.original.destination {
                let line = format!("the answer would come from {from}");
                self.end(path, Some(How::Silent), Some(Because::new("untracked", line)));
                continue;
            }
            self.third(path, &first, &place, from_here);
        }
    }

    fn listener(&self, packet: &Packet) -> Option<&Listener> {
        let Port::Known(port) = packet.ends.destination_port else { return None };
        let destination = packet.ends.destination;
        let takes = |listener: &&Listener| {
            let address = match listener.address {
                IpAddr::V6(any) if any.is_unspecified() => destination.is_ipv6() || !listener.v6_only,
                IpAddr::V4(any) if any.is_unspecified() => destination.is_ipv4(),
                own => own == destination,
            };
            let interface = listener.interface.as_ref().is_none_or(|name| packet.input.as_ref() == Some(name));
            listener.protocol == packet.protocol && listener.port == port && address && interface
        };
        self.walk.state.sockets.iter().find(takes)
    }
}

fn tracked(track: Track) -> Option<Tracking> {
    Some(Tracking { track, destination: None })
}

/// A packet that left by the loopback interface comes in there.
fn looped(mut path: Path) -> Path {
    path.packet.input = Some("lo".into());
    path.packet.output = None;
    path.packet.settled = true;
    path
}

fn number(port: Port) -> u16 {
    match port {
        Port::Known(port) => port,
        Port::Ephemeral => 0,
    }
}

fn describe(listener: &Listener) -> Because {
    let program = listener.program.as_deref().unwrap_or("somebody");
    let at = std::net::SocketAddr::new(listener.address, listener.port);
    Because::new("socket", format!("{program} listens on {at}/{}", listener.protocol))
}
