use crate::rules::prelude::*;

rule! {
    /// OpenClaw's port is published to the world by way of a variable.
    ///
    /// `OPENCLAW_GATEWAY_PORT=0.0.0.0:18789` goes into `ports:`, and Docker publishes past ufw. A tunnel on the same
    /// host reaches 127.0.0.1 as well.
    ///
    /// ```env .env bad
    /// OPENCLAW_GATEWAY_PORT=0.0.0.0:18789
    /// ```
    ///
    /// ```env .env good
    /// OPENCLAW_GATEWAY_PORT=127.0.0.1:18789
    /// ```
    ///
    /// Source: OpenClaw `docker-compose.yml` (`"${OPENCLAW_GATEWAY_PORT:-18789}:18789"`); read 2026-11-28.
    RULE = "env-openclaw-port-bind", Warning, High, Look::File(&[Kind::Env], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for name in ["OPENCLAW_GATEWAY_PORT", "OPENCLAW_BRIDGE_PORT"] {
        if let Some(value) =
            document.root().get(name).filter(|value| value.text().is_some_and(|text| text.starts_with("0.0.0.0:")))
        {
            let text = value.written().replace("0.0.0.0:", "127.0.0.1:");
            report
                .at(value, "the gateway is published past ufw")
                .unsafe_fix("publish it on 127.0.0.1", vec![Edit::replace(value, text)]);
        }
    }
}
