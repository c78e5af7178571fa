//! Which room may use which: the table in ARCHITECTURE.md, held against what cargo knows.
//!
//! The pure rooms are held to more: no process, no network, no clock, no file, no thread.

use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The rooms that compute and do nothing, and what their code must not name.
const PURE: [&str; 6] = ["config", "check", "plan", "reach", "catalog", "gate"];
const EFFECTS: [&str; 6] = ["std::process", "std::net::Tcp", "std::net::Udp", "std::fs", "std::thread", "std::time::"];

pub(crate) fn check(root: &Path) -> Result<()> {
    let page = fs::read_to_string(root.join("ARCHITECTURE.md")).context("cannot read ARCHITECTURE.md")?;
    let mut wrong = compare(&table(&page), &used(root)?);
    wrong.extend(effects_in_pure_rooms(root)?);
    match wrong.is_empty() {
        true => Ok(()),
        false => bail!("the rooms are not as ARCHITECTURE.md says:\n  {}", wrong.join("\n  ")),
    }
}

/// The rows `| room | package | what for | may use |`, by package.
fn table(page: &str) -> Arrows {
    let mut arrows = Arrows::new();
    for line in page.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [room, package, _, may_use] = cells.as_slice() else { continue };
        if !room.starts_with('`') {
            continue;
        }
        let used = may_use.split('`').skip(1).step_by(2).map(package_name).collect();
        arrows.insert(package.trim_matches('`').to_owned(), used);
    }
    let all: BTreeSet<String> = arrows.keys().filter(|name| name.starts_with("piton-")).cloned().collect();
    if let Some(own) = arrows.get_mut("piton") {
        own.extend(all);
    }
    arrows
}

/// `config` is the room of the package `piton-config`; the others are called as they are.
fn package_name(room: &str) -> String {
    if room == "piton" { room.to_owned() } else { format!("piton-{room}") }
}

/// What each package of the workspace really depends on, of the workspace's own.
fn used(root: &Path) -> Result<Arrows> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version=1", "--no-deps", "--offline"]).current_dir(root);
    let output = cargo.output().context("cannot run cargo metadata")?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).context("cargo metadata failed")?;
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    let name = |value: &serde_json::Value| value["name"].as_str().unwrap_or_default().to_owned();
    let own: BTreeSet<String> = packages.iter().map(name).collect();
    let depends = |package: &serde_json::Value| {
        let all = package["dependencies"].as_array().into_iter().flatten();
        let shipped = all.filter(|dependency| dependency["kind"].is_null());
        shipped.map(name).filter(|name| own.contains(name)).collect()
    };
    Ok(packages.iter().map(|package| (name(package), depends(package))).collect())
}

fn compare(allowed: &Arrows, used: &Arrows) -> Vec<String> {
    let mut wrong = Vec::new();
    for (package, dependencies) in used {
        let Some(allowed) = allowed.get(package) else {
            wrong.push(format!("{package} is not in the table"));
            continue;
        };
        let strangers = dependencies.difference(allowed);
        wrong.extend(strangers.map(|stranger| format!("{package} uses {stranger}, which the table does not allow")));
    }
    let gone = allowed.keys().filter(|package| !used.contains_key(*package));
    wrong.extend(gone.map(|package| format!("{package} is in the table, and there is no such package")));
    wrong
}

fn effects_in_pure_rooms(root: &Path) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for room in PURE {
        for_each_source(&root.join("crates").join(room).join("src"), &mut |path, text| {
            for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                let named = EFFECTS.iter().filter(|effect| line.contains(**effect));
                wrong.extend(named.map(|effect| format!("{} names {effect}, and {room} is pure", path.display())));
            }
        })?;
    }
    Ok(wrong)
}

fn for_each_source(folder: &Path, see: &mut dyn FnMut(&Path, &str)) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            for_each_source(&path, see)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            // What stands below the tests is not shipped.
            see(&path, text.split("#[cfg(test)]").next().unwrap_or_default());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(of: &[(&str, &[&str])]) -> Arrows {
        of.iter()
            .map(|(name, used)| ((*name).to_owned(), used.iter().map(|used| (*used).to_owned()).collect()))
            .collect()
    }

    #[test]
    fn the_rooms_are_as_the_page_says() {
        check(crate::root()).unwrap();
    }

    #[test]
    fn an_arrow_that_the_table_does_not_have_is_named() {
        let allowed = arrows(&[("piton-plan", &[]), ("piton-host", &["piton-plan"])]);
        let used = arrows(&[("piton-plan", &["piton-host"]), ("piton-host", &["piton-plan"])]);
        assert_eq!(compare(&allowed, &used), ["piton-plan uses piton-host, which the table does not allow"]);
    }

    #[test]
    fn a_package_without_a_row_and_a_row_without_a_package_are_named() {
        let wrong = compare(&arrows(&[("piton-old", &[])]), &arrows(&[("piton-new", &[])]));
        assert_eq!(wrong, ["piton-new is not in the table", "piton-old is in the table, and there is no such package"]);
    }

    #[test]
    fn the_table_is_read_with_its_rooms_as_packages() {
        let page = "| room | package | what | may use |\n| --- | --- | --- | --- |\n\
                    | `crates/host` | `piton-host` | touches | `plan` |\n| `crates/plan` | `piton-plan` | thinks | – |\n\
                    | `crates/piton` | `piton` | prints | all |";
        let expected =
            arrows(&[("piton-host", &["piton-plan"]), ("piton-plan", &[]), ("piton", &["piton-host", "piton-plan"])]);
        assert_eq!(table(page), expected);
    }
}
