use crate::rules::prelude::*;

rule! {
    /// `flush ruleset` takes Docker's rules with it.
    ///
    /// nftables.service runs this file at each start and reload. On a host with Docker, LXD or Incus the flush takes
    /// their tables too, and published ports and containers' ways out are gone until those daemons restart.
    ///
    /// ```nft nftables.conf bad
    /// flush ruleset
    /// table inet filter {
    ///   chain input {
    ///     type filter hook input priority 0; policy drop;
    ///     iifname "lo" accept
    ///   }
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml bad
    /// services: { web: { image: "ghcr.io/acme/web:1.4.2" } }
    /// ```
    ///
    /// ```nft nftables.conf good
    /// table inet filter
    /// delete table inet filter
    /// table inet filter {
    ///   chain input {
    ///     type filter hook input priority 0; policy drop;
    ///     iifname "lo" accept
    ///   }
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { web: { image: "ghcr.io/acme/web:1.4.2" } }
    /// ```
    ///
    /// Told where the same project runs containers. Tried with nft in a network namespace, 2026-11-28: the tables of others
    /// are gone after the first file and stay with the second. Restarting Debian's nftables.service flushes all the same (its
    /// ExecStop): reload it.
    RULE = "nft-flush-ruleset-with-docker", Warning, Medium, Look::File(&[Kind::Nftables], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(line) = document
        .root()
        .lines()
        .find(|line| line.word_text(0) == "flush" && line.word_text(1).trim_end_matches(';') == "ruleset")
    else {
        return;
    };
    let containers = [Kind::Compose, Kind::DaemonJson, Kind::LxdProfile]
        .iter()
        .flat_map(|kind| project.of_kind(*kind))
        .find(|file| Project::are_related(file, document));
    if let Some(other) = containers {
        report
            .at(line, "this takes the rules of Docker and the like with it, at each reload")
            .related((other, 0..0), "containers run here")
            .help("flush your own table instead: `delete table inet filter`");
    }
}
