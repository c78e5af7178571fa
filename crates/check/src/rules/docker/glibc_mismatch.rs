use crate::rules::prelude::*;

rule! {
    /// A program is built on a newer system than it runs on.
    ///
    /// Built against Debian 13's C library it asks for symbols that Debian 12 does not have: "version `GLIBC_2.39' not found",
    /// at the first start.
    ///
    /// ```docker Dockerfile bad
    /// FROM rust:1.95-trixie AS build
    /// RUN cargo build --release
    /// FROM debian:bookworm-slim
    /// COPY --from=build /target/release/app /app
    /// ```
    ///
    /// ```docker Dockerfile good
    /// FROM rust:1.95-bookworm AS build
    /// RUN cargo build --release
    /// FROM debian:bookworm-slim
    /// COPY --from=build /target/release/app /app
    /// ```
    ///
    /// Source: glibc's symbol versions; Debian 12 has 2.36, 13 has 2.41 (their package lists,
    /// read 2026-11-27).
    RULE = "dockerfile-glibc-mismatch", Error, Medium, Look::File(&[Kind::Dockerfile], check)
}

/// Debian's names, oldest first.
const DEBIAN: [&str; 4] = ["buster", "bullseye", "bookworm", "trixie"];

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("--from=") {
        return;
    }
    let age = |image: &str| DEBIAN.iter().position(|name| image.contains(name));
    let mut stages: Vec<(String, Value, &str)> = Vec::new();
    for line in document.root().lines() {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let name = words.first().copied().unwrap_or_default().to_ascii_uppercase();
        if name == "FROM" {
            let Some(place) = line.words().skip(1).find(|word| word.text().is_some_and(|text| !text.starts_with("--")))
            else {
                continue;
            };
            let stage = words
                .iter()
                .position(|word| word.eq_ignore_ascii_case("as"))
                .and_then(|at| words.get(at + 1))
                .copied()
                .unwrap_or_default();
            stages.push((stage.to_owned(), place, place.text().unwrap_or_default()));
        } else if name == "COPY" {
            let Some(from) = words.iter().find_map(|word| word.strip_prefix("--from=")) else { continue };
            let (Some((_, build, built)), Some((_, run, runs))) =
                (stages.iter().find(|(stage, ..)| stage == from), stages.last())
            else {
                continue;
            };
            // Compiled programs come from compilers' images; what Node or Python built is mostly no binary.
            let is_static = document.text.contains("CGO_ENABLED=0") || document.text.contains("musl");
            let compiles = !is_static
                && ["rust", "golang", "gcc", "debian", "swift", "haskell"].iter().any(|word| built.contains(word));
            if let (Some(newer), Some(older)) = (age(built), age(runs))
                && newer > older
                && compiles
            {
                report
                    .at(*run, format!("this has an older C library than {} where the program is built", DEBIAN[newer]))
                    .related(*build, "built here");
            }
        }
    }
}
