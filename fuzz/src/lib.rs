//! What the fuzz targets share: how an input names its file, and how much memory one may take.
//!
//! The first line of an input is the name of a file, or of a kind (`Compose file`) that is then forced;
//! what follows are its bytes. So the seeds in `seeds/` can be read and written by hand.

use piton_config::read::{Document, Kind, read};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Reads an input as the file that its first line names.
pub fn document(data: &[u8]) -> Option<(Document, &[u8])> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    let name = std::str::from_utf8(&data[..end]).ok()?;
    let bytes = &data[end + 1..];
    let kind = Kind::ALL.iter().copied().find(|kind| kind.name() == name);
    let path = if kind.is_some() { "stack/file" } else { name };
    Some((read(path, bytes, kind), bytes))
}

/// What an input may take at most: this many times its size, and a little that every run takes.
const TIMES: usize = 50;
const ALWAYS: usize = 512 << 10;

/// Runs a piece of work over an input and sees that it takes no more memory than it may.
pub fn within_memory(size: usize, work: impl FnOnce()) {
    let before = Counting::in_use();
    PEAK.store(before, Ordering::Relaxed);
    work();
    let taken = PEAK.load(Ordering::Relaxed).saturating_sub(before);
    assert!(taken <= TIMES * size + ALWAYS, "{taken} bytes for an input of {size}");
}

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, and a count of what it has given away.
pub struct Counting;

impl Counting {
    fn in_use() -> usize {
        IN_USE.load(Ordering::Relaxed)
    }
}

// SAFETY: every call goes to the system's allocator as it is; only numbers are kept beside.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = IN_USE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    // Large blocks grow where they are, so only the growth counts.
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let old = layout.size();
        if size > old {
            let now = IN_USE.fetch_add(size - old, Ordering::Relaxed) + size - old;
            PEAK.fetch_max(now, Ordering::Relaxed);
        } else {
            IN_USE.fetch_sub(old - size, Ordering::Relaxed);
        }
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}
