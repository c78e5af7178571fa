use crate::rules::prelude::*;
use piton_config::nearest;
use std::collections::BTreeSet;
use std::sync::LazyLock;

rule! {
    /// A key that systemd does not know.
    ///
    /// systemd says one line in the journal, leaves the setting out and goes on: `MemoryMaxx=1G` limits nothing.
    ///
    /// ```ini etc/systemd/system/app.service bad
    /// [Service]
    /// ExecStart=/usr/local/bin/app
    /// MemoryMaxx=1G
    /// ```
    ///
    /// ```ini etc/systemd/system/app.service good
    /// [Service]
    /// ExecStart=/usr/local/bin/app
    /// MemoryMax=1G
    /// ```
    ///
    /// Told is what is nearly a known key; a key of a newer systemd may be as unknown. Tried with systemd 257, 2026-11-28:
    /// `systemd-analyze verify` says "Unknown key", and its answer is 0.
    RULE = "unit-unknown-key", Error, High, Look::File(&[Kind::Unit], check)
}

const KEYS: &str = include_str!("../../../data/systemd-257.keys");

const SECTIONS: [&str; 11] =
    ["Unit", "Service", "Socket", "Mount", "Automount", "Swap", "Timer", "Path", "Slice", "Scope", "Install"];

/// Of no more unknown keys it is asked what was meant.
const MOST: usize = 500;

static KNOWN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let lines = KEYS.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

fn check(_: &Project, document: &Document, report: &mut Report) {
    let mut left = MOST;
    for section in SECTIONS.iter().filter_map(|name| document.root().get(name)) {
        for (key, _) in section.entries() {
            let Some(name) = key.literal().filter(|name| !name.starts_with("X-") && !KNOWN.contains(name)) else {
                continue;
            };
            let Some(fewer) = left.checked_sub(1) else { return };
            left = fewer;
            if let Some(meant) = nearest(name, KNOWN.iter().copied()) {
                report
                    .at(key, format!("systemd does not know `{name}`, and leaves it out"))
                    .help(format!("did you mean `{meant}`?"));
            }
        }
    }
}
