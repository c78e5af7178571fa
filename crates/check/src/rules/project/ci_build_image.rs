use crate::rules::prelude::*;

use crate::project::join;

rule! {
    /// What CI builds needs a newer C library than the image it is put into has.
    ///
    /// A program linked on Ubuntu 24.04 (glibc 2.39) does not start on Debian 12 (2.36): "version `GLIBC_2.38' not found". Build
    /// in the image that it will run in, or link it statically.
    ///
    /// ```yaml .github/workflows/build.yml bad
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - run: cargo build --release
    ///       - run: docker build -t acme/app .
    /// ```
    ///
    /// ```dockerfile Dockerfile bad
    /// FROM debian:bookworm-slim
    /// COPY target/release/app /usr/local/bin/app
    /// ```
    ///
    /// ```yaml .github/workflows/build.yml good
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - run: cargo build --release
    ///       - run: docker build -t acme/app .
    /// ```
    ///
    /// ```dockerfile Dockerfile good
    /// FROM debian:trixie-slim
    /// COPY target/release/app /usr/local/bin/app
    /// ```
    ///
    /// Source: the package lists of Debian (read 2026-11-27) and Ubuntu, libc6: Ubuntu 22.04 2.35, 24.04 2.39; Debian 11 2.31, 12 2.36, 13
    /// 2.41.
    RULE = "ci-build-image-mismatch", Warning, Medium, Look::File(&[Kind::Workflow], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (_, job) in document.root().get("jobs").map(Value::entries).unwrap_or_default() {
        let container = job.get("container").map(|value| value.get("image").unwrap_or(value));
        let Some(place) = container.or_else(|| job.get("runs-on")) else { continue };
        let Some(built) = place.literal().and_then(libc) else { continue };
        let runs: Vec<&str> =
            job.get("steps").into_iter().flat_map(Value::items).filter_map(|step| step.get("run")?.text()).collect();
        let has = |word: &str| runs.iter().any(|run| run.contains(word));
        if !has("cargo build") || !has("docker build") || document.text.contains("musl") || has("--target") {
            continue;
        }
        let beside = project.at(&join(document.folder(), "../../Dockerfile").unwrap_or_default());
        for file in beside.into_iter().filter(|file| file.kind == Kind::Dockerfile) {
            let line_of = |name: &'static str| {
                file.root().lines().filter(move |line| line.word_text(0).eq_ignore_ascii_case(name))
            };
            let Some(from) = line_of("from").last() else { continue };
            let takes = line_of("copy").any(|line| {
                line.words().filter_map(Value::text).any(|word| word.contains("target/release/"))
                    && !line.words().filter_map(Value::text).any(|word| word.starts_with("--from"))
            });
            let older = from.word(1).and_then(Value::literal).and_then(libc).is_some_and(|runs| runs < built);
            if takes && older {
                report
                    .at(place, "what is built here needs a newer glibc than the image has")
                    .related(from, "it is put into this one");
            }
        }
    }
}

/// The minor version of glibc 2 that an image or a runner has.
fn libc(name: &str) -> Option<u32> {
    let known = [
        ("ubuntu-22.04", 35),
        ("ubuntu:22.04", 35),
        ("ubuntu-24.04", 39),
        ("ubuntu:24.04", 39),
        ("bullseye", 31),
        ("bookworm", 36),
        ("trixie", 41),
    ];
    known.iter().find(|(word, _)| name.contains(word)).map(|(_, minor)| *minor)
}
