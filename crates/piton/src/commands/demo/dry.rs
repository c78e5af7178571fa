//! The demo without root: the same site and the same plans, against hosts that are only values.

use crate::commands::render::assumed;
use crate::errand::{Ground, fresh};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::Screen;
use crate::print::plan as view;
use piton_config::Sources;
use piton_plan::fake::FakeHost;
use piton_plan::{HostView, Plan, Wanted};

/// Stands where the operator's own key would; nobody has its private half.
const NOBODYS_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA nobody@demo\n";

pub(super) fn run(asked: bool, screen: &Screen) -> Ended {
    let why = match (asked, cfg!(target_os = "linux")) {
        (true, _) => "Nothing is booted, as asked",
        (false, false) => "Hosts can only be booted on Linux",
        (false, true) => "Hosts can only be booted by root",
    };
    screen.answer(format!("{why}: this plans the `two-vps` example against hosts that are only values.\n"));
    let ground = ground()?;
    let wanted = assumed(&ground, &ground.selected(&[])?)?;
    let mut hosts: Vec<FakeHost> = wanted.iter().map(|wanted| fresh(wanted, 22)).collect();

    super::title(screen, "What would change: `piton plan`");
    let plan = make(&ground, &wanted, &hosts);
    screen.answer(view::view(&plan, &[], screen.width(), false));
    for (host, planned) in hosts.iter_mut().zip(&plan.hosts) {
        host.apply(planned);
    }
    super::title(screen, "Once more, after it was applied");
    let again = make(&ground, &wanted, &hosts);
    screen.answer(crate::commands::plan::words_of(&again, &[], screen.width(), false));
    screen.answer(
        "\nLeft out: booting two real hosts, applying the plan to them, and looking at them from outside\n\
         (ssh on its new port, the filter, the mesh). `sudo piton demo` on Linux does all of that.\n",
    );
    Ok(if again.is_empty() { Exit::Done } else { Exit::Bug })
}

fn ground() -> Result<Ground, Failure> {
    let mut sources = Sources::new();
    sources.insert("keys/operator.pub", NOBODYS_KEY);
    let text = super::example();
    match piton_config::resolve(text, "site.toml", &sources) {
        Ok(site) => Ground::without_hosts(site, text),
        Err(problems) => Err(Failure::of(Exit::Bug, problems).in_text("site.toml", text)),
    }
}

fn make(ground: &Ground, wanted: &[Wanted], hosts: &[FakeHost]) -> Plan {
    let seen: Vec<(Wanted, HostView)> =
        wanted.iter().zip(hosts).map(|(wanted, host)| (wanted.clone(), host.look(&wanted.resources))).collect();
    piton_plan::make(&ground.site.name, ground.digest(), env!("CARGO_PKG_VERSION"), &seen, Vec::new())
}
