//! `piton check`: files in, findings out; with `--fix`, files mended.
//!
//! `walk.rs` finds the files, `settings.rs` reads `piton.toml`, `mend.rs` writes fixes. Reading and
//! judging is the check room's, and runs on as many threads as there are cores.

mod crowd;
mod mend;
mod settings;
mod walk;

use crate::arguments::{CheckArguments, CheckFormat};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::{Screen, findings as view};
pub(crate) use mend::Mended;
use piton_check::{Finding, Project, Selection, Severity, baseline};
use piton_config::read::Document;
use settings::Settings;
use std::io::Read;

pub(super) fn run(arguments: &CheckArguments, screen: &Screen) -> Ended {
    let settings = Settings::read()?;
    let selection = settings.selection(arguments)?;
    let mut documents = match &arguments.stdin_filename {
        Some(name) => vec![from_stdin(name)?],
        None => crowd::read_all(&walk::files(&arguments.paths)?),
    };
    if arguments.fix || arguments.unsafe_fixes || arguments.diff {
        let mended = mend::mend(&mut documents, &selection, arguments.unsafe_fixes);
        if arguments.diff {
            screen.answer(view::differences(&mended));
            return Ok(if mended.files.is_empty() { Exit::Done } else { Exit::Failed });
        }
        mend::write(&mended)?;
        screen.say(&mended.summary());
    }
    let project = Project::new(&documents);
    let mut findings = judge(&project, &selection);
    findings.retain(|finding| !settings.silences(finding));
    if let Some(file) = &arguments.write_baseline {
        let text = baseline::write(&project, &findings);
        std::fs::write(file, text).map_err(|error| Failure::file("write", file, &error))?;
        screen.say(&format!("{} findings are known from now on: {}", findings.len(), file.display()));
        return Ok(Exit::Done);
    }
    if let Some(file) = arguments.baseline.as_ref().or(settings.baseline.as_ref()) {
        let known = std::fs::read_to_string(file).map_err(|error| Failure::file("read", file, &error))?;
        findings = baseline::subtract(&project, findings, &known);
    }
    show(&project, &findings, arguments, screen);
    let told = findings.iter().any(|finding| finding.severity > Severity::Info);
    Ok(if told { Exit::Failed } else { Exit::Done })
}

/// All findings, sorted, without those that a comment silences.
fn judge(project: &Project, selection: &Selection) -> Vec<Finding> {
    let mut findings = crowd::check(project, selection);
    findings.append(&mut project.check_whole(selection));
    piton_check::sort(&mut findings);
    piton_check::suppress(project, findings)
}

fn show(project: &Project, findings: &[Finding], arguments: &CheckArguments, screen: &Screen) {
    match arguments.format {
        CheckFormat::Text if arguments.json => screen.answer_json(&view::json(project, findings)),
        CheckFormat::Text => screen.answer(view::text(project, findings)),
        CheckFormat::Json => screen.answer_json(&view::json(project, findings)),
        CheckFormat::Sarif => screen.answer_json(&view::sarif(project, findings)),
        CheckFormat::Github => screen.answer(view::github(project, findings)),
        CheckFormat::Gitlab => screen.answer_json(&view::gitlab(project, findings)),
        CheckFormat::Junit => screen.answer(view::junit(project, findings)),
    }
}

fn from_stdin(name: &str) -> Result<Document, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Failure::file("read", std::path::Path::new("stdin"), &error))?;
    Ok(piton_config::read::read(name, &bytes, None))
}
