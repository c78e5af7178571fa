//! Every file that piton renders, given to the program that will read it.
//!
//! `table.rs` is the one list: which files, which program, from where, and how it is asked; or why nobody can be. A file
//! without a row fails, and so does a row without a file. `misses.rs` has what such programs let pass and piton does not.
//!
//! Needs root: the programs are Debian's, in roots of their own (`piton_lab::programs`). `PITON_TEST_WITHOUT_LAB=1` skips
//! it and says so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests, also outside of their #[test] functions"
)]

mod asked;
mod misses;
mod page;
mod rendered;
mod table;

use asked::{Answer, Roots};
use rendered::{Rendered, rendered};
use std::collections::BTreeMap;
use std::sync::Mutex;
use table::{How, ROWS, Row};

/// Whether this run is to leave out what needs root. Being unable to is a failure, unless somebody said that it is all right.
fn skipped() -> bool {
    if std::env::var_os("PITON_TEST_WITHOUT_LAB").is_some_and(|value| value == "1") {
        eprintln!("skipped: PITON_TEST_WITHOUT_LAB=1");
        return true;
    }
    assert!(rustix::process::geteuid().is_root(), "this needs root; PITON_TEST_WITHOUT_LAB=1 leaves it out");
    false
}

#[test]
fn every_rendered_file_has_a_row_and_every_row_a_file() {
    let all = rendered();
    let unknown: Vec<String> = all
        .iter()
        .flat_map(|host| host.files.iter().map(move |file| (host, file)))
        .filter(|(_, file)| !ROWS.iter().any(|row| row.is_for(&file.path)))
        .map(|(host, file)| format!("{}: {}", host.name, file.path))
        .collect();
    assert!(unknown.is_empty(), "no row of table.rs is for\n{}", unknown.join("\n"));
    let any = |row: &&Row| all.iter().flat_map(|host| &host.files).any(|file| row.is_for(&file.path));
    let idle: Vec<_> = ROWS.iter().filter(|row| !any(row)).map(|row| row.files).collect();
    assert!(idle.is_empty(), "no file is rendered for {idle:?}");
}

#[test]
fn every_rendered_file_is_accepted_by_the_program_that_reads_it() {
    if skipped() {
        return;
    }
    let roots = Roots::made();
    let all = rendered();
    let jobs: Vec<(&Rendered, &str, &Row)> = all
        .iter()
        .flat_map(|host| host.files.iter().map(move |file| (host, file.path.as_str())))
        .flat_map(|(host, path)| ROWS.iter().filter(|row| row.is_for(path)).map(move |row| (host, path, row)))
        .collect();
    let next = Mutex::new(jobs.iter());
    let told = Mutex::new((BTreeMap::<&str, (usize, usize)>::new(), Vec::<String>::new()));
    let work = || {
        while let Some((host, path, row)) = next.lock().unwrap().next() {
            let answer = match &row.how {
                How::Asked(it) => roots.ask(it.from, host.folder.path(), path, it.line),
                How::Nobody(_) => Answer::Left,
            };
            let (counts, refused) = &mut *told.lock().unwrap();
            let (asked, left) = counts.entry(row.program()).or_default();
            match answer {
                Answer::Accepted(_) => *asked += 1,
                Answer::Left => *left += 1,
                Answer::Refused(words) => refused.push(format!("{}: {path}: {}: {words}", host.name, row.program())),
            }
        }
    };
    std::thread::scope(|scope| (0..3).for_each(|_| _ = scope.spawn(work)));
    let (counts, refused) = told.into_inner().unwrap();
    let files: usize = all.iter().map(|host| host.files.len()).sum();
    eprintln!("{files} files of {} hosts", all.len());
    for (program, (asked, left)) in counts {
        match left {
            0 => eprintln!("{asked:5}  {program}"),
            left => eprintln!("    –  {program}: {left} left out"),
        }
    }
    if !roots.has_applications() {
        eprintln!("PITON_TEST_APPLICATIONS=1 asks OpenClaw and LiteLLM, too");
    }
    assert!(refused.is_empty(), "{} refused\n{}", refused.len(), refused.join("\n"));
}

/// Whoever accepts everything has not looked.
#[test]
fn every_program_refuses_a_file_with_a_mistake() {
    if skipped() {
        return;
    }
    let roots = Roots::made();
    let all = rendered();
    let mut blind = Vec::new();
    for row in ROWS {
        let How::Asked(it) = &row.how else { continue };
        let files = all.iter().flat_map(|host| host.files.iter().map(move |file| (host, file.path.as_str())));
        let (host, path) = files.into_iter().find(|(_, path)| row.is_for(path)).unwrap();
        let line = format!("printf '\n{}\n' >> \"$F\"\n{}", it.wrong.replace('\'', "'\\''"), it.line);
        if let Answer::Accepted(words) = roots.ask(it.from, host.folder.path(), path, &line) {
            blind.push(format!("{}: {path}: {words}", it.program));
        }
    }
    assert!(blind.is_empty(), "accepted all the same\n{}", blind.join("\n"));
}
