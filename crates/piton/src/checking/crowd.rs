//! The same work on many files, on as many threads as the machine has cores.

use super::Found;
use crate::plain_file;
use piton_check::{Command, Finding, Project, Selection, commands, may_hold_commands};
use piton_config::read::{Document, LARGEST, read};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::iter;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Reads files. One that vanished or is a program's is left out without a word, one that may not be read with its reason.
pub(crate) fn read_all(files: &[Found]) -> (Vec<Document>, Vec<String>) {
    let read_one = |position: usize| {
        let (name, path) = &files[position];
        bytes_of(path).map(|bytes| read(name, &bytes, None)).map_err(|error| (name, error))
    };
    let (mut documents, mut closed) = (Vec::with_capacity(files.len()), Vec::new());
    for read in share(files.len(), &read_one) {
        match read {
            Ok(document) => documents.push(document),
            Err((name, error)) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) => {
                closed.push(format!("{name}: {error}"));
            }
            Err(_) => {}
        }
    }
    (documents, closed)
}

/// The bytes of a text file, not many more than are read of one.
fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let (mut bytes, file) = first_block(path)?;
    if bytes.len() == 8000 {
        file.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Whether a file is one that [`read_all`] reads, or why not.
pub(crate) fn is_text(path: &Path) -> io::Result<()> {
    first_block(path).map(drop)
}

fn first_block(path: &Path) -> io::Result<(Vec<u8>, File)> {
    let mut file = plain_file::open(path)?;
    let mut bytes = Vec::with_capacity(FIRST);
    Read::by_ref(&mut file).take(8000).read_to_end(&mut bytes)?;
    refuse_what_is_no_text(&bytes)?;
    Ok((bytes, file))
}

/// A byte of zero in the first block means a program's file, as git decides it.
pub(crate) fn refuse_what_is_no_text(bytes: &[u8]) -> io::Result<()> {
    let first = bytes.get(..8000).unwrap_or(bytes);
    match first.contains(&0) {
        true if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") => Err(io::Error::new(
            ErrorKind::Unsupported,
            "text in UTF-16, which programs here do not read: save it as UTF-8",
        )),
        true => Err(io::Error::new(ErrorKind::InvalidData, "not a text file: it holds bytes of zero")),
        false => Ok(()),
    }
}

/// As much as is read at once: nearly every configuration is shorter.
const FIRST: usize = 8 << 10;

/// Files as they know of each other.
pub(crate) fn project(documents: &[Document]) -> Project<'_> {
    let holding: Vec<usize> =
        (0..documents.len()).filter(|position| may_hold_commands(&documents[*position])).collect();
    let found = share(holding.len(), &|number| commands(&documents[holding[number]]));
    let mut all: Vec<Vec<Command>> = documents.iter().map(|_| Vec::new()).collect();
    holding.into_iter().zip(found).for_each(|(position, commands)| all[position] = commands);
    Project::with(documents, all)
}

pub(crate) fn check(project: &Project, selection: &Selection) -> Vec<Finding> {
    let found = share(project.documents.len(), &|position| project.check_file(position, selection));
    found.into_iter().flatten().collect()
}

/// Runs a piece of work for each number below `count`, and gives the results in order.
fn share<T: Send>(count: usize, work: &(dyn Fn(usize) -> T + Sync)) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|position| *position < count);
    let worker = || iter::from_fn(take).map(|position| (position, work(position))).collect::<Vec<_>>();
    let mut all: Vec<(usize, T)> = thread::scope(|scope| {
        let (mut all, mut running) = (Vec::with_capacity(count), Vec::new());
        // The first piece pays for what is made once, and says nothing of the others.
        let mut began = None;
        while let Some(position) = take() {
            all.push((position, work(position)));
            let spent = began.get_or_insert_with(Instant::now).elapsed();
            if running.is_empty() {
                running.extend((0..helpers(spent, all.len() - 1, count)).map(|_| scope.spawn(worker)));
            }
        }
        for thread in running {
            all.append(&mut thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    all.sort_by_key(|(position, _)| *position);
    all.into_iter().map(|(_, result)| result).collect()
}

/// How many more threads are worth their start, going by how long it took to do some of it.
fn helpers(spent: Duration, done: usize, count: usize) -> usize {
    let is_too_early = done < A_FEW && spent < WORTH;
    let left = spent.as_micros() * (count - done) as u128 / done.max(1) as u128;
    match left / WORTH.as_micros() {
        pieces if is_too_early || pieces == 0 => 0,
        pieces => cores().saturating_sub(1).min(usize::try_from(pieces).unwrap_or(usize::MAX)),
    }
}

const A_FEW: usize = 2;

/// A thread takes a quarter of a millisecond to start, with its stack and its own memory, and halves what is left at best.
const WORTH: Duration = Duration::from_micros(500);

fn cores() -> usize {
    // What the standard library counts by reads half a dozen files first, to heed a limit on processor time: longer than
    // what a few threads too many cost in less than a second.
    rustix::thread::sched_getaffinity(None).map_or(1, |cores| cores.count() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_started_where_they_are_worth_it() {
        assert_eq!(helpers(Duration::from_micros(300), 1, 1000), 0, "too early to say");
        assert_eq!(helpers(Duration::ZERO, 0, 1000), 0, "only the first is done");
        assert_eq!(helpers(Duration::from_micros(100), 2, 8), 0, "the rest is done before one is there");
        assert_eq!(helpers(Duration::from_secs(1), 2, 1000), cores() - 1);
    }

    #[test]
    fn what_is_shared_comes_back_in_order() {
        let slow = |number: usize| {
            let sum: u64 = (0..20_000).fold(number as u64, |sum, next| sum.rotate_left(7) ^ std::hint::black_box(next));
            (number, sum)
        };
        let found = share(500, &slow);
        assert!(found.iter().enumerate().all(|(position, found)| *found == slow(position)));
    }
}
