//! What a name leads to in its registry, found out by this host's engine.
//!
//! The engine has what it takes to ask: the way out, proxies, mirrors, certificates of the house, and how to talk to each
//! registry. It is asked over its own socket (`GET /distribution/NAME/json`), with the login that root has for the
//! registry in `~/.docker/config.json`. An engine that is not there, a registry that does not answer, a platform that the
//! image does not have: each is an answer in words, and all of them come within [`PATIENCE`].

use crate::docker;
use crate::system::System;
use crate::wire::Led;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// For all names together. Whoever plans waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many names are asked about at once.
const AT_ONCE: usize = 8;

/// More than any registry's answer about one name.
const LONGEST: u64 = 1 << 20;

/// Where logins for Docker Hub are kept, for historical reasons.
const HUB: &str = "https://index.docker.io/v1/";

/// The engine's answer about one name.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Distribution {
    descriptor: Descriptor,
    #[serde(default)]
    platforms: Option<Vec<Platform>>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
}

#[derive(Deserialize)]
struct Platform {
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    os: String,
}

/// Asks about every name; each has an answer.
pub(crate) fn digests(system: &System, references: &[String]) -> BTreeMap<String, Led> {
    if !docker::is_there(system) {
        let why = || Led::Nowhere("the host has no engine yet that could ask".to_owned());
        return references.iter().map(|name| (name.clone(), why())).collect();
    }
    let socket = system.path(docker::SOCKET);
    let logins = system.read("/root/.docker/config.json").ok().flatten().unwrap_or_default();
    let until = Instant::now() + PATIENCE;
    let waiting = Mutex::new(references.iter());
    let found = Mutex::new(BTreeMap::new());
    let next = || waiting.lock().ok().and_then(|mut names| names.next());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(references.len()) {
            scope.spawn(|| {
                while let Some(name) = next() {
                    let led = asked(&socket, name, &logins, until).map_or_else(Led::Nowhere, Led::To);
                    if let Ok(mut found) = found.lock() {
                        found.insert(name.clone(), led);
                    }
                }
            });
        }
    });
    found.into_inner().unwrap_or_default()
}

fn asked(socket: &Path, reference: &str, logins: &[u8], until: Instant) -> Result<String, String> {
    if !is_name(reference) {
        return Err("that is no name of an image".to_owned());
    }
    let login = login(reference, logins).map(|login| format!("X-Registry-Auth: {login}\r\n")).unwrap_or_default();
    let request = format!("GET /distribution/{reference}/json HTTP/1.0\r\nHost: docker\r\n{login}\r\n");
    let answer = exchange(socket, &request, until)?;
    digest(&answer, std::env::consts::ARCH)
}

/// One request and its whole answer, in time.
fn exchange(socket: &Path, request: &str, until: Instant) -> Result<Vec<u8>, String> {
    let late = || format!("its registry did not answer within {} s", PATIENCE.as_secs());
    let engine = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => late(),
        _ => format!("the engine does not answer: {error}"),
    };
    let mut stream = UnixStream::connect(socket).map_err(engine)?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(engine)?;
    stream.write_all(request.as_bytes()).map_err(engine)?;
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        // One that drips must not make this longer.
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(late());
        }
        stream.set_read_timeout(Some(left)).map_err(engine)?;
        match stream.read(&mut piece).map_err(engine)? {
            0 => return Ok(answer),
            read => answer.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
        if answer.len() as u64 > LONGEST {
            return Err("the engine's answer has no end".to_owned());
        }
    }
}

/// The digest in an answer, if the image is one for this architecture.
fn digest(answer: &[u8], architecture: &str) -> Result<String, String> {
    let text = String::from_utf8_lossy(answer);
    let strange = || "the engine's answer cannot be understood".to_owned();
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(strange)?;
    if head.split_whitespace().nth(1) != Some("200") {
        let told: Option<Value> = serde_json::from_str(body).ok();
        let message = told.as_ref().and_then(|told| told.get("message")?.as_str());
        return Err(message.map_or_else(strange, |message| message.lines().next().unwrap_or_default().to_owned()));
    }
    let told: Distribution = serde_json::from_str(body).map_err(|_| strange())?;
    let digest = told.descriptor.digest;
    if !is_digest(&digest) {
        return Err(strange());
    }
    let wanted = match architecture {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    // Attestations stand in an index, too, as a platform of their own; an old manifest names none.
    let platforms = told.platforms.unwrap_or_default();
    let known: Vec<&str> = platforms.iter().filter(|it| it.os == "linux").map(|it| it.architecture.as_str()).collect();
    match known.is_empty() || known.contains(&wanted) {
        true => Ok(digest),
        false => Err(format!("the image is for {} and not for {wanted}, which this host is", known.join(", "))),
    }
}

fn is_digest(text: &str) -> bool {
    let hex = |letter: u8| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter);
    text.strip_prefix("sha256:").is_some_and(|rest| rest.len() == 64 && rest.bytes().all(hex))
}

/// Nothing but a name may stand in the request's line.
fn is_name(reference: &str) -> bool {
    let fits = |letter: u8| letter.is_ascii_alphanumeric() || b"._-/:@".contains(&letter);
    !reference.is_empty() && reference.len() < 512 && !reference.contains("..") && reference.bytes().all(fits)
}

/// Root's login for the registry of a name, as the engine takes it. A login that a helper program keeps is not asked for.
fn login(reference: &str, config: &[u8]) -> Option<String> {
    let config: Value = serde_json::from_slice(config).ok()?;
    let first = reference.split_once('/').map(|(first, _)| first);
    let registry = first.filter(|it| it.contains(['.', ':']) || *it == "localhost").unwrap_or(HUB);
    let kept = config.get("auths")?.get(registry)?.get("auth")?.as_str()?;
    let pair = String::from_utf8(STANDARD.decode(kept).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    let told = json!({ "username": user, "password": password, "serveraddress": registry });
    Some(URL_SAFE.encode(told.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    const DIGEST: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn answer(status: &str, body: &str) -> Vec<u8> {
        format!("HTTP/1.0 {status}\r\nContent-Type: application/json\r\n\r\n{body}").into_bytes()
    }

    fn index(platforms: &str) -> Vec<u8> {
        answer("200 OK", &format!(r#"{{"Descriptor":{{"digest":"{DIGEST}"}},"Platforms":[{platforms}]}}"#))
    }

    #[test]
    fn an_index_counts_where_it_has_the_hosts_platform() {
        let both =
            index(r#"{"architecture":"amd64","os":"linux"},{"architecture":"arm64","os":"linux","variant":"v8"}"#);
        assert_eq!(digest(&both, "x86_64").unwrap(), DIGEST);
        assert_eq!(digest(&both, "aarch64").unwrap(), DIGEST);
        let one = index(r#"{"architecture":"arm64","os":"linux"},{"architecture":"unknown","os":"unknown"}"#);
        let why = digest(&one, "x86_64").unwrap_err();
        assert_eq!(why, "the image is for arm64 and not for amd64, which this host is");
        assert_eq!(digest(&index(""), "x86_64").unwrap(), DIGEST);
    }

    #[test]
    fn a_refusal_is_told_in_the_registrys_words() {
        let refused = answer("403 Forbidden", r#"{"message":"denied: requested access\nand more"}"#);
        assert_eq!(digest(&refused, "x86_64").unwrap_err(), "denied: requested access");
        for strange in ["", "HTTP/1.0 200 OK\r\n\r\n{}", "HTTP/1.0 500 no\r\n\r\n<html>", "\r\n\r\n"] {
            assert!(digest(strange.as_bytes(), "x86_64").is_err(), "{strange:?}");
        }
        let short = answer("200 OK", r#"{"Descriptor":{"digest":"sha256:12"}}"#);
        assert!(digest(&short, "x86_64").is_err());
    }

    #[test]
    fn a_login_is_found_by_its_registry() {
        let auth = STANDARD.encode("me:it:self");
        let config = format!(r#"{{"auths":{{"ghcr.io":{{"auth":"{auth}"}},"{HUB}":{{"auth":"{auth}"}}}}}}"#);
        let told = |reference: &str| {
            let login = login(reference, config.as_bytes())?;
            serde_json::from_slice::<Value>(&URL_SAFE.decode(login).ok()?).ok()
        };
        assert_eq!(told("ghcr.io/some/thing:1").unwrap()["password"], "it:self");
        assert_eq!(told("redis:8").unwrap()["serveraddress"], HUB);
        assert_eq!(told("grafana/loki:3").unwrap()["serveraddress"], HUB);
        assert_eq!(told("quay.io/some/thing:1"), None);
        assert_eq!(login("redis:8", b"no json"), None);
    }

    #[test]
    fn nothing_but_a_name_goes_into_the_request() {
        for name in ["redis:8", "ghcr.io/a/b:1", "127.0.0.1:5000/page:1", "a@sha256:00"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "a b", "a\r\nX: y", "../images", "a?b", "a%2fb"] {
            assert!(!is_name(name), "{name:?}");
        }
    }

    #[test]
    fn an_engine_that_says_nothing_is_not_waited_for_any_longer() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("docker.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let until = Instant::now() + Duration::from_millis(50);
        let why = asked(&socket, "redis:8", b"", until).unwrap_err();
        assert!(why.contains("did not answer"), "{why}");
        drop(listener);
        let why = asked(&socket, "redis:8", b"", until + PATIENCE).unwrap_err();
        assert!(why.contains("does not answer"), "{why}");
    }
}
