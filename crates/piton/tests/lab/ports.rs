//! Published ports on booted hosts with a real Docker engine: what is foretold before the apply, what the model says of the
//! host after it, and what the kernel does, for each port from each source: outside, the mesh, the host itself, and
//! containers of the same network, of another one, and of one without a way out. With `userland-proxy` off and on.

use crate::rehearsal::{Rehearsal, skipped};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

const SITE: &str = r#"
[site]
name = "ports"
profile = "hardened"

[access]
admin = "adminclaw"
keys = ["keys/operator.pub"]

[ssh]
port = 222

[docker]

[mesh]
range = "10.0.0.0/24"

[hosts.openclaw]
address = "203.0.113.10"
mesh = "10.0.0.1"
allow = ["8092/tcp", "5300/udp"]

[hosts.observe]
address = "203.0.113.20"
mesh = "10.0.0.2"

[networks.gateway]
subnet = "172.30.0.0/24"
on = "openclaw"

[networks.inner]
subnet = "172.31.0.0/24"
internal = true
on = "openclaw"
"#;

const SERVICES: &str = r#"
[services.page]
is = "container"
on = "openclaw"
values = { image = "piton.lab/page:1" }
override = { containers = { container = { networks = ["gateway"], ports = { http = { to = ["host", "mesh"] } } } } }

[services.enclosed]
is = "container"
on = "openclaw"
values = { image = "piton.lab/page:1" }
override = { containers = { container = { networks = ["inner"] } } }

[services.node-exporter]
on = "openclaw"

[services.own]
is = "compose"
on = "openclaw"
templates = { "docker-compose.yml" = "own.yml" }
"#;

/// A file of the user's: what it publishes on all addresses the site allows by name. The machine under a lab may have fewer
/// open files than the engine gives by itself.
const OWN: &str = r#"services:
  echo:
    image: piton.lab/page:1
    entrypoint: [python3, -c, "import threading, socket, http.server as h
      \nu = socket.socket(type=socket.SOCK_DGRAM); u.bind(('0.0.0.0', 53))
      \ndef answer():
      \n while True: u.sendto(*u.recvfrom(64))
      \nthreading.Thread(target=answer, daemon=True).start()
      \nh.HTTPServer(('0.0.0.0', 8080), h.SimpleHTTPRequestHandler).serve_forever()"]
    ports:
      - "127.0.0.1:8090:8080"
      - "10.0.0.1:8091:8080"
      - "8092:8080"
      - "5300:53/udp"
    networks: [gateway]
    healthcheck: &asks
      test: [CMD, python3, -c, "import socket; socket.create_connection(('127.0.0.1', 8080), 1)"]
      interval: 1s
    ulimits: &few { nofile: 1024 }
  lone:
    image: piton.lab/page:1
    ports: ["10.0.0.1:8093:8080"]
    healthcheck: *asks
    ulimits: *few
networks:
  gateway:
    name: ports_gateway
    external: true
"#;

/// Opens what its arguments name, `tcp ADDRESS PORT`, and says for each whether it did. UDP is open where it echoes, from
/// whichever of its addresses: a program on all of them answers from the one that the packet leaves by.
const OPENER: &str = r#"
import socket, sys, threading
words, found = sys.argv[1:], {}
def ask(protocol, address, port):
    try:
        kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
        with socket.socket(type=kind) as it:
            it.settimeout(2)
            if protocol == "tcp":
                it.connect((address, int(port)))
            else:
                it.sendto(b"piton", (address, int(port)))
                assert it.recv(64) == b"piton"
        return "open"
    except (OSError, AssertionError):
        return "closed"
def one(target):
    found[target] = ask(*target)
targets = [tuple(words[at:at + 3]) for at in range(0, len(words), 3)]
each = [threading.Thread(target=one, args=(target,)) for target in targets]
[it.start() for it in each]
[it.join() for it in each]
[print(found[target]) for target in targets]
"#;

/// Port, and the protocol it is asked with.
const DOORS: [(&str, u16); 8] = [
    ("tcp", 222),
    ("tcp", 8080),
    ("tcp", 8090),
    ("tcp", 8091),
    ("tcp", 8092),
    ("tcp", 8093),
    ("tcp", 9100),
    ("udp", 5300),
];

/// From where: what the model is asked, where the real caller is, and by which addresses it would ask.
struct From {
    name: &'static str,
    model: String,
    real: Real,
    addresses: Vec<String>,
}

enum Real {
    /// This very process, under the lab.
    Here,
    On(&'static str),
    In(&'static str),
}

struct Story {
    rehearsal: Rehearsal,
    address: String,
}

/// Source, protocol, address and port, to `open` or `closed`.
type Matrix = BTreeMap<(&'static str, &'static str, String, u16), String>;

impl Story {
    fn from(&self) -> Vec<From> {
        let address = &self.address;
        let outside = TcpStream::connect(format!("{address}:222")).unwrap().local_addr().unwrap().ip().to_string();
        let of = |name, model: &str, real, addresses: &[&str]| {
            let addresses = addresses.iter().map(|it| (*it).to_owned()).collect();
            From { name, model: model.to_owned(), real, addresses }
        };
        vec![
            of("outside", &outside, Real::Here, &[address]),
            of("mesh", "10.0.0.2", Real::On("observe"), &["10.0.0.1"]),
            of("host", "host", Real::On("openclaw"), &["127.0.0.1", "10.0.0.1", address]),
            of("same network", "172.30.0.77", Real::In("page"), &["10.0.0.1", address, "172.30.0.1"]),
            of("other network", "172.18.0.77", Real::In("own-lone-1"), &["10.0.0.1", address]),
            // It has no route to any other address of the host's.
            of("no way out", "172.31.0.77", Real::In("enclosed"), &["172.31.0.1"]),
        ]
    }

    fn asked(from: &[From]) -> Vec<(&From, &'static str, String, u16)> {
        let doors = |from| DOORS.iter().map(move |(protocol, port)| (from, *protocol, *port));
        let every = |(from, protocol, port): (_, _, u16)| {
            let from: &From = from;
            from.addresses.iter().map(move |address| (from, protocol, address.clone(), port))
        };
        from.iter().flat_map(doors).flat_map(every).collect()
    }

    /// What the model says, a few questions at a time.
    fn model(&self, from: &[From], foretell: bool) -> Matrix {
        let questions = Mutex::new(Story::asked(from));
        let answers = Mutex::new(Matrix::new());
        thread::scope(|threads| {
            for _ in 0..3 {
                threads.spawn(|| {
                    loop {
                        let next = questions.lock().unwrap().pop();
                        let Some((from, protocol, address, port)) = next else { break };
                        let to = format!("{address}:{port}/{protocol}");
                        let words = ["reach", "openclaw", "--lab", "--json", "--from", &from.model, "--to", &to];
                        let words: Vec<&str> = words.into_iter().chain(foretell.then_some("--foretell")).collect();
                        let said: Value = serde_json::from_str(&self.rehearsal.piton(&words).ok()).unwrap();
                        let verdict = said["rows"][0]["open_to"][0][1]["verdict"].as_str().unwrap().to_owned();
                        answers.lock().unwrap().insert((from.name, protocol, address, port), verdict);
                    }
                });
            }
        });
        answers.into_inner().unwrap()
    }

    /// What the kernel does.
    fn real(&self, from: &[From]) -> Matrix {
        let mut found = Matrix::new();
        for one in from {
            let asked = Story::asked(std::slice::from_ref(one));
            let words: Vec<String> =
                asked.iter().map(|(_, protocol, address, port)| format!("{protocol} {address} {port}")).collect();
            let line = format!("python3 - {} <<'END'\n{OPENER}\nEND", words.join(" "));
            let verdicts: Vec<String> = match one.real {
                Real::Here => {
                    asked.iter().map(|(_, protocol, address, port)| opens(protocol, address, *port)).collect()
                }
                Real::On(host) => lines(&self.rehearsal.on(host, &line).ok()),
                Real::In(container) => {
                    lines(&self.rehearsal.on("openclaw", &format!("docker exec -i {container} {line}")).ok())
                }
            };
            assert_eq!(verdicts.len(), asked.len(), "{}", one.name);
            for ((from, protocol, address, port), verdict) in asked.into_iter().zip(verdicts) {
                found.insert((from.name, protocol, address, port), verdict);
            }
        }
        found
    }

    fn table(&self, foretell: bool) -> Value {
        table(&self.rehearsal, foretell)
    }

    /// Prediction, model and kernel agree, each before anybody looks at the next.
    fn holds(&self, what: &str, foretold: (&Matrix, &Value)) {
        let from = self.from();
        let (model, real) = (self.model(&from, false), self.real(&from));
        let differ = |one: &Matrix, other: &Matrix| -> Vec<String> {
            let differing = one.iter().filter(|(question, verdict)| other.get(question) != Some(verdict));
            differing
                .map(|(question, verdict)| format!("{question:?}: {verdict}, not {:?}", other.get(question)))
                .collect()
        };
        assert_eq!(differ(&model, &real), Vec::<String>::new(), "{what}: model and kernel");
        assert_eq!(differ(foretold.0, &real), Vec::<String>::new(), "{what}: foretold and kernel");
        let open = real.values().filter(|verdict| *verdict == "open").count();
        eprintln!("{what}: {} questions, {open} open, all three agree", real.len());
        assert!(open > 20 && open < real.len(), "both verdicts are among them");
        assert_eq!(rows(foretold.1), rows(&self.table(false)), "{what}: the tables");
    }
}

/// The port table of the whole site, as hosts have it or as it is foretold.
pub fn table(rehearsal: &Rehearsal, foretell: bool) -> Value {
    let words = ["reach", "--lab", "--json"].into_iter().chain(foretell.then_some("--foretell"));
    serde_json::from_str(&rehearsal.piton(&words.collect::<Vec<_>>()).ok()).unwrap()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).collect()
}

fn opens(protocol: &str, address: &str, port: u16) -> String {
    let place: SocketAddr = format!("{address}:{port}").parse().unwrap();
    let patience = Duration::from_secs(2);
    let open = match protocol {
        "tcp" => TcpStream::connect_timeout(&place, patience).is_ok(),
        _ => {
            let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
            socket.set_read_timeout(Some(patience)).unwrap();
            let mut bytes = [0; 64];
            socket.connect(place).and_then(|()| socket.send(b"piton")).is_ok()
                && socket.recv(&mut bytes).is_ok_and(|length| &bytes[..length] == b"piton")
        }
    };
    if open { "open".to_owned() } else { "closed".to_owned() }
}

/// The rows of a table in words: host, port, who is behind it, where it is bound, and to whom it is open. A loopback port
/// that containerd picks for itself is in no site.
pub fn rows(table: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for host in table["hosts"].as_array().unwrap() {
        for row in host["rows"].as_array().unwrap().iter().filter(|row| row["behind"] != "containerd") {
            let open = row["open_to"].as_array().unwrap().iter().filter(|pair| pair[1]["verdict"] == "open");
            let open: Vec<&str> = open.map(|pair| pair[0].as_str().unwrap()).collect();
            let (port, protocol) = (&row["port"], row["protocol"].as_str().unwrap());
            found.insert(format!("{} {port}/{protocol} {} {} {open:?}", host["host"], row["behind"], row["bound"]));
        }
    }
    found
}

#[test]
fn what_is_published_is_foretold_and_does_not_pass_the_filter_by() {
    if skipped() {
        return;
    }
    let rehearsal = Rehearsal::of(SITE, "debian-13");
    std::fs::write(rehearsal.path().join("own.yml"), OWN).unwrap();
    let images = ["lab", "images", "piton.lab/page:1", "prom/node-exporter:v1.9.1"];
    rehearsal.piton(&images).ok();
    let (address, site) = (rehearsal.address("openclaw"), rehearsal.site());
    let story = Story { rehearsal, address };

    // The host first, so that there is somebody to ask; then the services, foretold from the site alone.
    story.rehearsal.apply().ok();
    let site = site.replacen("\n[lab]", &format!("{SERVICES}\n[lab]"), 1);
    story.rehearsal.write(&site);
    let foretold = (story.model(&story.from(), true), story.table(true));
    let proved = story.rehearsal.piton(&["plan", "--lab"]).ok();
    assert!(proved.contains("(proved)"), "no guess is left: {proved}");
    story.rehearsal.apply().ok();
    story.holds("without a proxy", (&foretold.0, &foretold.1));
    only_what_the_table_says_is_open_from_outside(&story);
    a_neighbour_comes_to_what_is_published_on_any_address(&story);
    what_would_pass_the_filter_by_is_refused(&story);

    story.rehearsal.write(&site.replacen("[docker]", "[docker.daemon]\nuserland-proxy = true", 1));
    let foretold = (story.model(&story.from(), true), story.table(true));
    story.rehearsal.apply().ok();
    // Containers that live on keep their ports as they were published; what is started now is published anew.
    let anew = "all=$(docker ps --quiet); docker stop --time 1 $all; docker start $all";
    story.rehearsal.on("openclaw", anew).ok();
    let well = "timeout 60 sh -c 'while docker ps | grep -q starting; do sleep 0.2; done'";
    story.rehearsal.on("openclaw", well).ok();
    let all = story.rehearsal.on("openclaw", "docker ps --all --format '{{.Names}} {{.Status}} {{.Ports}}'").ok();
    assert!(all.lines().all(|line| line.contains(" Up ")), "{all}");
    story.holds("with a proxy", (&foretold.0, &foretold.1));
    only_what_the_table_says_is_open_from_outside(&story);
}

/// Every port that the table names, that listens or that is published is tried from outside, with both protocols.
fn only_what_the_table_says_is_open_from_outside(story: &Story) {
    let table = story.table(false);
    let open_to_the_world = |host: &str, protocol: &str, port: u16| {
        let of_host = table["hosts"].as_array().unwrap().iter().find(|it| it["host"] == host).unwrap();
        of_host["rows"].as_array().unwrap().iter().any(|row| {
            let world = row["open_to"].as_array().unwrap().iter().find(|pair| pair[0] == "world");
            row["port"] == port && row["protocol"] == protocol && world.is_some_and(|pair| pair[1]["verdict"] == "open")
        })
    };
    for host in ["openclaw", "observe"] {
        let named = table["hosts"].as_array().unwrap().iter().flat_map(|it| it["rows"].as_array().unwrap());
        let mut ports: BTreeSet<u16> = named.filter_map(|row| u16::try_from(row["port"].as_u64()?).ok()).collect();
        let listening = "{ ss -Hltun | awk '{print $5}' | sed 's/.*://'; docker ps --format '{{.Ports}}' | grep -oE '[0-9]+->' | tr -d '>-'; } | sort -un";
        ports.extend(
            story.rehearsal.on(host, listening).ok().lines().filter_map(|line| line.trim().parse::<u16>().ok()),
        );
        let address = story.rehearsal.address(host);
        let tries: Vec<(&str, u16)> = ports.iter().flat_map(|port| [("tcp", *port), ("udp", *port)]).collect();
        let answers = thread::scope(|threads| {
            let each: Vec<_> =
                tries.iter().map(|(protocol, port)| threads.spawn(|| opens(protocol, &address, *port))).collect();
            each.into_iter().map(|it| it.join().unwrap()).collect::<Vec<_>>()
        });
        let mut open = Vec::new();
        for ((protocol, port), answer) in tries.iter().zip(answers) {
            // WireGuard answers nobody whose key it does not know: nothing can be seen from outside.
            if (*protocol, *port) == ("udp", 51820) {
                assert!(open_to_the_world(host, protocol, *port) && answer == "closed");
                continue;
            }
            assert_eq!(answer == "open", open_to_the_world(host, protocol, *port), "{host} {port}/{protocol}");
            open.extend((answer == "open").then(|| format!("{port}/{protocol}")));
        }
        eprintln!("{host}: {} tries from outside, open: {open:?}", tries.len());
        let expected: &[&str] = if host == "openclaw" { &["222/tcp", "5300/udp", "8092/tcp"] } else { &["222/tcp"] };
        assert_eq!(open, expected, "{host}");
    }
}

/// Whoever sits on the host's own link may send it what is meant for its mesh address, and Docker sends that on too. That is
/// known, and told to whoever asks; the filter keeps what is no published port.
fn a_neighbour_comes_to_what_is_published_on_any_address(story: &Story) {
    let observe = story.rehearsal.address("observe");
    let neighbour =
        [From { name: "neighbour", model: observe, real: Real::On("observe"), addresses: vec!["10.0.0.1".to_owned()] }];
    let route = format!("10.0.0.1/32 via {}", story.address);
    story.rehearsal.on("observe", &format!("ip route add {route}")).ok();
    let (model, real) = (story.model(&neighbour, false), story.real(&neighbour));
    story.rehearsal.on("observe", &format!("ip route del {route}")).ok();
    assert_eq!(model, real);
    let open: Vec<u16> = real.iter().filter(|(_, verdict)| *verdict == "open").map(|((.., port), _)| *port).collect();
    assert_eq!(open, [222, 8080, 8091, 8092, 8093, 5300]);
}

/// The same port without the address before it, and without a word in the site: refused before anything is touched.
fn what_would_pass_the_filter_by_is_refused(story: &Story) {
    let before = story.rehearsal.on("openclaw", "docker ps --quiet; iptables-save -t nat | grep DNAT").ok();
    let file = story.rehearsal.path().join("own.yml");
    std::fs::write(&file, OWN.replace("[\"10.0.0.1:8093:8080\"]", "[\"10.0.0.1:8093:8080\", \"8094:8080\"]")).unwrap();
    for words in [&["plan", "--lab"][..], &["apply", "--lab", "--yes"]] {
        let said = story.rehearsal.piton(words);
        assert_eq!(said.code, 1, "{}{}", said.out, said.err);
        let told = format!("{} {}", said.out, said.err).split_whitespace().collect::<Vec<_>>().join(" ");
        for word in ["8094/tcp (own-lone-1) would become open to the world", "own.yml:22:"] {
            assert!(told.contains(word), "{word} is not in\n{told}");
        }
    }
    assert_eq!(story.rehearsal.on("openclaw", "docker ps --quiet; iptables-save -t nat | grep DNAT").ok(), before);
    std::fs::write(&file, OWN).unwrap();
    // The filter alone would not have kept it shut, and neither does it keep shut what a subnet takes over.
    let taken = story.rehearsal.site().replace("172.30.0.0/24", "10.64.0.0/12");
    let site = story.rehearsal.site();
    story.rehearsal.write(&taken);
    let said = story.rehearsal.piton(&["plan", "--lab"]);
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    let told = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("would give the bridge") && told.contains("subnet = \"10.64.0.0/12\""), "{told}");
    // To take the word back does not close the port, and the plan says so.
    story.rehearsal.write(&site.replace("\"8092/tcp\", ", ""));
    let told = story.rehearsal.piton(&["plan", "--lab"]).ok().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("STILL OPEN to the world, though its rule goes: 8092/tcp (own-echo-1) on openclaw"),
        "{told}"
    );
    story.rehearsal.write(&site);
}
