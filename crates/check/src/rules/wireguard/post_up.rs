use crate::rules::prelude::*;

rule! {
    /// What is done when the tunnel comes up is not undone when it goes.
    ///
    /// Rules that PostUp adds and PostDown does not delete pile up with each restart, or a masquerade stays for an interface that
    /// is gone.
    ///
    /// ```ini wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// PrivateKey = {{ wg_private_key }}
    /// PostUp = iptables -A FORWARD -i wg0 -j ACCEPT; iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE
    /// PostDown = iptables -D FORWARD -i wg0 -j ACCEPT
    /// ```
    ///
    /// ```ini wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// PrivateKey = {{ wg_private_key }}
    /// PostUp = iptables -A FORWARD -i wg0 -j ACCEPT
    /// PostDown = iptables -D FORWARD -i wg0 -j ACCEPT
    /// ```
    ///
    /// Source: wireguard-tools 1.0.20210914, `wg-quick`, cmd_down (it runs PreDown and PostDown, and takes away its own rules
    /// alone); read 2026-11-28.
    RULE = "wg-postup-predown-mismatch", Warning, Medium, Look::File(&[Kind::WireGuard], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(section) = super::interface(document) else { return };
    let of = |names: [&str; 2]| -> Vec<(Value, &str)> {
        let lines = section
            .entries()
            .into_iter()
            .filter(|(key, _)| key.text().is_some_and(|key| names.iter().any(|name| name.eq_ignore_ascii_case(key))));
        lines.filter_map(|(_, value)| Some((value, value.text()?))).collect()
    };
    let down: Vec<String> = of(["PostDown", "PreDown"])
        .iter()
        .flat_map(|(_, text)| text.split([';', '&']))
        .map(|command| command.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for (value, text) in of(["PostUp", "PreUp"]) {
        for command in
            text.split([';', '&']).filter(|command| command.contains("iptables") || command.contains("ip6tables"))
        {
            let words: Vec<&str> = command.split_whitespace().collect();
            let undone = words
                .iter()
                .map(|word| if matches!(*word, "-A" | "-I" | "--append" | "--insert") { "-D" } else { word })
                .collect::<Vec<_>>()
                .join(" ");
            // `-I FORWARD 1` is deleted without its number.
            let numbered = words.windows(3).any(|three| three[0] == "-I" && three[2].parse::<u32>().is_ok());
            let adds = words.iter().any(|word| matches!(*word, "-A" | "-I"));
            if adds
                && !numbered
                && !down.contains(&undone)
                && !down.iter().any(|command| command.ends_with(".sh") || command.contains("-F"))
            {
                report.at(value, format!("nothing undoes `{}`", words.join(" "))).help(format!("PostDown = {undone}"));
            }
        }
    }
}
