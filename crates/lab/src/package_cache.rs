//! A small HTTP proxy in front of the distributions' archives, so that lab hosts can install packages and reach
//! nothing else.
//!
//! It forwards to `image::ARCHIVES` only and keeps what it fetched: a package never changes under its name, so it is
//! fetched once per machine; an index is fetched anew each time and the kept copy answers when the archive does not.
//! Fetching is done by apt's own helper, which brings the machine's proxy and resolver settings with it. Nothing is
//! verified here: apt in the host checks signatures and sums, as with any mirror.
//!
//! Why not apt-cacher-ng: its package starts a daemon that serves every address of the machine, it forwards to
//! anywhere, and two of them (two labs) cannot share a folder.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::command;
use crate::error::{Doing, LabError};
use crate::files;
use crate::image::{ARCHIVES, IMAGES};

const APT_HELPER: &str = "/usr/lib/apt/apt-helper";

/// apt asks for up to ten files before it reads the first answer; they are fetched side by side.
const FETCHES_AHEAD: usize = 8;

/// The longest request that is read; apt's are a few hundred bytes.
const LONGEST_REQUEST: u64 = 16 * 1024;

/// Serves the machine's cache until the process is ended.
pub(crate) fn serve(listener: &TcpListener) -> Result<(), LabError> {
    serve_from(listener, Cache::new(Path::new(IMAGES).join("packages"), vec![APT_HELPER.to_owned()]))
}

fn serve_from(listener: &TcpListener, cache: Cache) -> Result<(), LabError> {
    files::make_folder(&cache.partial(), 0o755)?;
    let cache = Arc::new(cache);
    loop {
        let (stream, _) = listener.accept().doing(|| "waiting for apt".to_owned())?;
        let cache = Arc::clone(&cache);
        // A host that hangs up in the middle is that host's business.
        thread::spawn(move || drop(answer(&stream, &cache)));
    }
}

struct Cache {
    folder: PathBuf,
    /// A program and its first arguments.
    fetcher: Vec<String>,
    in_flight: Mutex<HashSet<PathBuf>>,
    landed: Condvar,
    serial: AtomicU64,
}

/// What became of one request.
enum Answer {
    Found(PathBuf),
    Refused(&'static str, String),
}

struct Request {
    headers_only: bool,
    answer: JoinHandle<Answer>,
}

/// Reads requests and starts their fetches on one side, sends answers in the same order on the other.
fn answer(stream: &TcpStream, cache: &Arc<Cache>) -> io::Result<()> {
    let (sender, receiver) = sync_channel(FETCHES_AHEAD);
    let writer = stream.try_clone()?;
    let sending = thread::spawn(move || send_answers(writer, &receiver));
    let mut reader = BufReader::new(stream);
    while let Some((method, target)) = read_request(&mut reader)? {
        let cache = Arc::clone(cache);
        let request =
            Request { headers_only: method == "HEAD", answer: thread::spawn(move || cache.look_up(&method, &target)) };
        if sender.send(request).is_err() {
            break;
        }
    }
    drop(sender);
    sending.join().unwrap_or(Ok(()))
}

fn read_request(reader: &mut impl BufRead) -> io::Result<Option<(String, String)>> {
    let mut limited = reader.take(LONGEST_REQUEST);
    let mut first = String::new();
    if limited.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut line = String::new();
    while limited.read_line(&mut line)? > 0 && !line.trim_end().is_empty() {
        line.clear();
    }
    let mut words = first.split_whitespace().map(str::to_owned);
    Ok(words.next().zip(words.next()))
}

fn send_answers(stream: TcpStream, requests: &Receiver<Request>) -> io::Result<()> {
    let mut writer = BufWriter::new(stream);
    for request in requests {
        let answer = request
            .answer
            .join()
            .unwrap_or_else(|_| Answer::Refused("500 Internal Server Error", "the fetch ended early".to_owned()));
        match answer {
            Answer::Found(path) => {
                let mut file = File::open(path)?;
                let length = file.metadata()?.len();
                write!(writer, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n")?;
                if !request.headers_only {
                    io::copy(&mut file, &mut writer)?;
                }
            }
            Answer::Refused(status, why) => {
                let length = why.len();
                write!(writer, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n")?;
                if !request.headers_only {
                    writer.write_all(why.as_bytes())?;
                }
            }
        }
        writer.flush()?;
    }
    Ok(())
}

impl Cache {
    fn new(folder: PathBuf, fetcher: Vec<String>) -> Cache {
        Cache {
            folder,
            fetcher,
            in_flight: Mutex::new(HashSet::new()),
            landed: Condvar::new(),
            serial: AtomicU64::new(0),
        }
    }

    fn partial(&self) -> PathBuf {
        self.folder.join("partial")
    }

    fn look_up(&self, method: &str, target: &str) -> Answer {
        if method != "GET" && method != "HEAD" {
            let why = format!("a lab host reaches package archives over plain HTTP only, not by {method}\n");
            return Answer::Refused("403 Forbidden", why);
        }
        let Some(path) = path_in_the_cache(target) else {
            let why = format!("a lab host reaches {} only, not {target}\n", ARCHIVES.join(", "));
            return Answer::Refused("403 Forbidden", why);
        };
        let kept = self.folder.join(&path);
        let _turn = self.take_turn(&path);
        if never_changes(target) && kept.exists() {
            return Answer::Found(kept);
        }
        match self.fetch(target, &kept) {
            Ok(()) => Answer::Found(kept),
            Err(complaint) if complaint.contains("404  Not Found") => Answer::Refused("404 Not Found", complaint),
            Err(_) if kept.exists() => Answer::Found(kept),
            Err(complaint) => Answer::Refused("502 Bad Gateway", complaint),
        }
    }

    fn fetch(&self, target: &str, kept: &Path) -> Result<(), String> {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let partial = self.partial().join(format!("{}-{serial}", std::process::id()));
        let mut words = self.fetcher.iter();
        let mut fetcher = Command::new(words.next().map_or("false", String::as_str));
        // The user that apt would drop to cannot write to this folder.
        fetcher.args(words).args(["-o", "APT::Sandbox::User=root", "download-file", target]).arg(&partial);
        let fetched = command::run(&format!("fetching {target}"), &mut fetcher).and_then(|_| {
            if let Some(folder) = kept.parent() {
                files::make_folder(folder, 0o755)?;
            }
            fs::rename(&partial, kept).doing_with("keeping", kept)
        });
        let _ = fs::remove_file(&partial);
        fetched.map_err(|error| format!("{error}\n"))
    }

    /// Waits until nobody else fetches the same file: two hosts of a site want the same packages at the same time.
    fn take_turn<'a>(&'a self, path: &Path) -> Turn<'a> {
        let mut in_flight = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        while !in_flight.insert(path.to_owned()) {
            in_flight = self.landed.wait(in_flight).unwrap_or_else(PoisonError::into_inner);
        }
        Turn { cache: self, path: path.to_owned() }
    }
}

struct Turn<'a> {
    cache: &'a Cache,
    path: PathBuf,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut in_flight = self.cache.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        in_flight.remove(&self.path);
        self.cache.landed.notify_all();
    }
}

/// Turns what a proxy is asked for into a path below the cache's folder, or refuses it.
fn path_in_the_cache(target: &str) -> Option<PathBuf> {
    let (host, path) = target.strip_prefix("http://")?.split_once('/')?;
    let allowed = ARCHIVES.contains(&host)
        && path.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._+~:%-=@,".contains(&byte));
    allowed.then(|| Path::new(host).join(path))
}

fn never_changes(target: &str) -> bool {
    target.contains("/pool/") || target.contains("/by-hash/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_file_has_its_place_in_the_cache() {
        assert_eq!(
            path_in_the_cache("http://deb.debian.org/debian/pool/main/u/ufw/ufw_0.36.2-1_all.deb"),
            Some(PathBuf::from("deb.debian.org/debian/pool/main/u/ufw/ufw_0.36.2-1_all.deb"))
        );
    }

    #[test]
    fn nothing_but_the_archives_is_reached() {
        for target in [
            "http://example.org/debian/pool/x.deb",
            "https://deb.debian.org/debian/pool/x.deb",
            "http://deb.debian.org:8080/debian/pool/x.deb",
            "http://root@deb.debian.org/debian/pool/x.deb",
            "deb.debian.org:443",
            "/debian/pool/x.deb",
        ] {
            assert_eq!(path_in_the_cache(target), None, "{target}");
        }
    }

    #[test]
    fn no_request_leaves_the_cache_folder() {
        for target in [
            "http://deb.debian.org/../../etc/shadow",
            "http://deb.debian.org/debian//etc/passwd",
            "http://deb.debian.org/debian/.hidden",
            "http://deb.debian.org/debian/a b",
            "http://deb.debian.org/debian/a?b",
            "http://deb.debian.org/",
        ] {
            assert_eq!(path_in_the_cache(target), None, "{target}");
        }
    }

    #[test]
    fn packages_never_change_and_indexes_do() {
        assert!(never_changes("http://deb.debian.org/debian/pool/main/u/ufw/ufw_1_all.deb"));
        assert!(never_changes("http://deb.debian.org/debian/dists/bookworm/main/by-hash/SHA256/ab"));
        assert!(!never_changes("http://deb.debian.org/debian/dists/bookworm/InRelease"));
    }

    #[test]
    fn requests_are_read_one_after_the_other() {
        let mut wire = &b"GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\nHEAD http://a/c HTTP/1.1\r\n\r\n"[..];
        let words = |method: &str, target: &str| Some((method.to_owned(), target.to_owned()));
        assert_eq!(read_request(&mut wire).unwrap(), words("GET", "http://a/b"));
        assert_eq!(read_request(&mut wire).unwrap(), words("HEAD", "http://a/c"));
        assert_eq!(read_request(&mut wire).unwrap(), None);
    }

    const INDEX: &str = "http://deb.debian.org/debian/dists/bookworm/InRelease";
    const PACKAGE: &str = "http://deb.debian.org/debian/pool/main/u/ufw/ufw_1_all.deb";

    /// A cache whose archive is a script; `$4` is the address and `$5` the file to write.
    fn cache(script: &str) -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("cd {}\n{script}", folder.path().display());
        // Given as an argument: a script just written may still be open in a child of another test, and cannot be run.
        let fetcher = ["sh", "-c", &script, "sh"].map(str::to_owned).to_vec();
        let cache = Cache::new(folder.path().join("packages"), fetcher);
        files::make_folder(&cache.partial(), 0o755).unwrap();
        (folder, cache)
    }

    fn found(answer: Answer) -> String {
        match answer {
            Answer::Found(path) => fs::read_to_string(path).unwrap(),
            Answer::Refused(status, why) => panic!("{status}: {why}"),
        }
    }

    #[test]
    fn a_package_is_fetched_once_and_an_index_each_time() {
        let (folder, cache) = cache("echo x >> fetches; cp fetches \"$5\"");
        for _ in 0..2 {
            assert_eq!(found(cache.look_up("GET", PACKAGE)), "x\n");
        }
        assert_eq!(found(cache.look_up("GET", INDEX)), "x\nx\n");
        assert_eq!(found(cache.look_up("GET", INDEX)), "x\nx\nx\n");
        assert_eq!(fs::read_dir(folder.path().join("packages/partial")).unwrap().count(), 0);
    }

    #[test]
    fn the_kept_index_answers_when_the_archive_does_not() {
        let (folder, cache) = cache("test ! -e down && echo kept > \"$5\"");
        assert_eq!(found(cache.look_up("GET", INDEX)), "kept\n");
        fs::write(folder.path().join("down"), "").unwrap();
        assert_eq!(found(cache.look_up("GET", INDEX)), "kept\n");
        assert!(matches!(cache.look_up("GET", PACKAGE), Answer::Refused("502 Bad Gateway", _)));
    }

    #[test]
    fn what_the_archive_does_not_have_is_not_found() {
        let (_folder, cache) = cache("echo 'E: Failed to fetch it  404  Not Found' >&2; exit 100");
        assert!(matches!(cache.look_up("GET", PACKAGE), Answer::Refused("404 Not Found", _)));
    }

    #[test]
    fn a_tunnel_out_of_the_lab_is_refused() {
        let (_folder, cache) = cache("exit 1");
        assert!(matches!(cache.look_up("CONNECT", "deb.debian.org:443"), Answer::Refused("403 Forbidden", _)));
    }

    #[test]
    fn requests_sent_at_once_are_answered_in_their_order() {
        let (_folder, cache) = cache(
            "case \"$4\" in *first) until test -e second-came; do sleep 0.01; done;; *) : > second-came;; esac
            echo \"${4##*/}\" > \"$5\"",
        );
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        thread::spawn(move || serve_from(&listener, cache));
        for name in ["first", "second"] {
            write!(stream, "GET http://deb.debian.org/debian/pool/{name} HTTP/1.1\r\n\r\n").unwrap();
        }
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        let bodies: Vec<&str> = answers.split("\r\n\r\n").filter_map(|part| part.lines().next()).collect();
        assert_eq!(bodies, ["HTTP/1.1 200 OK", "first", "second"]);
    }
}
