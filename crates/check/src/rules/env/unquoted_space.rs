use crate::project::join;
use crate::rules::prelude::*;

rule! {
    /// A value with blanks has no quotes.
    ///
    /// `docker compose` takes the whole line, a shell that sources the file takes the first word and runs the second
    /// as a command. The two disagree, and the shell's error names a word out of the middle.
    ///
    /// ```env .env bad
    /// SITE_NAME=My Home Server
    /// ```
    ///
    /// ```env .env good
    /// SITE_NAME="My Home Server"
    /// PORT=8080   # where it listens
    /// ```
    ///
    /// A warning where a script of the project sources such a file. Fix: safe in a file that is called .env, which Compose
    /// and shells read; elsewhere, and where a
    /// Makefile includes it or `docker run --env-file` is called, unsafe, since these keep quotes. Tried with compose 2.26.1 and 2.40.3,
    /// dash and bash, 2026-11-28: Compose has all three words with and without quotes, the shells say "Home: not found" and
    /// set nothing.
    RULE = "env-unquoted-space", Info, High, Look::File(&[Kind::Env], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    // Asked only when there is something to say: it looks through all scripts.
    let mut sourced = None;
    let mut keeps_meaning = None;
    for (_, value) in document.root().entries() {
        let Some(text) = value.literal() else { continue };
        // Quotes anywhere mean that somebody thought of the shell.
        if !text.trim().contains([' ', '\t'])
            || text.contains(['"', '\'', '$', '`', '(', '#', '\\', '<'])
            || text.starts_with('~')
            || value.is_quoted()
            || text.contains('\n')
        {
            continue;
        }
        let finding = report.at(value, "a shell that reads this file takes the first word only, and runs the second");
        if let Some(place) = sourced.get_or_insert_with(|| is_sourced(project, document)) {
            finding.severity(Severity::Warning).related(place.clone(), "a shell reads it here");
        }
        let edits = vec![Edit::replace(value, format!("\"{text}\""))];
        // `docker run --env-file` keeps quotes as part of the value; what is called .env is Compose's and the shell's.
        let is_safe = || document.file_name().starts_with(".env") && !is_taken_with_quotes(project, document);
        match *keeps_meaning.get_or_insert_with(is_safe) {
            true => finding.safe_fix("put it into quotes", edits),
            false => finding.unsafe_fix("put it into quotes", edits),
        };
    }
}

/// Whether somebody reads the file to whom quotes are a part of the value: make, and `docker run`.
fn is_taken_with_quotes(project: &Project, document: &Document) -> bool {
    let name = document.file_name();
    let includes = |line: &str| {
        let mut words = line.split_whitespace();
        words.next().is_some_and(|word| matches!(word, "include" | "-include" | "sinclude"))
            && words.any(|word| word.rsplit('/').next() == Some(name))
    };
    let run = |file: &Document| {
        project.commands(file).iter().any(|command| {
            matches!(command.program(), "docker" | "podman")
                && !command.has("compose")
                && command.words.iter().any(|word| word.starts_with("--env-file"))
        })
    };
    let makes = |file: &Document| file.kind == Kind::Makefile && file.lines().any(|(_, line)| includes(line));
    let kinds = [Kind::Makefile, Kind::Shell, Kind::Workflow, Kind::Unit, Kind::Tasks, Kind::Playbook];
    kinds.into_iter().flat_map(|kind| project.of_kind(kind)).any(|file| makes(file) || run(file))
}

/// Where a script of the project has its shell read an env file.
fn is_sourced<'a>(project: &Project<'a>, document: &Document) -> Option<(&'a Document, std::ops::Range<usize>)> {
    // An example is read under the name of what it is an example of.
    let own = document.path.as_str();
    let own = [".example", ".sample", ".template", ".dist"].iter().find_map(|end| own.strip_suffix(end)).unwrap_or(own);
    let scripts = [Kind::Shell, Kind::Makefile, Kind::Workflow].into_iter().flat_map(|kind| project.of_kind(kind));
    let mut related = scripts.filter(|script| script.text.contains(".env") && Project::are_related(script, document));
    related.find_map(|script| {
        let reads = |line: &str| {
            let line = line.trim_start();
            let file = line.strip_prefix("source ").or_else(|| line.strip_prefix(". "))?;
            is_path_of(script, file, own).then_some(())
        };
        let line = script.lines().find(|(_, line)| reads(line).is_some())?;
        Some((script, line.0))
    })
}

/// Whether what a script sources is the file with this path. A folder that a variable or a command names is taken for the script's own,
/// and one without a name for that or the top of the project.
fn is_path_of(script: &Document, written: &str, path: &str) -> bool {
    let word = match written.starts_with(['"', '\'']) {
        true => written[1..].split(written.chars().next().unwrap_or('"')).next(),
        false => written.split([' ', ';', '&', '|']).next(),
    };
    // `$(dirname "$0")/.env` has quotes of its own.
    let word = match written.split_once(")/").filter(|_| written.trim_start_matches('"').starts_with("$(")) {
        Some((_, rest)) => rest.split(['"', ' ', ';']).next(),
        None => word,
    };
    let Some(word) = word else { return false };
    let (rest, is_bare) = match word.strip_prefix('$') {
        Some(variable) => (variable.split_once('/').map_or("", |(_, rest)| rest), false),
        None => (word, true),
    };
    let is_it = |folder: &str| join(folder, rest).is_some_and(|joined| joined == path);
    !rest.is_empty() && (is_it(script.folder()) || is_bare && is_it(""))
}
