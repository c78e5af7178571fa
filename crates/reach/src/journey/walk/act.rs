//! What a rule does to a packet once its tests hold.

use super::{At, Left, Path, Walk, anything, decided, doubting};
use crate::filter::{Action, Range, Span};
use crate::packet::{Packet, Port, Track};

impl<'a> Walk<'a> {
    /// Carries an action out; gives back the packets that go on within the rule.
    pub(super) fn act(
        &self,
        at: At<'a>,
        action: &'a Action,
        mut path: Path,
        ended: &mut Vec<(Path, Left)>,
    ) -> Vec<Path> {
        let translates = |packet: &Packet| packet.track == Track::New;
        match action {
            Action::GoOn => return vec![path],
            Action::Accept => ended.push((decided(path, at), Left::Accepted)),
            Action::Drop => ended.push((decided(path, at), Left::Dropped)),
            Action::Reject => ended.push((decided(path, at), Left::Rejected)),
            Action::Return => ended.push((path, Left::Back)),
            Action::Jump(name) => return self.jump(at, name, path, ended),
            Action::Goto(name) => {
                let Some(chain) = self.named(at.table, name) else {
                    ended.extend(anything(vec![decided(path, at)], &at.because()));
                    return Vec::new();
                };
                let before = path.because.len();
                let ends = self.chain(at.table, chain, vec![decided(path, at)], at.depth + 1);
                ended.extend(ends.into_iter().map(|(mut path, left)| {
                    if left == Left::Back {
                        path.because.truncate(before);
                    }
                    (path, left)
                }));
            }
            Action::SendTo { address, ports } if translates(&path.packet) => {
                return self.send(at, path, *address, *ports, ended);
            }
            Action::SendHere { ports } if translates(&path.packet) => {
                let address = match &path.packet.input {
                    Some(input) => {
                        let v6 = path.packet.is_v6();
                        let mut own = self.state.addresses_of(input).map(|own| own.net.addr());
                        own.find(|own| own.is_ipv6() == v6).map(Range::one)
                    }
                    None if path.packet.is_v6() => "::1".parse().ok().map(Range::one),
                    None => "127.0.0.1".parse().ok().map(Range::one),
                };
                return match address {
                    Some(address) => self.send(at, path, Some(address), *ports, ended),
                    // An interface without an address: the kernel drops it.
                    None => {
                        ended.push((decided(path, at), Left::Dropped));
                        Vec::new()
                    }
                };
            }
            Action::Mask { address } if translates(&path.packet) => {
                let mut path = decided(path, at);
                let before = path.packet.ends.source;
                let own = path.packet.output.as_deref().and_then(|output| {
                    let v6 = path.packet.is_v6();
                    self.state.addresses_of(output).map(|own| own.net.addr()).find(|own| own.is_ipv6() == v6)
                });
                if let Some(source) = address.map(|range| range.first).or(own) {
                    path.packet.ends.source = source;
                }
                path.packet.masked = path.packet.ends.source != before;
                ended.push((path, Left::Accepted));
            }
            // What is not tracked cannot be translated, and a later packet has been.
            Action::SendTo { .. } | Action::SendHere { .. } | Action::Mask { .. } => return vec![path],
            Action::Unmodelled(_) => {
                let path = doubting(path, at);
                ended.extend(anything(vec![path.clone()], &at.because()));
                return vec![path];
            }
            marks => {
                mark(marks, &mut path.packet);
                return vec![path];
            }
        }
        Vec::new()
    }

    fn jump(&self, at: At<'a>, name: &str, path: Path, ended: &mut Vec<(Path, Left)>) -> Vec<Path> {
        let Some(chain) = self.named(at.table, name) else {
            // A target that nobody knows by name may do anything.
            let path = doubting(path, at);
            ended.extend(anything(vec![path.clone()], &at.because()));
            return vec![path];
        };
        let before = path.because.len();
        let mut on = Vec::new();
        for (mut path, left) in self.chain(at.table, chain, vec![decided(path, at)], at.depth + 1) {
            match left {
                Left::Back => {
                    path.because.truncate(before);
                    on.push(path);
                }
                other => ended.push((path, other)),
            }
        }
        on
    }

    /// Gives the connection another destination. One of several is one that nobody can foretell.
    fn send(
        &self,
        at: At<'a>,
        path: Path,
        address: Option<Range>,
        ports: Option<Span>,
        ended: &mut Vec<(Path, Left)>,
    ) -> Vec<Path> {
        let mut path = decided(path, at);
        let several =
            address.is_some_and(|range| range.first != range.last) || ports.is_some_and(|span| span.first != span.last);
        if several {
            path = doubting(path, at);
            ended.push((path.clone(), Left::Dropped));
        }
        let before = path.packet.ends;
        path.packet.settled = true;
        if let Some(range) = address {
            path.packet.ends.destination = range.first;
        }
        if let Some(span) = ports {
            path.packet.ends.destination_port = Port::Known(span.first);
        }
        // To where it went anyway is no translation.
        path.packet.sent_on = path.packet.ends != before;
        ended.push((path, Left::Accepted));
        Vec::new()
    }
}

/// Changes what later rules may ask about.
fn mark(action: &Action, packet: &mut Packet) {
    let (mark, connection) = (packet.mark, packet.connection_mark);
    match *action {
        Action::SetMark { and, xor } => packet.mark = (mark & and) ^ xor,
        Action::SetConnectionMark { and, xor } => packet.connection_mark = (connection & and) ^ xor,
        Action::SaveMark { from, to } => packet.connection_mark = (connection & !to) ^ (mark & from),
        Action::RestoreMark { from, to } => packet.mark = (mark & !to) ^ (connection & from),
        // What tracking has looked at already stays tracked.
        Action::DoNotTrack => packet.untracked |= packet.track == Track::Invalid,
        _ => {}
    }
}
