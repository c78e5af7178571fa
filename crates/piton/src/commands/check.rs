//! `piton check`: files in, findings out; with `--fix`, files mended.
//!
//! The work is that of [`checking`](crate::checking); here are the order of things, what is shown
//! and the exit code.

use crate::arguments::{CheckArguments, CheckFormat};
use crate::checking::{Files, Found, Settings, crowd, files, judge, mend};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::plain_file;
use crate::print::text::count;
use crate::print::{Screen, findings as view};
use piton_check::{Finding, Project, Selection, Severity, baseline};
use piton_config::read::Document;
use std::io::Read;
use std::path::Path;

/// More than any file that is worth checking; what is larger is said to be.
const LARGEST_STDIN: u64 = 9 << 20;

pub(super) fn run(arguments: &CheckArguments, screen: &Screen) -> Ended {
    let here = std::env::current_dir().map_err(|error| Failure::file("read", Path::new("."), &error))?;
    let mut settings = match &arguments.stdin_filename {
        Some(name) => Settings::of(&here, &[name.into()])?,
        None => Settings::of(&here, &arguments.paths)?,
    };
    settings.baseline = arguments.baseline.clone().or(settings.baseline);
    let selection = settings.selection(arguments)?;
    let (mut documents, found) = match &arguments.stdin_filename {
        Some(name) if settings.excludes(name) => {
            screen.say(&left_out(name));
            (Vec::new(), Vec::new())
        }
        Some(name) => (vec![from_stdin(name)?], Vec::new()),
        None => read(arguments, &settings, screen)?,
    };
    let mends = arguments.fix || arguments.unsafe_fixes || arguments.diff;
    if mends && shows_differences(&mut documents, &found, &selection, &settings, arguments, screen)? {
        return Ok(Exit::Failed);
    }
    if documents.is_empty() {
        screen.say("warning: nothing was looked at: there is no file here that is read");
    }
    let project = crowd::project(&documents);
    let mut findings = judge(&project, &selection);
    findings.retain(|finding| !settings.silences(finding));
    if let Some(file) = &arguments.write_baseline {
        let text = baseline::write(&project, &findings, &|path| settings.known_as(path));
        plain_file::replace(file, text.as_bytes()).map_err(|error| Failure::file("write", file, &error))?;
        screen.say(&format!("{} known from now on: {}", count(findings.len(), "finding"), file.display()));
        return Ok(Exit::Done);
    }
    let all = findings.len();
    findings = settings.subtract_known(&project, findings)?;
    if let (Some(file), known @ 1..) = (&settings.baseline, all - findings.len()) {
        screen.say(&format!("{} known and not told ({})", count(known, "finding"), file.display()));
    }
    findings = piton_check::fold(findings);
    show(&project, &findings, arguments, screen);
    let told = findings.iter().any(|finding| finding.severity > Severity::Info);
    // The process ends here: to give thousands of trees back piece by piece is work for nobody.
    std::mem::forget((findings, project));
    std::mem::forget(documents);
    Ok(if told { Exit::Failed } else { Exit::Done })
}

/// Mends, or only shows what that would change; that is then the answer.
fn shows_differences(
    documents: &mut [Document],
    found: &[Found],
    selection: &Selection,
    settings: &Settings,
    arguments: &CheckArguments,
    screen: &Screen,
) -> Result<bool, Failure> {
    let places = mend::Places::of(found);
    let mut mended = mend::mend(documents, selection, settings, &places, arguments.unsafe_fixes)?;
    if arguments.diff && !mended.files.is_empty() {
        screen.answer(view::differences(&mended));
        return Ok(true);
    }
    if !arguments.diff {
        let written = mend::write(&mut mended, &places);
        screen.say(&mended.summary());
        written?;
    }
    Ok(false)
}

/// Reads the files that were named or lie in the folders that were, and says what is left out of them; and where these files are.
fn read(
    arguments: &CheckArguments,
    settings: &Settings,
    screen: &Screen,
) -> Result<(Vec<Document>, Vec<Found>), Failure> {
    let Files { found, excluded, mut closed } = files(&arguments.paths, settings)?;
    for path in excluded {
        screen.say(&left_out(&path));
    }
    let (documents, mut unread) = crowd::read_all(&found);
    closed.append(&mut unread);
    if let ([], Some(first)) = (documents.as_slice(), closed.first()) {
        let help = "run piton as somebody who may read it";
        return Err(Failure::new(Exit::Usage, "check/closed", format!("nothing could be read: {first}"), help));
    }
    for what in closed {
        screen.say(&format!("warning: not looked at: {what}"));
    }
    Ok((documents, found))
}

fn left_out(name: &str) -> String {
    format!("note: {name} is left out, as [check] says with `exclude`")
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
    let read = std::io::stdin().lock().take(LARGEST_STDIN).read_to_end(&mut bytes);
    read.map_err(|error| Failure::file("read", Path::new("stdin"), &error))?;
    Ok(piton_config::read::read(name, &bytes, None))
}
