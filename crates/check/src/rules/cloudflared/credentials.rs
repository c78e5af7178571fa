use crate::rules::prelude::*;

rule! {
    /// A tunnel's credentials lie in the repository.
    ///
    /// Whoever has them runs the tunnel: visitors of your names come to them.
    ///
    /// ```json cloudflared/credentials.json bad
    /// { "AccountTag": "0123456789abcdef", "TunnelID": "6ff42ae2-765d-4adf-8112-31c55c1551ef", "TunnelSecret": "c2VjcmV0IG9mIHRoaXMgZXhhbXBsZQ==" }
    /// ```
    ///
    /// ```json cloudflared/other.json good
    /// { "TunnelID": "6ff42ae2-765d-4adf-8112-31c55c1551ef" }
    /// ```
    ///
    /// ```json cloudflared/mark.json good
    /// { "TunnelID": "6ff42ae2-765d-4adf-8112-31c55c1551ef", "TunnelSecret": "@secret(cloudflare_tunnel_secret,json)" }
    /// ```
    ///
    /// Delete the tunnel and make a new one. Source: cloudflared `connection/connection.go`, Credentials ("contain all info
    /// needed to run a tunnel"); read 2026-11-28. Evidence: the file itself.
    RULE = "cf-credentials-in-repo", Error, High, Look::File(&[Kind::Json], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    let is_secret = |text: &str| text.len() > 20 && !is_mark(text);
    if let Some(secret) = root
        .get("TunnelSecret")
        .filter(|secret| root.get("TunnelID").is_some() && secret.literal().is_some_and(is_secret))
    {
        report.at(secret, "whoever has this runs the tunnel");
    }
}
