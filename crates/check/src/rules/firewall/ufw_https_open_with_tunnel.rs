use crate::rules::prelude::*;

rule! {
    /// Port 443 is open although everything comes through a tunnel.
    ///
    /// cloudflared calls out and needs no open port. With 443 open the origin can be found and asked directly, past everything
    /// that the edge filters.
    ///
    /// ```sh setup.sh bad
    /// #!/bin/bash
    /// ufw allow 443/tcp
    /// cloudflared service install
    /// ```
    ///
    /// ```sh setup.sh good
    /// #!/bin/bash
    /// ufw allow 222/tcp
    /// cloudflared service install
    /// ```
    ///
    /// Told for scripts that set both up and name no web server. Source: cloudflared's README ("without
    /// requiring you to poke holes on your firewall"); read 2026-11-28.
    RULE = "ufw-https-open-with-tunnel", Warning, Medium, Look::File(&[Kind::Shell], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let all = project.commands(document);
    let tunnel =
        all.iter().find(|command| command.program() == "cloudflared" && (command.has("install") || command.has("run")));
    let servers = ["caddy", "nginx", "traefik", "apache", "haproxy", "certbot", "headscale", "coolify"];
    let lower = document.text.to_ascii_lowercase();
    let Some(tunnel) = tunnel.filter(|_| !servers.iter().any(|server| lower.contains(server))) else { return };
    let opens = |command: &&crate::command::Command| {
        let web = command.words.iter().any(|word| matches!(*word, "443" | "443/tcp" | "https" | "80,443/tcp"));
        command.program() == "ufw" && command.words.get(1) == Some(&"allow") && web && !command.has("from")
    };
    for command in all.iter().filter(opens) {
        report
            .at(
                (document, command.range.clone()),
                "a tunnel needs no open port: whoever finds this host goes past the edge",
            )
            .related((document, tunnel.range.clone()), "the tunnel");
    }
}
