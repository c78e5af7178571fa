//! `[updates]`: unattended-upgrades, and the switches of apt's own timers.
//!
//! A site names archives as people do (`security`); the table below says what each is called in the
//! two dialects of unattended-upgrades.

use crate::CatalogProblem;
use crate::context::Context;
use crate::distribution::is_ubuntu;
use piton_config::Updates;
use piton_plan::{FileSpec, Os, Resource, kind};

/// The archives that a site may name. Debian matches fields of the archive, Ubuntu origin and suite;
/// what a distribution does not have is empty.
struct Origin {
    name: &'static str,
    debian: &'static [&'static str],
    ubuntu: &'static [&'static str],
}

const ORIGINS: [Origin; 5] = [
    Origin {
        name: "main",
        debian: &["origin=Debian,codename=${distro_codename},label=Debian"],
        ubuntu: &["${distro_id}:${distro_codename}"],
    },
    Origin {
        name: "security",
        // The suite was renamed with Debian 11; the older spelling costs nothing.
        debian: &[
            "origin=Debian,codename=${distro_codename},label=Debian-Security",
            "origin=Debian,codename=${distro_codename}-security,label=Debian-Security",
        ],
        ubuntu: &["${distro_id}:${distro_codename}-security"],
    },
    Origin {
        name: "updates",
        debian: &["origin=Debian,codename=${distro_codename}-updates"],
        ubuntu: &["${distro_id}:${distro_codename}-updates"],
    },
    Origin { name: "esm-apps", debian: &[], ubuntu: &["${distro_id}ESMApps:${distro_codename}-apps-security"] },
    Origin { name: "esm-infra", debian: &[], ubuntu: &["${distro_id}ESM:${distro_codename}-infra-security"] },
];

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let Some(updates) = &context.settings().updates else { return Vec::new() };
    let files = vec![
        FileSpec::of_root("/etc/apt/apt.conf.d/20auto-upgrades", PERIODIC),
        FileSpec::of_root("/etc/apt/apt.conf.d/50unattended-upgrades", unattended(&context.facts.os, updates)),
    ];
    vec![kind::Updates { files }.into()]
}

pub(crate) fn problems(context: &Context) -> Vec<CatalogProblem> {
    let Some(updates) = &context.settings().updates else { return Vec::new() };
    let unknown = updates.origins.iter().filter(|name| !ORIGINS.iter().any(|origin| origin.name == *name));
    let mut found: Vec<_> = unknown
        .map(|name| {
            let names = ORIGINS.map(|origin| origin.name).join(", ");
            let what = format!("updates.origins has `{name}`, which is no archive that piton knows");
            context.problem("catalog/unknown-origin", what, &format!("use one of: {names}"))
        })
        .collect();
    if found.is_empty() && patterns(&context.facts.os, updates).is_empty() {
        let what = format!("none of updates.origins exists on {}, so nothing would be updated", context.facts.os.id);
        found.push(context.problem("catalog/no-origin", what, "add `security`"));
    }
    found.into_iter().map(|problem| problem.at(&updates.origins.origin)).collect()
}

/// Once a day, like the packages' own defaults once they are switched on.
const PERIODIC: &str = "APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n";

fn unattended(os: &Os, updates: &Updates) -> String {
    let list = if is_ubuntu(os) { "Allowed-Origins" } else { "Origins-Pattern" };
    let origins: String = patterns(os, updates).iter().map(|pattern| format!("        \"{pattern}\";\n")).collect();
    let switches = [
        ("AutoFixInterruptedDpkg", *updates.fix_interrupted),
        ("Remove-Unused-Kernel-Packages", *updates.remove_unused_kernels),
        ("Remove-Unused-Dependencies", *updates.remove_unused_dependencies),
        ("Automatic-Reboot", *updates.auto_reboot),
    ];
    let switches: String =
        switches.iter().map(|(name, on)| format!("Unattended-Upgrade::{name} \"{on}\";\n")).collect();
    format!("Unattended-Upgrade::{list} {{\n{origins}}};\n{switches}")
}

fn patterns(os: &Os, updates: &Updates) -> Vec<&'static str> {
    let named = ORIGINS.iter().filter(|origin| updates.origins.iter().any(|name| name == origin.name));
    named.flat_map(|origin| if is_ubuntu(os) { origin.ubuntu } else { origin.debian }).copied().collect()
}
