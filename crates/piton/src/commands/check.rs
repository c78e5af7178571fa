//! `piton check`: files in, findings out; with `--fix`, files mended.
//!
//! The work is that of [`checking`](crate::checking); here are the order of things, what is shown
//! and the exit code.

use crate::arguments::{CheckArguments, CheckFormat};
use crate::checking::{Files, Known, Settings, crowd, files, judge, mend, taken_by_sites};
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
    let mut documents = match &arguments.stdin_filename {
        Some(name) if settings.excludes(name) => {
            screen.say(&left_out(name));
            Vec::new()
        }
        Some(name) => vec![from_stdin(name)?],
        None => read(arguments, &settings, screen)?,
    };
    let mends = arguments.fix || arguments.unsafe_fixes || arguments.diff;
    if mends && shows_differences(&mut documents, &selection, &settings, arguments, screen)? {
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
    let folders = if arguments.stdin_filename.is_some() { &[][..] } else { &arguments.paths };
    let (mut findings, known) = settings.tell_known(&project, findings, &selection, folders)?;
    known.iter().for_each(|known| say_known(known, &findings, screen));
    findings = piton_check::fold(findings);
    show(&project, &findings, known.as_ref(), arguments, screen);
    let told = findings.iter().any(|finding| finding.severity > Severity::Info);
    // The process ends here: to give thousands of trees back piece by piece is work for nobody.
    std::mem::forget((findings, project));
    std::mem::forget(documents);
    Ok(if told { Exit::Failed } else { Exit::Done })
}

/// Mends, or only shows what that would change; that is then the answer.
fn shows_differences(
    documents: &mut [Document],
    selection: &Selection,
    settings: &Settings,
    arguments: &CheckArguments,
    screen: &Screen,
) -> Result<bool, Failure> {
    let mut mended = mend::mend(documents, selection, settings, &mend::read_only, arguments.unsafe_fixes)?;
    if arguments.diff && !mended.files.is_empty() {
        screen.answer(view::differences(&mended));
        return Ok(true);
    }
    if !arguments.diff {
        let written = mend::write(&mut mended);
        screen.say(&mended.summary());
        written?;
    }
    Ok(false)
}

/// Reads the files that were named or lie in the folders that were, and says what is left out of them.
fn read(arguments: &CheckArguments, settings: &Settings, screen: &Screen) -> Result<Vec<Document>, Failure> {
    let Files { found, excluded, mut closed } = files(&arguments.paths, settings)?;
    for path in excluded {
        screen.say(&left_out(&path));
    }
    let (mut documents, mut unread) = crowd::read_all(&found);
    let mut taken = taken_by_sites(&documents);
    taken.retain(|document| !settings.excludes(&document.path));
    documents.append(&mut taken);
    closed.append(&mut unread);
    if let ([], Some(first)) = (documents.as_slice(), closed.first()) {
        let help = "run piton as somebody who may read it";
        return Err(Failure::new(Exit::Usage, "check/closed", format!("nothing could be read: {first}"), help));
    }
    for what in closed {
        screen.say(&format!("warning: not looked at: {what}"));
    }
    Ok(documents)
}

fn left_out(name: &str) -> String {
    format!("note: {name} is left out, as [check] says with `exclude`")
}

fn say_known(baseline: &Known, new: &[Finding], screen: &Screen) {
    let Known { file, known, unneeded } = baseline;
    let file = file.display();
    if *known > 0 {
        screen.say(&format!("{} known and not told ({file})", count(*known, "finding")));
    }
    let first = if new.is_empty() { "" } else { "once what is new is mended, " };
    match unneeded {
        0 => {}
        1 => screen.say(&format!(
            "1 entry of {file} is not needed any more: {first}`piton check --write-baseline {file}` writes it without that one"
        )),
        more => screen.say(&format!(
            "{more} entries of {file} are not needed any more: {first}`piton check --write-baseline {file}` writes it without them"
        )),
    }
}

fn show(project: &Project, findings: &[Finding], known: Option<&Known>, arguments: &CheckArguments, screen: &Screen) {
    match arguments.format {
        CheckFormat::Text if arguments.json => screen.answer_json(&view::json(project, findings, known)),
        CheckFormat::Text => screen.answer(view::text(project, findings)),
        CheckFormat::Json => screen.answer_json(&view::json(project, findings, known)),
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
    crowd::refuse_what_is_no_text(&bytes).map_err(|error| {
        let help = format!("what comes from stdin is read as {name}");
        Failure::new(Exit::Usage, "check/no-text", format!("cannot check stdin: {error}"), help)
    })?;
    Ok(piton_config::read::read(name, &bytes, None))
}
