//! What the options of a rule mean, one row each.
//!
//! Counters such as `--limit` are asked as by somebody who has not tried of late: the first packet
//! is below every limit. See `docs/reach.md`.

use super::super::words::{address_kind, flags, mark, protocol, range, span, tracked};
use super::super::{Action, End, Is, Part, Span, Test};

/// The options of a rule, taken in one by one.
#[derive(Default)]
struct Reading<'a> {
    words: &'a [String],
    at: usize,
    tests: Vec<Test>,
    target: Option<(String, bool)>,
    /// The options of the target.
    extra: Vec<(String, Vec<String>)>,
    /// The module that the last `-m` loaded.
    module: String,
    recent: Option<Recent>,
    /// Where the interfaces of an address type are to be looked at.
    on_interface: Option<End>,
}

/// `-m recent`: a list of those who came by.
struct Recent {
    not: bool,
    asks: bool,
    hits: u32,
}

pub(super) fn parts(words: &[String]) -> Vec<Part> {
    let mut reading = Reading { words, ..Reading::default() };
    while reading.at < words.len() {
        reading.option();
    }
    reading.finish()
}

/// Options of targets, with how many words follow.
const TARGET_OPTIONS: &[(&str, usize)] = &[
    ("--reject-with", 1),
    ("--to-destination", 1),
    ("--to-source", 1),
    ("--to-ports", 1),
    ("--set-xmark", 1),
    ("--set-mark", 1),
    ("--and-mark", 1),
    ("--or-mark", 1),
    ("--xor-mark", 1),
    ("--save-mark", 0),
    ("--restore-mark", 0),
    ("--nfmask", 1),
    ("--ctmask", 1),
    ("--notrack", 0),
    ("--random", 0),
    ("--random-fully", 0),
    ("--persistent", 0),
];

impl Reading<'_> {
    fn next(&mut self) -> String {
        let word = self.words.get(self.at).cloned().unwrap_or_default();
        self.at += 1;
        word
    }

    /// Skips the values of an option that nobody knows.
    fn skip_values(&mut self) {
        while self.words.get(self.at).is_some_and(|word| !word.starts_with('-') && word != "!") {
            self.at += 1;
        }
    }

    fn test(&mut self, not: bool, is: Option<Is>, option: &str) {
        let is = is.unwrap_or_else(|| Is::Unmodelled(option.to_owned()));
        self.tests.push(Test { not, is });
    }

    fn option(&mut self) {
        let mut option = self.next();
        let not = option == "!";
        if not {
            option = self.next();
        }
        if self.target.is_some() {
            return self.target_option(option);
        }
        match option.as_str() {
            "-j" => self.target = Some((self.next(), false)),
            "-g" => self.target = Some((self.next(), true)),
            "-m" => self.module = self.next(),
            "--comment"
            | "--limit-burst"
            | "--hashlimit-burst"
            | "--hashlimit-name"
            | "--hashlimit-mode"
            | "--hashlimit-htable-size"
            | "--hashlimit-htable-max"
            | "--hashlimit-htable-expire"
            | "--hashlimit-htable-gcinterval"
            | "--hashlimit-srcmask"
            | "--hashlimit-dstmask"
            | "--connlimit-mask" => {
                self.next();
            }
            "--connlimit-saddr" | "--connlimit-daddr" => {}
            "-s" | "-d" | "--src-range" | "--dst-range" => {
                let end = if matches!(option.as_str(), "-s" | "--src-range") { End::Source } else { End::Destination };
                let value = self.next();
                let ranges = value.split(',').map(range).collect::<Option<_>>();
                self.test(not, ranges.map(|ranges| Is::Address(end, ranges)), &option);
            }
            "-p" => {
                let value = self.next();
                match value.as_str() {
                    "all" | "0" => {}
                    word => {
                        let number = protocol(word).map(|number| vec![Span::one(number.into())]);
                        self.test(not, number.map(Is::Protocol), &option);
                    }
                }
            }
            "-i" | "-o" => {
                let name = self.next();
                let name = name.strip_suffix('+').map_or(name.clone(), |start| format!("{start}*"));
                let is = if option == "-i" { Is::Input(vec![name]) } else { Is::Output(vec![name]) };
                self.test(not, Some(is), &option);
            }
            "--dport" | "--dports" => self.ports(not, End::Destination, &option),
            "--sport" | "--sports" => self.ports(not, End::Source, &option),
            "--ports" => {
                let value = self.next();
                let either = value.split(',').map(span).collect::<Option<Vec<_>>>().map(|spans| {
                    let row = |end| vec![Test::is(Is::Port(end, spans.clone()))];
                    Is::AnyOf(vec![row(End::Source), row(End::Destination)])
                });
                self.test(not, either, &option);
            }
            "--ctstate" | "--state" => {
                let value = self.next();
                let states = value.split(',').map(tracked).collect::<Option<_>>();
                self.test(not, states.map(Is::Track), &option);
            }
            "--ctdir" => {
                let forth = self.next() == "ORIGINAL";
                self.test(not, Some(Is::Forth(forth)), &option);
            }
            "--ctorigsrc" | "--ctorigdst" => {
                let end = if option == "--ctorigsrc" { End::Source } else { End::Destination };
                let found = range(&self.next());
                self.test(not, found.map(|range| Is::OriginalAddress(end, vec![range])), &option);
            }
            "--ctorigsrcport" | "--ctorigdstport" => {
                let end = if option == "--ctorigsrcport" { End::Source } else { End::Destination };
                let found = span(&self.next());
                self.test(not, found.map(|span| Is::OriginalPort(end, vec![span])), &option);
            }
            "--mark" => {
                let found = mark(&self.next());
                let is = found.map(|(value, mask)| match self.module.as_str() {
                    "connmark" => Is::ConnectionMark { value, mask },
                    _ => Is::Mark { value, mask },
                });
                self.test(not, is, &option);
            }
            "--src-type" | "--dst-type" => {
                let end = if option == "--src-type" { End::Source } else { End::Destination };
                let kinds = self.next().split(',').map(address_kind).collect();
                self.test(not, Some(Is::AddressType { end, kinds, on_interface: None }), &option);
            }
            "--limit-iface-in" => self.on_interface = Some(End::Source),
            "--limit-iface-out" => self.on_interface = Some(End::Destination),
            "--tcp-flags" => {
                let (mask, set) = (self.next(), self.next());
                let both = flags(mask.split(',')).zip(flags(set.split(',')));
                self.test(not, both.map(|(mask, set)| Is::Flags { mask, set }), &option);
            }
            "--syn" => self.test(not, Some(Is::Flags { mask: 0x17, set: 0x02 }), &option),
            "-f" => self.test(not, Some(Is::Never), &option),
            // Only ICMP has a type, and this model asks about TCP and UDP.
            "--icmp-type" | "--icmpv6-type" => {
                self.next();
                self.test(false, Some(Is::Never), &option);
            }
            "--limit" | "--hashlimit-upto" | "--hashlimit" | "--connlimit-upto" | "--hashlimit-above"
            | "--connlimit-above" => {
                let value = self.next();
                let below = !option.ends_with("-above");
                let is = match value.as_str() {
                    "0" => None,
                    _ => Some(if below { Is::Always } else { Is::Never }),
                };
                self.test(not, is, &option);
            }
            "--invert" if self.module == "rpfilter" => {
                if let Some(Test { not, .. }) = self.rpfilter() {
                    *not = true;
                }
            }
            "--loose" if self.module == "rpfilter" => {
                if let Some(test) = self.rpfilter() {
                    test.is = Is::RouteBack { strict: false };
                }
            }
            "--validmark" if self.module == "rpfilter" => {
                self.rpfilter();
            }
            _ if self.module == "recent" => self.recent(not, &option),
            _ => {
                self.skip_values();
                self.test(not, None, &option);
            }
        }
        if self.module == "rpfilter" && option == "-m" {
            self.rpfilter();
        }
    }

    /// The test of `-m rpfilter`, which has no option of its own to begin with.
    fn rpfilter(&mut self) -> Option<&mut Test> {
        if !matches!(self.tests.last(), Some(Test { is: Is::RouteBack { .. }, .. })) {
            self.tests.push(Test::is(Is::RouteBack { strict: true }));
        }
        self.tests.last_mut()
    }

    fn ports(&mut self, not: bool, end: End, option: &str) {
        let value = self.next();
        let spans = value.split(',').map(span).collect::<Option<_>>();
        self.test(not, spans.map(|spans| Is::Port(end, spans)), option);
    }

    fn recent(&mut self, not: bool, option: &str) {
        let recent = self.recent.get_or_insert(Recent { not: false, asks: false, hits: 0 });
        match option {
            "--set" => {}
            "--update" | "--rcheck" | "--remove" => {
                recent.asks = true;
                recent.not = not;
            }
            "--hitcount" => {
                let value = self.words.get(self.at).and_then(|word| word.parse().ok()).unwrap_or_default();
                recent.hits = value;
                self.at += 1;
            }
            "--rsource" | "--rdest" | "--reap" | "--rttl" => {}
            _ => self.at += 1,
        }
    }

    fn target_option(&mut self, option: String) {
        match TARGET_OPTIONS.iter().find(|(name, _)| *name == option) {
            Some((_, count)) => {
                let values = (0..*count).map(|_| self.next()).collect();
                self.extra.push((option, values));
            }
            None => {
                self.skip_values();
                self.extra.push((option, Vec::new()));
            }
        }
    }

    fn finish(mut self) -> Vec<Part> {
        if let Some(recent) = self.recent.take().filter(|recent| recent.asks) {
            // Who comes for the first time has no two hits; whether one is noted nobody knows.
            let is = if recent.hits >= 2 { Is::Never } else { Is::Unmodelled("--update".into()) };
            self.tests.push(Test { not: recent.not, is });
        }
        for test in &mut self.tests {
            if let Is::AddressType { on_interface, .. } = &mut test.is {
                *on_interface = self.on_interface;
            }
        }
        let action = self.action();
        self.tests.into_iter().map(Part::Test).chain([Part::Do(action)]).collect()
    }

    fn value(&self, option: &str) -> Option<&str> {
        let found = self.extra.iter().find(|(name, _)| name == option)?;
        Some(found.1.first().map_or("", String::as_str))
    }

    fn action(&self) -> Action {
        let Some((target, goes)) = &self.target else { return Action::GoOn };
        if *goes {
            return Action::Goto(target.clone());
        }
        let unmodelled = || Action::Unmodelled(target.clone());
        match target.as_str() {
            "ACCEPT" => Action::Accept,
            "DROP" => Action::Drop,
            "REJECT" => Action::Reject,
            "RETURN" => Action::Return,
            "LOG" | "NFLOG" | "ULOG" | "TCPMSS" | "TCPOPTSTRIP" | "TTL" | "HL" | "TOS" | "DSCP" | "ECN"
            | "CHECKSUM" | "CLASSIFY" | "SECMARK" | "CONNSECMARK" | "TRACE" | "AUDIT" | "TEE" | "IDLETIMER"
            | "RATEEST" | "SET" | "LED" => Action::GoOn,
            "DNAT" => self.value("--to-destination").and_then(sent_to).unwrap_or_else(unmodelled),
            "REDIRECT" => match self.value("--to-ports") {
                None => Action::SendHere { ports: None },
                Some(ports) => span(ports).map_or_else(unmodelled, |ports| Action::SendHere { ports: Some(ports) }),
            },
            "SNAT" => {
                let address = self.value("--to-source").and_then(sent_to);
                match address {
                    Some(Action::SendTo { address, .. }) => Action::Mask { address },
                    _ => unmodelled(),
                }
            }
            "MASQUERADE" => Action::Mask { address: None },
            "MARK" => self.marked(false).unwrap_or_else(unmodelled),
            "CONNMARK" => self.marked(true).unwrap_or_else(unmodelled),
            "NOTRACK" => Action::DoNotTrack,
            "CT" if self.value("--notrack").is_some() => Action::DoNotTrack,
            "CT" | "NFQUEUE" | "QUEUE" | "TPROXY" | "SYNPROXY" | "NETMAP" | "CLUSTERIP" => unmodelled(),
            chain => Action::Jump(chain.to_owned()),
        }
    }

    fn marked(&self, connection: bool) -> Option<Action> {
        if self.value("--save-mark").is_some() || self.value("--restore-mark").is_some() {
            let mask = |option| self.value(option).map_or(Some(u32::MAX), super::super::words::number);
            let (skb, connection) = (mask("--nfmask")?, mask("--ctmask")?);
            return Some(match self.value("--save-mark") {
                Some(_) => Action::SaveMark { from: skb, to: connection },
                None => Action::RestoreMark { from: connection, to: skb },
            });
        }
        let number = super::super::words::number;
        let (and, xor) = if let Some((value, mask)) = self.value("--set-xmark").and_then(mark) {
            (!mask, value)
        } else if let Some((value, mask)) = self.value("--set-mark").and_then(mark) {
            (!(mask | value), value)
        } else if let Some(value) = self.value("--and-mark").and_then(number) {
            (value, 0)
        } else if let Some(value) = self.value("--or-mark").and_then(number) {
            (!value, value)
        } else {
            (u32::MAX, self.value("--xor-mark").and_then(number)?)
        };
        Some(if connection { Action::SetConnectionMark { and, xor } } else { Action::SetMark { and, xor } })
    }
}

/// `10.0.0.2`, `10.0.0.2:80`, `10.0.0.2-10.0.0.9:80-90`, `:80` or `[fd00::2]:80`.
fn sent_to(text: &str) -> Option<Action> {
    let (address, ports) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']')?;
            (address, rest.strip_prefix(':'))
        }
        None if text.matches(':').count() > 1 => (text, None),
        None => match text.split_once(':') {
            Some((address, ports)) => (address, Some(ports)),
            None => (text, None),
        },
    };
    // `80-90/80` shifts ports instead of picking one.
    let ports = ports.map(span).map_or(Some(None), |span| span.map(Some))?;
    let address = if address.is_empty() { None } else { Some(range(&address.replace(['[', ']'], ""))?) };
    Some(Action::SendTo { address, ports })
}
