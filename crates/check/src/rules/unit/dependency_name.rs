use crate::rules::prelude::*;
use piton_config::nearest;

rule! {
    /// What a unit depends on is no unit's name.
    ///
    /// Names have their kind behind a dot: `postgresql.service`. One without it, or one that is misspelt, is left out with a line in
    /// the journal: the service starts before its database. In [Install] `systemctl enable` does nothing with it, and the
    /// service is gone after the next boot.
    ///
    /// ```ini etc/systemd/system/app.service bad
    /// [Unit]
    /// Requires=postgresql
    /// After=network-online.target, postgresql.service
    /// [Service]
    /// ExecStart=/usr/local/bin/app
    /// ```
    ///
    /// ```ini etc/systemd/system/web.service bad 2
    /// [Service]
    /// ExecStart=/usr/local/bin/web
    /// [Install]
    /// WantedBy=multiuser.target
    /// ```
    ///
    /// ```ini etc/systemd/system/app@.service good
    /// [Unit]
    /// Requires=postgresql.service %i.mount docker.socket
    /// After=network-online.target postgresql.service getty@tty1.service
    /// [Service]
    /// ExecStart=/usr/local/bin/app
    /// [Install]
    /// WantedBy=multi-user.target stack.target
    /// ```
    ///
    /// Tried with `systemd-analyze verify` of 252, 2026-11-28: "Failed to add dependency on postgresql, ignoring: Invalid argument",
    /// and the answer is 0; with `systemctl --root=… enable`: "multi-user.targt" is not a valid unit name, and "is added as a
    /// dependency to a non-existent unit multiuser.target".
    RULE = "unit-dependency-name", Error, High, Look::File(&[Kind::Unit], check)
}

/// Keys of [Unit] that name units.
const DEPENDS: [&str; 17] = [
    "After",
    "Before",
    "BindsTo",
    "Conflicts",
    "JoinsNamespaceOf",
    "OnFailure",
    "OnSuccess",
    "PartOf",
    "PropagatesReloadTo",
    "PropagatesStopTo",
    "ReloadPropagatedFrom",
    "Requires",
    "Requisite",
    "RequisiteOverridable",
    "StopPropagatedFrom",
    "Upholds",
    "Wants",
];

/// Keys of [Install] that name units.
const INSTALLS: [&str; 4] = ["Also", "RequiredBy", "UpheldBy", "WantedBy"];

/// What stands behind the last dot of a unit's name.
const KINDS: [&str; 11] =
    ["automount", "device", "mount", "path", "scope", "service", "slice", "socket", "swap", "target", "timer"];

/// Targets that others are put into.
const TARGETS: [&str; 11] = [
    "basic.target",
    "default.target",
    "graphical.target",
    "local-fs.target",
    "multi-user.target",
    "network-online.target",
    "network.target",
    "sockets.target",
    "suspend.target",
    "sysinit.target",
    "timers.target",
];

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (section, keys) in [("Unit", &DEPENDS[..]), ("Install", &INSTALLS[..])] {
        let sections = document.root().entries().into_iter().filter(|(name, _)| name.text() == Some(section));
        for (key, value) in sections.flat_map(|(_, section)| section.entries()) {
            let Some(name) = key.text().filter(|name| keys.contains(name)) else { continue };
            // Behind a comment's sign nothing is meant as a name; that is told by another rule.
            let Some(text) = value.literal().filter(|text| !text.contains(['#', '\n', '"', '\''])) else { continue };
            for word in text.split_whitespace() {
                judge(project, (section, name), (value, word), report);
            }
        }
    }
}

fn judge(project: &Project, (section, key): (&str, &str), (value, word): (Value, &str), report: &mut Report) {
    let document = value.document();
    let start = word.as_ptr().addr().saturating_sub(document.text.as_ptr().addr());
    let place = || (document, start..start + word.len());
    let kind = word.rsplit_once('.').map_or("", |(_, kind)| kind);
    if word.starts_with(['@', '<', '$', '_']) || word.contains(['%', '$']) && !KINDS.contains(&kind) {
        return;
    }
    if !KINDS.contains(&kind) {
        let what = match section {
            "Install" => format!("`{word}` is no unit's name: `systemctl enable` does nothing with it"),
            _ => format!("`{word}` is no unit's name: systemd leaves it out of {key}"),
        };
        let help = match word.strip_suffix([',', ';']) {
            Some(bare) if KINDS.iter().any(|kind| bare.ends_with(&format!(".{kind}"))) => {
                "names are parted by blanks, without commas".to_owned()
            }
            _ if word.contains(',') => "names are parted by blanks, without commas".to_owned(),
            _ => match nearest(word, TARGETS).filter(|_| word.contains('.')) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("with its kind: `{}.service`", word.rsplit_once('.').map_or(word, |(name, _)| name)),
            },
        };
        report.at(place(), what).help(help);
    } else if section == "Install" && kind == "target" && !TARGETS.contains(&word) {
        // A target of one's own may be called nearly like one of systemd's.
        let is_own = project.of_kind(Kind::Unit).any(|file| file.file_name() == word);
        if let Some(meant) = nearest(word, TARGETS).filter(|meant| !is_own && is_slip(word, meant)) {
            report
                .at(place(), format!("there is no `{word}`: what is enabled for it never starts"))
                .help(format!("did you mean `{meant}`?"));
        }
    }
}

/// Whether two names are the same but for what lies between their words, or for one letter at most.
fn is_slip(word: &str, meant: &str) -> bool {
    let bare = |text: &str| text.replace(['-', '_'], "");
    bare(word) == bare(meant)
        || word.len().abs_diff(meant.len()) <= 1 && word.as_bytes().first() == meant.as_bytes().first()
}
