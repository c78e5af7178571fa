use crate::rules::prelude::*;

rule! {
    /// A peer that must be called has no keepalive.
    ///
    /// Behind NAT the way back is forgotten after some silence. The tunnel is then one-way until this side sends again. Who is
    /// never called does not need it, and whether this side is behind NAT is not in the file: an information.
    ///
    /// ```ini wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.2/24
    /// PrivateKey = {{ wg_private_key }}
    /// [Peer]
    /// PublicKey = {{ hub_public_key }}
    /// Endpoint = 203.0.113.10:51820
    /// AllowedIPs = 10.0.0.1/32
    /// ```
    ///
    /// ```ini wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.2/24
    /// PrivateKey = {{ wg_private_key }}
    /// [Peer]
    /// PublicKey = {{ hub_public_key }}
    /// Endpoint = 203.0.113.10:51820
    /// AllowedIPs = 10.0.0.1/32
    /// PersistentKeepalive = 25
    /// ```
    ///
    /// Two servers that both listen (`ListenPort`) on addresses of their own do not need it and are not told. Source: wg(8),
    /// PersistentKeepalive ("keeping a stateful firewall or NAT mapping valid", "Most users will not need this"); read
    /// 2026-11-28. Fix: unsafe, it makes traffic where there was none.
    RULE = "wg-keepalive-missing", Info, Medium, Look::File(&[Kind::WireGuard], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let listens = super::interface(document).is_some_and(|section| section.get_in_any_case("ListenPort").is_some());
    for (name, peer) in super::peers(document) {
        if let Some((key, endpoint)) = peer
            .entry_in_any_case("Endpoint")
            .filter(|_| peer.get_in_any_case("PersistentKeepalive").is_none() && !listens)
        {
            let place = key.range().start..endpoint.range().end;
            report.at(name, "behind NAT this tunnel goes silent").related(key, "this side calls").unsafe_fix(
                "PersistentKeepalive = 25",
                vec![Edit::line_below(document, place, "PersistentKeepalive = 25")],
            );
        }
    }
}
