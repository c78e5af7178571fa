//! Which secrets a stack needs, as the services that declare them say it.

use super::super::trouble::Trouble;
use super::super::world::World;
use piton_plan::stack::{SecretNeed, Stack};
use std::collections::BTreeSet;

/// Every marked secret, as the service that declares it says it; the site's own are the operator's.
pub(in crate::services) fn secrets(world: &World, stack: &Stack) -> Result<Vec<SecretNeed>, Trouble> {
    let site: BTreeSet<&str> = world
        .site
        .services
        .iter()
        .flat_map(|placement| placement.env.values())
        .filter_map(|value| value.strip_prefix("secret:"))
        .collect();
    let mut needs = Vec::new();
    for name in stack.marked() {
        let declared = world.seats.iter().find_map(|seat| seat.form.secrets.get(&name));
        match declared {
            Some(form) => needs.push(SecretNeed {
                about: form.about.clone(),
                made: form.made,
                optional: form.optional,
                permanent: form.permanent,
                name,
            }),
            None if site.contains(name.as_str()) => needs.push(SecretNeed {
                about: "named in the site file".to_owned(),
                made: piton_plan::stack::Made::ByOperator,
                optional: false,
                permanent: false,
                name,
            }),
            None => {
                let what = format!("the stack `{}` uses the secret `{name}`, which no service declares", stack.name);
                return Err(Trouble::new(
                    "service/unknown-secret",
                    what,
                    format!("add [secrets.{name}] to the service.toml that uses it"),
                ));
            }
        }
    }
    Ok(needs)
}
