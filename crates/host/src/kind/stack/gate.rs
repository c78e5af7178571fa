//! The gate behind every start: a container is ready within its own time, or the change goes back.
//!
//! What waits for something outside of its host (a control server, a tunnel's far end) may be up and not well yet: that holds
//! no change up, unless it was well before. Whatever ends over and over does, since nothing outside makes a program end
//! as often as that; see docs/decisions/0017. `said.rs` has what a container said last.

use super::said;
use crate::docker::{self, Container as Found};
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Stack;
use piton_plan::stack::{Container, ReadyBy};
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Docker tells of health only when it is asked; its own checks are seconds apart.
const PAUSE: Duration = Duration::from_millis(250);
/// How long one question to an address may take.
const ANSWER: Duration = Duration::from_secs(5);
/// What ends as often as this does not come up by itself; Docker waits twice as long each time, three seconds in all.
const MOST_RESTARTS: u32 = 5;

/// How the one was that a container takes the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// None was there, or it had been stopped.
    Nothing,
    /// By its id.
    Well(String),
    Unwell,
}

impl Before {
    pub(super) fn of(found: Option<&Found>) -> Before {
        match found {
            Some(found) if found.is_healthy() => Before::Well(found.id.clone()),
            Some(found) if found.is_running() || found.is_starting_again() => Before::Unwell,
            _ => Before::Nothing,
        }
    }
}

/// Why a container is not ready.
pub(super) struct NotReady {
    pub(super) what: String,
    /// It ended, and will not come up any more by itself.
    over: bool,
}

impl NotReady {
    pub(super) fn fault(self) -> Fault {
        Fault::new(FaultCode::Unhealthy, self.what)
    }

    /// Whether the change must go back.
    fn holds_up(&self, container: &Container, before: &Before) -> bool {
        match before {
            _ if container.ready.blocks => true,
            Before::Well(_) => true,
            Before::Nothing => self.over,
            // What would be put back is no better.
            Before::Unwell => false,
        }
    }
}

/// Waits until a container is ready. One that does not hold the change up is waited for as well, and then only told of.
pub(super) fn pass(system: &System, stack: &Stack, container: &Container, before: &Before) -> Result<(), Fault> {
    let find = || docker::container(system, &stack.name, &container.name);
    let Err(not) = wait(container, &container.container, &stack.name, before, find)? else { return Ok(()) };
    let name = &container.name;
    if not.holds_up(container, before) {
        return Err(said::with_logs(system, &container.container, not.fault()).help(next_step(name, before)));
    }
    let why = match before {
        Before::Unwell => "the one before was not well either",
        _ => "it is up, and may wait for what is outside of this host",
    };
    let fault = said::with_logs(system, &container.container, not.fault());
    system.tell(&format!("{fault}; it does not hold the change up: {why}. `piton logs {name}` says how it goes on"));
    Ok(())
}

/// What Docker could not even start: as unwell as what ends at once.
pub(super) fn not_started(system: &System, stack: &str, container: &Container, before: &Before, fault: Fault) -> Fault {
    if fault.code != FaultCode::CommandFailed {
        return said::with_logs(system, &container.container, fault);
    }
    let what = format!("the container {} of {stack} could not be started", container.container);
    let because = fault.because.unwrap_or(fault.what);
    let fault = Fault::new(FaultCode::Unhealthy, what).because(because);
    said::with_logs(system, &container.container, fault).help(next_step(&container.name, before))
}

fn next_step(name: &str, before: &Before) -> String {
    let now = match before {
        Before::Well(_) => "the version before is back",
        Before::Unwell => "what was there before is back, and it was not well either",
        Before::Nothing => "everything is as it was before",
    };
    format!("{now}; mend what {name} says, and apply again")
}

/// As [`pass`], where there is nothing to go back to.
pub(super) fn again(system: &System, stack: &str, container: &Container) -> Result<(), Fault> {
    let find = || docker::container(system, stack, &container.name);
    wait(container, &container.container, stack, &Before::Nothing, find)?.map_err(|not| {
        let help = format!("`piton logs {}` says more; `piton apply` makes it as the site says", container.name);
        said::with_logs(system, &container.container, not.fault()).help(help)
    })
}

/// Waits until a container is ready, or answers why it will not be. `known_as` is its own name.
pub(super) fn wait(
    container: &Container,
    known_as: &str,
    stack: &str,
    before: &Before,
    find: impl Fn() -> Result<Option<Found>, Fault>,
) -> Result<Result<(), NotReady>, Fault> {
    let seconds = container.ready.within_seconds;
    let until = Instant::now() + Duration::from_secs(seconds.into());
    let mut up = Up::default();
    loop {
        let found = find()?;
        let words = match state(found.as_ref(), &container.ready.by) {
            Readiness::Ready if up.for_long_enough(found.as_ref(), container, before) => return Ok(Ok(())),
            Readiness::Ready => "it has been up for a moment only".to_owned(),
            Readiness::Ended(words) => {
                let what = format!("the container {known_as} of {stack} did not stay up: {words}");
                return Ok(Err(NotReady { what, over: true }));
            }
            Readiness::NotYet(words) => words,
        };
        if Instant::now() >= until {
            let what = format!("the container {known_as} of {stack} was not ready after {seconds} s: {words}");
            return Ok(Err(NotReady { what, over: false }));
        }
        sleep(PAUSE);
    }
}

/// Since when the same start of the same container has been seen up.
#[derive(Default)]
struct Up {
    since: Option<(String, u32, Instant)>,
}

impl Up {
    /// A check that only says that the program is there says so of one that is about to end, too.
    fn for_long_enough(&mut self, found: Option<&Found>, container: &Container, before: &Before) -> bool {
        let Some(found) = found else { return false };
        let untouched = matches!(before, Before::Well(id) if *id == found.id);
        let steady = Duration::from_secs(container.ready.steady_seconds.into());
        let same = |(id, count, _): &&(String, u32, Instant)| *id == found.id && *count == found.restart_count;
        let since = self.since.as_ref().filter(same).map(|(.., since)| *since);
        let since = since.unwrap_or_else(Instant::now);
        self.since = Some((found.id.clone(), found.restart_count, since));
        untouched || since.elapsed() >= steady
    }
}

enum Readiness {
    Ready,
    NotYet(String),
    /// It will not come up any more by itself.
    Ended(String),
}

fn state(found: Option<&Found>, by: &ReadyBy) -> Readiness {
    let Some(found) = found else { return Readiness::NotYet("it is not there".into()) };
    match found.state.status.as_str() {
        "running" => {}
        "exited" | "dead" => return Readiness::Ended(format!("it ended with status {}", found.state.exit_code)),
        "restarting" if found.restart_count >= MOST_RESTARTS => {
            let (code, count) = (found.state.exit_code, found.restart_count);
            return Readiness::Ended(format!("it ended {count} times, last with status {code}"));
        }
        other => return Readiness::NotYet(format!("it is {other}")),
    }
    match by {
        ReadyBy::Docker => match found.state.health.as_ref().map(|health| health.status.as_str()) {
            Some("healthy") | None => Readiness::Ready,
            Some(health) => Readiness::NotYet(format!("its health check says {health}")),
        },
        ReadyBy::Url(url) => match answers(url, found) {
            Ok(()) => Readiness::Ready,
            Err(words) => Readiness::NotYet(format!("{url} {words}")),
        },
    }
}

/// Whether an address answers with 200.
fn answers(url: &str, container: &Found) -> Result<(), String> {
    let rest = url.strip_prefix("http://").ok_or("is no http:// address")?;
    let (place, path) = rest.split_once('/').map_or((rest, String::new()), |(place, path)| (place, path.to_owned()));
    let (host, port) = place.rsplit_once(':').unwrap_or((place, "80"));
    let host = match host {
        "container" => container.address().ok_or("has no address yet")?.to_string(),
        other => other.to_owned(),
    };
    let port: u16 = port.parse().map_err(|_| "has no port")?;
    let mut addresses = (host.as_str(), port).to_socket_addrs().map_err(|error| format!("has no address: {error}"))?;
    let address = addresses.next().ok_or("has no address")?;
    let ask = || {
        let mut stream = TcpStream::connect_timeout(&address, ANSWER)?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_write_timeout(Some(ANSWER))?;
        // In one piece: some servers take the first packet for the whole question.
        let question = format!("GET /{path} HTTP/1.0\r\nHost: {place}\r\nConnection: close\r\n\r\n");
        stream.write_all(question.as_bytes())?;
        let mut head = Vec::new();
        stream.take(64).read_to_end(&mut head)?;
        std::io::Result::Ok(String::from_utf8_lossy(&head).into_owned())
    };
    let head = ask().map_err(|error| format!("does not answer: {error}"))?;
    match head.split_whitespace().nth(1) {
        Some("200") => Ok(()),
        Some(status) => Err(format!("answers {}", status.chars().take(16).collect::<String>())),
        None => Err("answers nothing".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread::spawn;

    fn found(status: &str, health: Option<&str>, address: &str) -> Found {
        let health = health.map(|status| serde_json::json!({ "Status": status }));
        serde_json::from_value(serde_json::json!({
            "Id": "1", "RestartCount": if status == "restarting" { 5 } else { 0 }, "Image": "sha256:1", "Config": { "Image": "x:1", "Labels": null },
            "State": { "Status": status, "ExitCode": 3, "Health": health },
            "NetworkSettings": { "Networks": { "backend": { "IPAddress": address } } },
        }))
        .unwrap()
    }

    fn words(found: &Found, by: &ReadyBy) -> String {
        match state(Some(found), by) {
            Readiness::Ready => "ready".into(),
            Readiness::NotYet(words) => words,
            Readiness::Ended(words) => format!("over: {words}"),
        }
    }

    #[test]
    fn dockers_own_word_is_taken_where_the_image_has_a_check() {
        let word = |status, health| words(&found(status, health, ""), &ReadyBy::Docker);
        assert_eq!(word("running", Some("healthy")), "ready");
        assert_eq!(word("running", None), "ready");
        assert_eq!(word("running", Some("starting")), "its health check says starting");
        assert_eq!(word("created", None), "it is created");
        assert_eq!(word("restarting", None), "over: it ended 5 times, last with status 3");
        assert_eq!(word("exited", Some("unhealthy")), "over: it ended with status 3");
    }

    fn gated(blocks: bool, steady_seconds: u32) -> Container {
        serde_json::from_value(serde_json::json!({
            "name": "edge", "container": "edge", "image": { "reference": "edge:1", "pin": "exact" },
            "ready": { "within_seconds": 0, "blocks": blocks, "steady_seconds": steady_seconds, "by": "docker" },
        }))
        .unwrap()
    }

    /// What becomes of a change, by how the container is and how the one before it was.
    fn fate(container: &Container, before: Option<&Found>, now: &Found) -> &'static str {
        let before = Before::of(before);
        match wait(container, "edge", "infra", &before, || Ok(Some(now.clone()))).unwrap() {
            Ok(()) => "kept",
            Err(not) if not.holds_up(container, &before) => "goes back",
            Err(_) => "kept, and told",
        }
    }

    #[test]
    fn what_waits_for_others_goes_back_only_where_it_ends_or_was_well_before() {
        let well = found("running", Some("healthy"), "");
        let waiting = found("running", Some("unhealthy"), "");
        let looping = found("restarting", None, "");
        let stopped = found("exited", None, "");
        let edge = gated(false, 0);
        for (before, when_waiting, when_looping) in [
            (None, "kept, and told", "goes back"),
            (Some(&stopped), "kept, and told", "goes back"),
            (Some(&well), "goes back", "goes back"),
            (Some(&waiting), "kept, and told", "kept, and told"),
            (Some(&looping), "kept, and told", "kept, and told"),
        ] {
            assert_eq!(fate(&edge, before, &waiting), when_waiting, "after {before:?}");
            assert_eq!(fate(&edge, before, &looping), when_looping, "after {before:?}");
            assert_eq!(fate(&edge, before, &well), "kept");
            // And what waits for nobody goes back in any case.
            assert_eq!(fate(&gated(true, 0), before, &waiting), "goes back");
            assert_eq!(fate(&gated(true, 0), before, &looping), "goes back");
        }
    }

    #[test]
    fn a_new_one_whose_check_says_little_must_have_been_up_for_a_while() {
        let mut now = found("running", Some("healthy"), "");
        let mut up = Up::default();
        assert!(up.for_long_enough(Some(&now), &gated(false, 0), &Before::Nothing));
        assert!(!up.for_long_enough(Some(&now), &gated(false, 60), &Before::Nothing));
        let before = Before::of(Some(&now));
        assert!(up.for_long_enough(Some(&now), &gated(false, 60), &before), "it is the one that was there before");
        // One that ended in between begins anew.
        let earlier = Instant::now().checked_sub(Duration::from_secs(61)).unwrap();
        up.since = Some(("1".into(), 0, earlier));
        assert!(up.for_long_enough(Some(&now), &gated(false, 60), &Before::Nothing));
        now.restart_count = 1;
        assert!(!up.for_long_enough(Some(&now), &gated(false, 60), &Before::Nothing));
    }

    #[test]
    fn the_next_step_says_what_is_there_now() {
        assert!(next_step("edge", &Before::Well("1".into())).starts_with("the version before is back; mend"));
        assert!(next_step("edge", &Before::Nothing).starts_with("everything is as it was before; mend"));
        assert!(next_step("edge", &Before::Unwell).contains("not well either; mend what edge says, and apply again"));
    }

    /// Answers one question, and gives the port.
    fn server(answer: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0u8; 256];
            let read = stream.read(&mut asked).unwrap();
            assert!(asked[..read].starts_with(b"GET /ready?x=1 HTTP/1.0\r\n"));
            stream.write_all(answer.as_bytes()).unwrap();
        });
        port
    }

    #[test]
    fn an_address_is_asked_from_the_host_where_the_image_has_nothing_to_ask_with() {
        let ask = |port: u16| {
            let by = ReadyBy::Url(format!("http://container:{port}/ready?x=1"));
            words(&found("running", None, "127.0.0.1"), &by)
        };
        assert_eq!(ask(server("HTTP/1.1 200 OK\r\n\r\n")), "ready");
        assert!(ask(server("HTTP/1.1 503 Service Unavailable\r\n\r\n")).ends_with("answers 503"));
        let by = ReadyBy::Url("http://container:1/".into());
        assert_eq!(words(&found("running", None, ""), &by), "http://container:1/ has no address yet");
    }
}
