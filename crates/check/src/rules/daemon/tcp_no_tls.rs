use crate::rules::prelude::*;

rule! {
    /// Docker listens on the network and asks nobody who comes.
    ///
    /// Whoever reaches that port starts a container with the host's root folder in it, and is root. Scanners find port 2375
    /// within hours.
    ///
    /// ```json daemon.json bad
    /// { "hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"] }
    /// ```
    ///
    /// ```json daemon.json good
    /// { "hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2376"], "tlsverify": true }
    /// ```
    ///
    /// ```ini docker.service bad 2
    /// [Service]
    /// ExecStart=/usr/bin/dockerd -H fd:// -H tcp://0.0.0.0:2375
    /// ```
    ///
    /// Only addresses that are the machine's own are not told. Source: Docker documentation, "Protect the Docker daemon
    /// socket"; moby pull request 37299 (why a port without --tlsverify is made harder); read 2026-11-27.
    RULE = "daemon-tcp-no-tls", Error, High, Look::File(&[Kind::DaemonJson, Kind::Unit], check)
}

const WHAT: &str = "whoever reaches this port is root on the host: Docker asks nobody for a certificate";

fn check(project: &Project, document: &Document, report: &mut Report) {
    if document.kind == Kind::DaemonJson {
        let verified = document.root().get("tlsverify").is_some_and(Value::is_true);
        let hosts = document.root().get("hosts").into_iter().flat_map(Value::items);
        for host in hosts.filter(|host| !verified && host.text().is_some_and(is_open)) {
            report.at(host, WHAT).help("take it out and use `ssh://`, or set tlsverify with certificates");
        }
        return;
    }
    for command in project.commands(document).iter().filter(|command| command.program() == "dockerd") {
        let verified = command.words.iter().any(|word| word.starts_with("--tlsverify"));
        let opens = |word: &&str| is_open(word.rsplit('=').next().unwrap_or_default());
        if !verified && command.words.iter().any(opens) {
            report
                .at((document, command.range.clone()), WHAT)
                .help("take it out and use `ssh://`, or `--tlsverify` with certificates");
        }
    }
}

/// Whether others reach it there: no address means all of them.
fn is_open(host: &str) -> bool {
    let Some(address) = host.strip_prefix("tcp://") else { return false };
    let own = ["127.", "localhost", "[::1]"];
    !own.iter().any(|own| address.starts_with(own)) && !address.contains(['$', '{'])
}
