use crate::rules::prelude::*;

rule! {
    /// A script asks `dig` on hosts that do not have it.
    ///
    /// Debian's minimal images have neither dig nor nslookup; `getent hosts` is in libc and asks what programs ask.
    ///
    /// ```sh wait.sh bad
    /// #!/bin/sh
    /// apt-get update
    /// until dig +short db.example.org | grep -q .; do sleep 1; done
    /// ```
    ///
    /// ```sh wait.sh good
    /// #!/bin/sh
    /// apt-get update
    /// until getent hosts db.example.org; do sleep 1; done
    /// ```
    ///
    /// Told with `--strict`, and not where the file installs it. Tried on a Debian 13 of apt and what it needs, 2026-11-28:
    /// neither is there, getent is.
    RULE = "script-dig-not-installed", Info, Low, Look::File(&[Kind::Shell, Kind::Tasks], check), strict
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if document.text.contains("dnsutils")
        || document.text.contains("bind-utils")
        || document.text.contains("command -v dig")
    {
        return;
    }
    for command in project.commands(document).iter().filter(|command| matches!(command.program(), "dig" | "nslookup")) {
        report.at((document, command.range.clone()), "minimal Debian has no such program").help("getent hosts NAME");
    }
}
