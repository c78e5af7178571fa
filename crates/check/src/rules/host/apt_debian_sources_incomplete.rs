use crate::rules::prelude::*;

rule! {
    /// A Debian takes no security updates.
    ///
    /// Minimal images of some providers come with the main suite alone. `apt upgrade` then says that all is well, until the next
    /// point release brings what was mended weeks ago.
    ///
    /// ```text etc/apt/sources.list bad
    /// deb http://deb.debian.org/debian bookworm main
    /// ```
    ///
    /// ```text etc/apt/sources.list good
    /// deb http://deb.debian.org/debian bookworm main
    /// deb http://deb.debian.org/debian-security bookworm-security main
    /// ```
    ///
    /// Told where no other file beside it names them. Tried with Debian 13, 2026-11-28: the kernel of the security suite
    /// (6.12.118) is newer than the main suite's (6.12.117).
    RULE = "apt-debian-sources-incomplete", Warning, High, Look::File(&[Kind::AptSources], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !matches!(document.file_name(), "sources.list" | "debian.sources") || !document.templated.is_empty() {
        return;
    }
    let active = |line: &str| !line.trim_start().starts_with('#');
    let released = |word: &str| matches!(word, "bullseye" | "bookworm" | "trixie");
    let suite = document.lines().find(|(_, line)| {
        let named = line.split_whitespace().any(released);
        active(line) && named && (line.contains("debian.org/debian ") || line.starts_with("Suites:"))
    });
    let Some((range, _)) = suite else { return };
    // `stable-security` and a mirror's own name for it count as well.
    let top = document.folder().trim_end_matches("/sources.list.d");
    let secured = project
        .of_kind(Kind::AptSources)
        .filter(|file| file.path.starts_with(top))
        .any(|file| file.lines().any(|(_, line)| active(line) && line.contains("security")));
    if !secured && document.text.contains("debian.org") {
        report.at((document, range), "no security updates come from these sources").help("…-security and …-updates");
    }
}
