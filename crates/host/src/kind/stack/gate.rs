//! The gate behind every start: a container is ready within its own time, or the change goes back.

use crate::docker::{self, Container as Found};
use crate::system::{Fault, FaultCode, Ran, System};
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
/// How many of a container's last lines are told.
const LINES: usize = 12;
/// How many are read: of a trace, where it went through is left out.
const READ: &str = "80";

/// Waits until a container is ready. One that does not block is waited for as well, and then only told of.
pub(super) fn pass(system: &System, stack: &Stack, container: &Container) -> Result<(), Fault> {
    let find = || docker::container(system, &stack.name, &container.name);
    let Err(what) = wait(container, &container.container, &stack.name, find)? else { return Ok(()) };
    let fault = with_logs(system, &container.container, Fault::new(FaultCode::Unhealthy, what));
    let fault = fault.help(format!("the version before is back; mend what {} says, and apply again", container.name));
    match container.ready.blocks {
        true => Err(fault),
        false => {
            system.tell(&format!("{fault}; it does not hold the change up"));
            Ok(())
        }
    }
}

/// As [`pass`], where there is nothing to go back to.
pub(super) fn again(system: &System, stack: &str, container: &Container) -> Result<(), Fault> {
    let find = || docker::container(system, stack, &container.name);
    match wait(container, &container.container, stack, find)? {
        Ok(()) => Ok(()),
        Err(what) => {
            let fault = with_logs(system, &container.container, Fault::new(FaultCode::Unhealthy, what));
            Err(fault
                .help(format!("`piton logs {}` says more; `piton apply` makes it as the site says", container.name)))
        }
    }
}

/// Waits until a container is ready, or answers why it will not be. `known_as` is its own name.
pub(super) fn wait(
    container: &Container,
    known_as: &str,
    stack: &str,
    find: impl Fn() -> Result<Option<Found>, Fault>,
) -> Result<Result<(), String>, Fault> {
    let seconds = container.ready.within_seconds;
    let until = Instant::now() + Duration::from_secs(seconds.into());
    loop {
        let words = match state(find()?.as_ref(), &container.ready.by) {
            Readiness::Ready => return Ok(Ok(())),
            Readiness::Ended(words) => {
                return Ok(Err(format!("the container {known_as} of {stack} did not stay up: {words}")));
            }
            Readiness::NotYet(words) => words,
        };
        if Instant::now() >= until {
            return Ok(Err(format!("the container {known_as} of {stack} was not ready after {seconds} s: {words}")));
        }
        sleep(PAUSE);
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

/// A fault with what a container said last, and no secret in it.
pub(super) fn with_logs(system: &System, name: &str, fault: Fault) -> Fault {
    // One that ended again and again has said the same again and again: what it said last is enough.
    let began = system.run_ok(&["docker", "container", "inspect", "--format", "{{.State.StartedAt}}", name]);
    let since = began.map(|began| began.trim().to_owned()).unwrap_or_default();
    let ran = system.run(&["docker", "container", "logs", "--since", &since, "--tail", READ, name]);
    // A container that could not even be made has said nothing.
    let said = ran.ok().filter(Ran::ok).map(|ran| format!("{}{}", ran.stdout, ran.stderr)).unwrap_or_default();
    let short: String =
        last_lines(&said).join(" | ").chars().rev().take(2000).collect::<Vec<_>>().into_iter().rev().collect();
    let short = system.secrets().map_or(short.clone(), |values| values.hidden(&short));
    let already = fault.because.clone();
    fault.because(match (already, short.is_empty()) {
        (Some(because), true) => because,
        (Some(because), false) => format!("{because}; its last lines: {short}"),
        (None, true) => "it said nothing".to_owned(),
        (None, false) => format!("its last lines: {short}"),
    })
}

/// The last lines that say something: what went wrong stands above a trace that may be longer than what is told.
fn last_lines(said: &str) -> Vec<&str> {
    let is_passage = |line: &str| line.starts_with("at ") || line.chars().all(|letter| "{}[](),;^~ ".contains(letter));
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !is_passage(line)).collect();
    lines[lines.len().saturating_sub(LINES)..].to_vec()
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
    fn of_a_trace_the_reason_is_told_and_not_its_passages() {
        let frames = "    at run (file:///app/run.js:1:2)\n".repeat(20);
        let said = format!("starting\n\nError: no such folder\n{frames}  {{\n  code: 'ENOENT'\n}}\n");
        assert_eq!(last_lines(&said), ["starting", "Error: no such folder", "code: 'ENOENT'"]);
        assert_eq!(last_lines(&"line\n".repeat(90)).len(), LINES);
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
