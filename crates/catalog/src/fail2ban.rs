//! `[fail2ban]`: one jail.local with the defaults and ssh's own jail.
//!
//! Distributions ship other defaults in jail.d, which a section of ours only beats where it says the
//! same key; so what matters is written out, though it may be the default somewhere.

use crate::context::Context;
use piton_config::Fail2ban;
use piton_plan::Resource;
use piton_plan::kind::{Jail, Package};

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let Some(fail2ban) = &context.settings().fail2ban else { return Vec::new() };
    let mut wanted = vec![Jail { content: jail_local(context, fail2ban) }.into(), package("iptables")];
    if *fail2ban.backend == "systemd" {
        // Only recommended by fail2ban, which does not start without it when it reads the journal.
        wanted.push(package("python3-systemd"));
    }
    wanted
}

fn package(name: &str) -> Resource {
    Package { name: name.into() }.into()
}

fn jail_local(context: &Context, fail2ban: &Fail2ban) -> String {
    let default = [
        ("bantime", fail2ban.bantime.value.clone()),
        ("findtime", fail2ban.findtime.value.clone()),
        ("maxretry", fail2ban.maxretry.to_string()),
        ("backend", fail2ban.backend.value.clone()),
        ("ignoreip", ignored(context, fail2ban).join(" ")),
        // Ubuntu 24.04 and Debian 13 ban by nftables, which they only recommend: without it a ban
        // would be reported and never happen. Iptables comes with ufw.
        ("banaction", "iptables-multiport".to_owned()),
        ("banaction_allports", "iptables-allports".to_owned()),
    ];
    let sshd = [
        ("enabled", "true".to_owned()),
        ("port", context.ssh_port().to_string()),
        ("maxretry", fail2ban.ssh_maxretry.to_string()),
        ("bantime", fail2ban.ssh_bantime.value.clone()),
        // Again, because the distribution's own sshd jail names one, which wins over [DEFAULT].
        ("backend", fail2ban.backend.value.clone()),
    ];
    format!("{}\n{}", section("DEFAULT", &default), section("sshd", &sshd))
}

/// Who is never banned: the host itself, its mesh, and whom the site names.
fn ignored(context: &Context, fail2ban: &Fail2ban) -> Vec<String> {
    let mesh = context.member().map(|member| member.mesh.range.to_string());
    let named = fail2ban.ignore.iter().map(|address| address.value.clone());
    ["127.0.0.1/8", "::1"].map(str::to_owned).into_iter().chain(mesh).chain(named).collect()
}

fn section(name: &str, settings: &[(&str, String)]) -> String {
    let lines: String = settings.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
    format!("[{name}]\n{lines}")
}
