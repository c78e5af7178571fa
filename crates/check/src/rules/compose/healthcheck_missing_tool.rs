use crate::compose::{Health, commands};
use crate::program::Tools;
use crate::rules::docker::healthcheck_missing_tool::lacks;
use crate::rules::docker::last_stage;
use crate::rules::prelude::*;

rule! {
    /// A health check runs a program that the image does not have.
    ///
    /// The check fails each time with "executable file not found", the service is unhealthy although it works, and
    /// `depends_on: condition: service_healthy` never lets the others start.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   qdrant:
    ///     image: qdrant/qdrant:v1.15.4
    ///     healthcheck:
    ///       test: ["CMD", "curl", "-f", "http://127.0.0.1:6333/healthz"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   qdrant:
    ///     image: qdrant/qdrant:v1.15.4
    ///     healthcheck:
    ///       test: ["CMD-SHELL", "bash -c ':> /dev/tcp/127.0.0.1/6333'"]
    ///   edge:
    ///     image: caddy:2.11.2
    ///     healthcheck: { test: ["CMD", "curl", "-f", "http://127.0.0.1/"] }
    ///   own:
    ///     build: .
    ///     healthcheck: { test: ["CMD", "curl", "-f", "http://127.0.0.1/"] }
    /// ```
    ///
    /// ```yaml compose.yaml bad 2
    /// services:
    ///   own:
    ///     build: .
    ///     healthcheck: { test: ["CMD", "curl", "-f", "http://127.0.0.1:8000/"] }
    /// ```
    ///
    /// ```dockerfile Dockerfile bad 2
    /// FROM python:3.13-slim
    /// COPY app /srv/app
    /// CMD ["python", "/srv/app"]
    /// ```
    ///
    /// What each image lacks, since when and where that was looked up stands in `crates/check/data/`. An image of
    /// your own, built on top, may have the tool: then the image has another name, and piton says nothing.
    /// Source for Loki: grafana/loki issue 20149 ("removed busybox"), read 2026-11-27.
    RULE = "compose-healthcheck-missing-tool", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let Some(health) = service.health() else { return };
    if brings_its_own(service) {
        return;
    }
    if let Some(build) = service.get("build") {
        built(project, service, &health, build, report);
        return;
    }
    let Some(program) = service.program else { return };
    let Some(tools) = program.tools(service.image.as_ref()).filter(|tools| tools.has_shell) else { return };
    let Some(missing) = missing_in(tools, &health.command, health.is_shell) else { return };
    let finding =
        report.at(health.test, format!("the image of {} has no `{missing}`, so this check always fails", program.name));
    finding
        .related(service.image_place(), "this image")
        .note(format!("as known on {}; source: {}", program.checked, program.source));
    if let Some(instead) = &tools.instead {
        finding.help(format!("for example: {instead}"));
    }
}

/// The same for an image that is built here.
fn built(project: &Project, service: &Service, health: &Health, build: Value, report: &mut Report) {
    let Some(file) = service.dockerfile(project).filter(|_| build.get("target").is_none()) else { return };
    let Some((image, lines)) = last_stage(file) else { return };
    let Some(lack) = lacks(image, &lines, &health.command, health.is_shell) else { return };
    let message =
        format!("`{image}` has no `{}`, and the Dockerfile installs none: this check always fails", lack.tool);
    let finding = report.at(health.test, message);
    if lack.is_unsure {
        finding.severity(Severity::Warning);
    }
    finding.related((file, 0..0), "built from this");
    if let Some(instead) = lack.instead {
        finding.help(format!("install it, or for example: {instead}"));
    }
}

/// The program of a check's command that the image does not have, if it cannot do without.
pub(in crate::rules) fn missing_in<'t>(tools: &'t Tools, command: &str, is_shell: bool) -> Option<&'t str> {
    let commands = commands(command);
    // A shell that is called by its name is a program as well.
    let first = command.split_whitespace().next().filter(|_| !is_shell);
    let named = |word: &str, tool: &str| word.rsplit('/').next() == Some(tool);
    let runs = |tool: &&String| commands.iter().map(|words| words[0]).chain(first).any(|word| named(word, tool));
    let missing = tools.missing.iter().find(runs)?;
    // `curl … || wget …` works when one of them is there.
    let is_there = |words: &Vec<&str>| !tools.missing.iter().any(|tool| named(words[0], tool)) && !is_ending(words);
    (!(commands.iter().any(is_there) && command.contains("||"))).then_some(missing)
}

/// Whether something is put into the container that the image does not have: by a script of one's own that starts it, by
/// a line that installs, or by a mount of programs.
fn brings_its_own(service: &Service) -> bool {
    let words = ["entrypoint", "command"].into_iter().flat_map(|key| service.words(key));
    let mut words = words.map(|(_, word)| word.trim_matches(['"', '\'']));
    let starts = service.words("entrypoint").first().map(|(_, word)| *word);
    let is_mounted = starts.is_some_and(|word| service.mounts.iter().any(|mount| mount.target == word));
    let installs = |word: &str| ["apk", "apt", "apt-get", "dnf", "microdnf", "yum"].contains(&word);
    let by_words = words.any(|word| {
        word.ends_with(".sh")
            || word.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').any(installs)
    });
    let by_mount = service.mounts.iter().any(|mount| {
        let target = mount.target.trim_end_matches('/');
        target.rsplit_once('/').is_some_and(|(folder, _)| folder.ends_with("/bin")) || target.ends_with("/bin")
    });
    is_mounted || by_words || by_mount
}

/// `exit 1`, `true` and the like: what stands behind `||`.
fn is_ending(words: &[&str]) -> bool {
    matches!(words[0], "exit" | "true" | "false" | "kill" | "grep")
}
