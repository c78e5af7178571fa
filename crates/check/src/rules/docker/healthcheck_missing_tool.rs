use super::last_stage;
use crate::image::Image;
use crate::program::of_image;
use crate::rules::compose::healthcheck_missing_tool::missing_in;
use crate::rules::prelude::*;

rule! {
    /// A HEALTHCHECK runs a program that the image does not get.
    ///
    /// Slim images have neither curl nor wget, and Alpine's have no curl. The check fails each time with "not found", the container
    /// is unhealthy although it works, and `depends_on: condition: service_healthy` never lets the others start.
    ///
    /// ```dockerfile Dockerfile bad
    /// FROM python:3.13-slim
    /// WORKDIR /srv
    /// COPY requirements.txt .
    /// RUN pip install --no-cache-dir -r requirements.txt
    /// HEALTHCHECK CMD curl -f http://127.0.0.1:8000/health || exit 1
    /// CMD ["python", "-m", "app"]
    /// ```
    ///
    /// ```dockerfile Dockerfile bad 2
    /// FROM node:24-alpine AS base
    /// RUN corepack enable
    /// FROM base
    /// HEALTHCHECK --interval=30s CMD ["curl", "-f", "http://127.0.0.1:3000/"]
    /// ```
    ///
    /// ```dockerfile Dockerfile good
    /// FROM python:3.13-slim
    /// RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
    /// HEALTHCHECK CMD curl -f http://127.0.0.1:8000/health || exit 1
    /// ```
    ///
    /// ```dockerfile Dockerfile good 2
    /// FROM node:24
    /// HEALTHCHECK CMD curl -f http://127.0.0.1:3000/ || exit 1
    /// ```
    ///
    /// What each image lacks, and where that was looked up, stands in `crates/check/data/`. A warning where packages are
    /// installed, which may bring it with them. Not told where scripts, or files of other stages, may bring it. Source: the Dockerfiles of
    /// docker-library/python, `3.12/slim-bookworm`, and nodejs/docker-node, `22/bookworm-slim`; read 2026-11-28.
    RULE = "dockerfile-healthcheck-missing-tool", Error, High, Look::File(&[Kind::Dockerfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("HEALTHCHECK") {
        return;
    }
    let Some((image, lines)) = last_stage(document) else { return };
    let Some(line) = lines.iter().rfind(|line| line.word_text(0).eq_ignore_ascii_case("healthcheck")) else {
        return;
    };
    let Some((_, command)) = line.written().split_once("CMD") else { return };
    let is_list = command.trim_start().starts_with('[');
    let command = command.replace("\\\n", " ");
    let command = if is_list { command.replace(['[', ']', '"', ','], " ") } else { command };
    let Some(lack) = lacks(image, &lines, &command, !is_list) else { return };
    let finding = report.at(*line, format!("`{image}` has no `{}`, and nothing here installs it", lack.tool));
    if lack.is_unsure {
        finding.severity(Severity::Warning);
    }
    finding.note(format!("as known on {}; source: {}", lack.checked, lack.source));
    if let Some(instead) = lack.instead {
        finding.help(format!("install it, or for example: {instead}"));
    }
}

/// What an image does not have.
pub(crate) struct Lack {
    pub(crate) tool: &'static str,
    /// Packages are installed, which may bring it.
    pub(crate) is_unsure: bool,
    pub(crate) instead: Option<&'static str>,
    checked: &'static str,
    source: &'static str,
}

/// The program that a check calls and that an image with these lines does not have.
pub(crate) fn lacks(image: &str, lines: &[Value], command: &str, is_shell: bool) -> Option<Lack> {
    let image = Image::parse(image)?;
    let program = of_image(&image.repository)?;
    let tools = program.tools(Some(&image)).filter(|tools| tools.has_shell)?;
    let tool = missing_in(tools, command, is_shell)?;
    let run = |line: &&Value| line.word_text(0).eq_ignore_ascii_case("run");
    if lines.iter().any(|line| may_bring(*line, tool)) {
        return None;
    }
    let installs = ["apk add", "apk --", "apt-get ", "apt ", "dnf ", "microdnf "];
    let is_unsure = lines.iter().filter(run).any(|line| installs.iter().any(|word| line.written().contains(word)));
    let instead = tools.instead.as_deref();
    Some(Lack { tool, is_unsure, instead, checked: &program.checked, source: &program.source })
}

/// Whether a line may put a program into the image: by its name, by a script, or with a whole tree of files.
fn may_bring(line: Value, tool: &str) -> bool {
    let text = line.written();
    // Packages have other names than the program.
    let is_named = |text: &str| {
        text.contains(tool) || tool == "nc" && ["netcat", "ncat", "nmap"].iter().any(|name| text.contains(name))
    };
    match line.word_text(0).to_ascii_uppercase().as_str() {
        "HEALTHCHECK" | "LABEL" => false,
        "RUN" => {
            let is_open = text.contains("install") || text.contains("apk");
            is_named(text)
                || [".sh", "make", "--with-deps", "install-deps", "nix", "<<", "busybox", "/bin/"]
                    .iter()
                    .any(|word| text.contains(word))
                || is_open && text.contains('$')
        }
        "COPY" | "ADD" => {
            let target = line.words().last().and_then(Value::text).unwrap_or_default();
            is_named(text)
                || matches!(target.trim_end_matches('/'), "" | "/usr" | "/usr/local" | "/opt")
                || target.contains("bin")
        }
        _ => text.contains(&format!("/{tool}")),
    }
}
