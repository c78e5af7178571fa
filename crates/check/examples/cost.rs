//! How long the rules take for each file of a folder, against its size: `docs/benchmarks.md` says what it gave.
//!
//!     cargo run --release -p piton-check --example cost -- FOLDER
//!
//! Each file is judged several times, all files being one project, and the quickest time counts; what else the machine
//! does is then out of it. Files above a millisecond for a KB are named.
#![allow(clippy::print_stdout, reason = "a tool for whoever works on the rules")]

use piton_check::{Project, Selection};
use piton_config::read::{Document, read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let mut files = Vec::new();
    gather(Path::new(&folder), &mut files);
    files.sort();
    let documents: Vec<Document> = files
        .iter()
        .filter_map(|path| {
            let bytes = std::fs::read(path).ok().filter(|bytes| !bytes.contains(&0))?;
            Some(read(path.strip_prefix(&folder).unwrap_or(path).to_str()?, &bytes, None))
        })
        .collect();
    let project = Project::new(&documents);
    let selection = Selection { strict: true, ..Selection::default() };
    let quickest = |position: usize| {
        let once = |_| {
            let begun = Instant::now();
            std::hint::black_box(project.check_file(position, &selection));
            begun.elapsed()
        };
        (0..ROUNDS).map(once).min().unwrap_or_default()
    };
    let costs: Vec<(Duration, &Document)> =
        documents.iter().enumerate().map(|(position, document)| (quickest(position), document)).collect();
    let total: Duration = costs.iter().map(|(cost, _)| *cost).sum();
    let kilobytes = documents.iter().map(|document| document.text.len()).sum::<usize>() as f64 / 1024.0;
    let micros = |cost: Duration| cost.as_secs_f64() * 1e6;
    println!(
        "{} files, {kilobytes:.0} KB: {:.1} ms, {:.1} µs for a KB",
        costs.len(),
        micros(total) / 1e3,
        micros(total) / kilobytes
    );
    let mut worst: Vec<(f64, Duration, &Document)> = costs
        .into_iter()
        .filter(|(_, document)| !document.text.is_empty())
        .map(|(cost, document)| (micros(cost) * 1024.0 / document.text.len() as f64, cost, document))
        .collect();
    worst.sort_by(|left, right| right.0.total_cmp(&left.0));
    println!("{} files over a millisecond for a KB", worst.iter().filter(|(per, ..)| *per > 1000.0).count());
    for (per, cost, document) in worst.iter().take(12) {
        let (kind, size) = (document.kind.name(), document.text.len());
        println!("{per:7.0} µs for a KB: {:4.0} µs, {size} bytes, {kind}: {}", micros(*cost), document.path);
    }
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() && path.file_name().is_some_and(|name| name != ".git") {
            gather(&path, files);
        } else if path.is_file() {
            files.push(path);
        }
    }
}
