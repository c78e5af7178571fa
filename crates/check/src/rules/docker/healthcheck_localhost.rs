use crate::rules::compose::healthcheck_localhost::{GNU, by_address};
use crate::rules::prelude::*;

rule! {
    /// An image's health check asks `localhost` with wget.
    ///
    /// In Alpine images that is ::1 first, and busybox's wget does not try the next address: a service on IPv4 is never
    /// healthy.
    ///
    /// ```docker Dockerfile bad
    /// FROM node:24-alpine
    /// ENV HOSTNAME=0.0.0.0
    /// HEALTHCHECK CMD wget -q --spider http://localhost:3000/ || exit 1
    /// ```
    ///
    /// ```docker Dockerfile good
    /// FROM node:24-alpine
    /// HEALTHCHECK CMD wget -q --spider http://127.0.0.1:3000/ || exit 1
    /// ```
    ///
    /// ```docker Dockerfile good 2
    /// FROM node:24-bookworm
    /// HEALTHCHECK CMD wget -q --spider http://localhost:3000/ || exit 1
    /// ```
    ///
    /// A warning where the image is Alpine's and the file has it listen on 0.0.0.0; an information where it may be so. Fix:
    /// safe for plain HTTP. Tried with busybox 1.37.0, 2026-11-28: "can't connect to remote host: Connection refused" where ::1 comes first,
    /// and curl goes on to 127.0.0.1.
    RULE = "dockerfile-healthcheck-localhost", Warning, Medium, Look::File(&[Kind::Dockerfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("//localhost")
        || super::base(document).is_some_and(|base| GNU.iter().any(|name| base.contains(name)))
    {
        return;
    }
    let bound = document.root().lines().find(|line| {
        let name = line.word_text(0);
        ["env", "cmd", "entrypoint"].iter().any(|known| name.eq_ignore_ascii_case(known))
            && line.written().contains("0.0.0.0")
    });
    for line in document.root().lines().filter(|line| line.word_text(0).eq_ignore_ascii_case("healthcheck")) {
        let wget = line.words().any(|word| {
            word.text().is_some_and(|text| text.trim_matches(['[', '"', ',', '\'']).rsplit('/').next() == Some("wget"))
        });
        for word in line.words().filter(|word| wget && word.written().contains("//localhost")) {
            let finding = report.at(
                word,
                "wget asks `localhost`, which is ::1 first in Alpine images; a service on IPv4 only is never healthy",
            );
            match bound {
                Some(place) => finding.related(place, "here it listens on IPv4 only"),
                None => finding.severity(Severity::Info),
            };
            finding.help("ask 127.0.0.1");
            if let Some(new) = by_address(word.written()) {
                finding.safe_fix("ask 127.0.0.1", vec![Edit::replace(word, new)]);
            }
        }
    }
}
