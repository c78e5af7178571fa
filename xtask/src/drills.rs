//! `docs/drills.md` out of a real run: `piton lab drill --all --json > run.ndjson`, then
//! `cargo xtask drills run.ndjson`; the suite of the drills leaves its own in `target/*/tmp`. Not checked for drift: the
//! next run takes other seconds.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

pub(crate) fn write(root: &Path, run: &str) -> Result<()> {
    let text = std::fs::read_to_string(run).with_context(|| format!("cannot read {run}"))?;
    let events: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let drills: Vec<&Value> = events.iter().filter(|event| event["event"] == "drill").collect();
    let Some(result) = events.iter().find(|event| event["event"] == "result") else {
        bail!("{run} has no result: was it run with --json, and to its end?");
    };
    let page = page(&drills, result)?;
    std::fs::write(root.join("docs/drills.md"), page).context("cannot write docs/drills.md")
}

fn page(drills: &[&Value], result: &Value) -> Result<String> {
    let mut page = String::from(
        "# Drills\n\nA drill is one realistic way to lose a host, staged on a real booted one. This page is a real run; this \
         runs them\non your machine, in throwaway hosts that are gone afterwards:\n\n```console\n$ piton lab drill --list\n\
         $ piton lab drill pam-broken\n$ piton lab drill --all --sample 3\n```\n\n\
         *Refuse*: stopped before anything is touched. *Revert*: the host puts itself back. *Finish*: it ends as wanted all \
         the same.\n*Go back*: it is kept, and `piton rollback` makes the host what it was.\nAfter each, every file below /etc, /home, /root, /srv, /opt, /usr/local and /var/spool is compared byte for \
         byte, and so is\nwhat sshd, the filter, the routes, the sockets, the units and the kernel say; and the old way in must \
         lead to root.\nSomebody logs in all the while: the last column is the longest time in which nobody could.\n\n\
         | # | drill | what is done | must | held | places | longest without access |\n\
         | ---: | --- | --- | --- | --- | ---: | ---: |\n",
    );
    for drill in drills {
        let runs = drill["runs"].as_array().cloned().unwrap_or_default();
        let gap = runs.iter().filter_map(|run| run["without_access_seconds"].as_f64()).fold(0.0, f64::max);
        let held = if drill["passed"] == true { "yes" } else { "**no**" };
        let text = |name: &str| drill[name].as_str().unwrap_or_default().to_owned();
        let (number, name, what, must) = (&drill["number"], text("name"), text("what"), text("must"));
        let gap = if gap == 0.0 { "none".to_owned() } else { format!("{gap:.1} s") };
        writeln!(page, "| {number} | {name} | {what} | {must} | {held} | {} | {gap} |", runs.len())?;
    }
    let longest = result["longest_without_access_seconds"].as_f64().unwrap_or_default();
    writeln!(
        page,
        "\n{} passed, {} failed; {longest:.1} s without access at most. Hosts waited 10 s to be confirmed here; the default is \
         60 s.\n\n`places`: at how many step boundaries of one change the trouble was staged. A lab host keeps its clock and its \
         disk from\nthe machine: `clock-jump` moves the machine's clock for seconds, `disk-full` fills a small disk under \
         piton's own folder,\nand `power-cut` cannot show a write that the disk had lost. The container of\n`health-gate` is \
         Docker's, and a unit of systemd keeps it.",
        result["passed"], result["failed"]
    )?;
    Ok(page)
}
