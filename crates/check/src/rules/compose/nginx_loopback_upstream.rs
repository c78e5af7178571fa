use crate::address::{BY_NAME, host_and_port, is_localhost};
use crate::rules::prelude::*;
use std::cell::LazyCell;

rule! {
    /// nginx in a container sends requests to localhost.
    ///
    /// That is nginx' own container, where nobody else listens: every request ends with 502. A service of the same file is called
    /// by its name, and a program on the host by `host.docker.internal`.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   edge:
    ///     image: nginx:1.29
    ///     volumes: ["./site.conf:/etc/nginx/conf.d/default.conf:ro"]
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    /// ```
    ///
    /// ```text site.conf bad
    /// server {
    ///     listen 80;
    ///     location / { proxy_pass http://localhost:3000; }
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   edge:
    ///     image: nginx:1.29
    ///     volumes: ["./site.conf:/etc/nginx/conf.d/default.conf:ro"]
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    /// ```
    ///
    /// ```text site.conf good
    /// upstream own { server 127.0.0.1:8080; }
    /// server { listen 127.0.0.1:8080; return 204; }
    /// server {
    ///     listen 80;
    ///     location /own { proxy_pass http://own; }
    ///     # proxy_pass http://localhost:3000;
    ///     location / { proxy_pass http://app:3000; }
    /// }
    /// ```
    ///
    /// Not told on the host's network, where another container shares nginx', and of ports on which a mounted file listens. Tried with
    /// two network namespaces, which is what containers have, 2026-11-28: what listens in one is refused at 127.0.0.1 in the other.
    RULE = "nginx-loopback-upstream", Error, High, Look::Service(check)
}

/// What stands before an address to which requests are sent.
const SENDERS: [&str; 5] = ["fastcgi_pass", "grpc_pass", "proxy_pass", "server", "uwsgi_pass"];

fn check(project: &Project, service: &Service, report: &mut Report) {
    let starts = || {
        ["command", "entrypoint"].into_iter().flat_map(|key| service.words(key)).any(|(_, word)| word.contains("sh"))
    };
    if !service.is("nginx") || service.has("network_mode") || service.has("build") || starts() {
        return;
    }
    // nginx' own files are no kind that is read further.
    let is_own = |file: &&Document| matches!(file.kind, Kind::Other) && file.text.contains('{');
    let files: Vec<&Document> = service.mounted(project).map(|(file, _)| file).filter(is_own).collect();
    let is_shared = LazyCell::new(|| service.is_shared(project));
    let listening = LazyCell::new(|| {
        files
            .iter()
            .flat_map(|file| words_after(file, &["listen"]))
            .filter_map(|(word, _)| port_of(word))
            .collect::<Vec<u16>>()
    });
    for file in &files {
        for (word, at) in words_after(file, &SENDERS) {
            let Some((host, port)) = host_and_port(word) else { continue };
            if is_localhost(host) && !matches!(port, 80 | 443) && !listening.contains(&port) && !*is_shared {
                report
                    .at((*file, at..at + word.len()), "localhost is nginx' own container: nothing else answers there")
                    .related(service.key, "this service reads the file")
                    .help(BY_NAME);
            }
        }
    }
}

/// The word that stands behind one of these, wherever a statement begins, and where it is; comments are left out.
fn words_after<'a>(file: &'a Document, names: &'a [&'a str]) -> impl Iterator<Item = (&'a str, usize)> + 'a {
    file.lines().flat_map(move |(range, line)| {
        let bare = line.split('#').next().unwrap_or_default();
        bare.split_inclusive(['{', ';', '}']).filter_map(move |statement| {
            let rest = statement.trim_start();
            let (name, rest) = rest.split_once(char::is_whitespace)?;
            let word = rest.split_whitespace().next()?.trim_end_matches([';', '{', '}']);
            let at = range.start + (word.as_ptr().addr() - line.as_ptr().addr());
            (names.contains(&name) && !word.is_empty()).then_some((word, at))
        })
    })
}

/// `80`, `127.0.0.1:8080`, `[::]:443`.
fn port_of(word: &str) -> Option<u16> {
    word.rsplit(':').next()?.parse().ok()
}
