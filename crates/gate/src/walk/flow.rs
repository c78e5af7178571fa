//! What comes out of a command: known text for those that make or pass text, holes for the rest.

use super::data::{Data, base64, hexadecimal};
use super::{Walker, Written, fetch};
use crate::File;
use crate::read::{HOLE, MARKS};

impl Walker<'_> {
    /// What a program writes to its output. Judges nothing.
    pub(super) fn flow(&mut self, name: &str, argv: &[String], stdin: &Data) -> Data {
        let words = &argv[1..];
        let plain: Vec<&String> = words.iter().filter(|word| !word.starts_with('-') || *word == "-").collect();
        let has = |flags: &[&str]| words.iter().any(|word| flags.contains(&word.as_str()));
        match name {
            "echo" => echo(words),
            "printf" => printf(words),
            "cat" | "tac" | "tee" | "head" | "tail" | "sort" | "uniq" | "less" | "more" | "zcat" => {
                if name == "tee" {
                    self.written_by_tee(&plain, stdin, has(&["-a", "--append"]));
                    return stdin.clone();
                }
                let mut out = match plain.iter().any(|word| *word != "-") {
                    false => stdin.clone(),
                    true => self.concatenated(&plain, stdin),
                };
                if name != "cat" {
                    out = out.changed_unless_network();
                }
                out
            }
            // What these write is made to be evaluated.
            "ssh-agent" | "direnv" | "mise" | "starship" | "zoxide" | "pyenv" | "rbenv" | "fnm" | "brew" | "opam"
            | "dircolors" => Data::default(),
            "openssl" if has(&["-in"]) => Data::unknown(),
            "base64" | "base32" | "basenc" | "openssl" if has(&["-d", "-D", "--decode", "-di"]) => {
                let input = match plain.last().filter(|_| name == "base64") {
                    Some(file) if *file != "-" => self.content(file),
                    _ => stdin.clone(),
                };
                decoded(&input, base64)
            }
            "xxd" if words.iter().any(|word| word.starts_with('-') && word.contains('r')) => {
                decoded(stdin, hexadecimal)
            }
            "rev" => decoded(stdin, |text| {
                Some(text.lines().map(|line| line.chars().rev().collect::<String>() + "\n").collect())
            }),
            // Names without their values.
            "cut" if has(&["-f1"]) => Data::unknown(),
            "cut" | "tr" if is_a_name_behind_a_hole(&stdin.text) => stdin.clone(),
            "tr" | "sed" | "awk" | "cut" | "grep" | "jq" | "perl" | "gunzip" | "gzip" | "xz" | "zstd" | "bzip2" => {
                stdin.changed()
            }
            "locate" | "plocate" => found_below(None, plain.last().map_or("", |name| name.as_str())),
            "find" | "fd" => {
                let named = words.windows(2).find(|pair| matches!(pair[0].as_str(), "-name" | "-iname"));
                let name_of = named.map_or(HOLE.to_string(), |pair| pair[1].replace('*', &HOLE.to_string()));
                found_below(plain.first().map(|root| root.as_str()).filter(|_| name == "find"), &name_of)
            }
            "ls" => found_below(plain.last().map(|root| root.as_str()), &HOLE.to_string()),
            "mktemp" => Data::known(format!("/tmp/{HOLE}")),
            // Whose number it is counts more than the number.
            "pgrep" | "pidof" => plain.last().map_or_else(Data::unknown, |name| Data::known(format!("{HOLE}{name}"))),
            // Who listens there counts more than the number.
            "lsof" => words
                .iter()
                .find_map(|word| service_at(word))
                .map_or_else(Data::unknown, |name| Data::known(format!("{HOLE}{name}"))),
            "which" | "type" | "whereis" => {
                plain.last().map_or_else(Data::unknown, |word| Data::known(format!("/usr/bin/{word}")))
            }
            // The same as naming all of them.
            "docker" | "podman" if argv.get(1).is_some_and(|verb| verb == "ps") && !has(&["-f", "--filter"]) => {
                Data::known(if words.iter().any(|word| word.starts_with('-') && word.contains('q')) {
                    "--all\n".to_owned()
                } else {
                    HOLE.to_string()
                })
            }
            // A folder that is not known is still the one that it is.
            "pwd" => Data::known(self.folder.clone().unwrap_or_else(|| ".".to_owned())),
            "dirname" => plain.first().map_or_else(Data::unknown, |path| {
                Data::known(
                    path.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder }),
                )
            }),
            "basename" => plain
                .first()
                .map_or_else(Data::unknown, |path| Data::known(path.rsplit('/').next().unwrap_or_default())),
            "realpath" | "readlink" => plain.last().map_or_else(Data::unknown, |word| Data::known(word.as_str())),
            "date" | "id" | "whoami" | "hostname" | "uname" | "nproc" | "wc" | "stat" | "test" | "[" | "true"
            | "false" => Data::unknown(),
            ":" => Data::default(),
            "curl" | "wget" | "fetch" | "aria2c" | "axel" | "http" | "https" | "xh" | "lynx" | "w3m" | "nc"
            | "ncat" | "netcat" => fetch::downloaded(name, words),
            "cp" | "mv" | "ln" | "install" => {
                let by = if name == "cp" && has(&["-s", "-l", "--symbolic-link", "--link"]) { "ln" } else { name };
                self.copied(by, &plain);
                Data::default()
            }
            "seq" => Data::unknown(),
            "rm" | "mkdir" | "touch" | "chmod" | "chown" | "cd" | "sleep" | "wait" | "rmdir" => Data::default(),
            _ => stdin.changed(),
        }
    }

    fn concatenated(&mut self, names: &[&String], stdin: &Data) -> Data {
        let mut out = Data::default();
        for name in names {
            let content = if *name == "-" { stdin.clone() } else { self.content(name) };
            out.append(&content);
        }
        out
    }

    fn written_by_tee(&mut self, names: &[&String], stdin: &Data, append: bool) {
        for name in names {
            let path = self.path(name);
            self.put_in_the_way(&path, stdin);
            self.remember(&path, stdin.clone(), append);
        }
    }

    /// A copy of a program keeps what it is.
    fn copied(&mut self, by: &str, plain: &[&String]) {
        let [source, target] = plain else { return };
        let (source, target) = (self.path(source), self.path(target));
        let written = match self.written.get(&source) {
            Some(written) => written.clone(),
            None => {
                let name = source.rsplit('/').next().unwrap_or_default();
                let is_program = crate::families::program(name).is_some() || super::builtins::is_known(name);
                match (is_program, by) {
                    (true, _) => Written::Program(name.to_owned()),
                    (false, "ln") => Written::Same(source.clone()),
                    (false, _) => return,
                }
            }
        };
        self.written.insert(target, written);
    }

    /// What a file holds: as this command wrote it, or as it lies there.
    pub(super) fn content(&mut self, name: &str) -> Data {
        if matches!(name, "/dev/null") {
            return Data::default();
        }
        let path = self.path(name);
        if let Some(Written::Text(data)) = self.written.get(&path) {
            return data.clone();
        }
        // Whose number it is counts more than the number.
        if let Some(name) =
            path.strip_suffix(".pid").filter(|path| path.starts_with("/run/") || path.starts_with("/var/run/"))
        {
            return Data::known(format!("{HOLE}{}", name.rsplit('/').next().unwrap_or_default()));
        }
        if !self.place.is_here() || path.contains(HOLE) {
            return Data::unknown();
        }
        match self.world.file(&self.absolute(&path)) {
            File::Text(text) => Data::known(text.replace(MARKS, " ")),
            _ => Data::unknown(),
        }
    }

    /// A path as the world knows it.
    pub(super) fn absolute(&self, path: &str) -> String {
        match (path.strip_prefix('~'), &self.home) {
            (Some(rest), Some(home)) => format!("{home}{rest}"),
            _ => path.to_owned(),
        }
    }
}

impl Data {
    /// Sorting and cutting leaves words as they are, in another order or fewer.
    fn changed_unless_network(self) -> Data {
        if self.is_from_network() || self.is_known() && self.text.lines().count() <= 1 { self } else { self.changed() }
    }
}

/// Who listens on a port that is no developer's: `-i:5432`.
fn service_at(word: &str) -> Option<&'static str> {
    let port = word.rsplit_once(':')?.1;
    Some(match port {
        "22" | "222" | "2222" => "sshd",
        "53" => "coredns",
        "80" | "443" => "caddy",
        "3306" => "mysqld",
        "5432" => "postgres",
        "6333" => "qdrant",
        "6379" => "redis",
        "8200" => "vault",
        "27017" => "mongod",
        _ => return None,
    })
}

/// What a pattern leaves of text that is not known, where the pattern is a word.
pub(super) fn named_by(pattern: Option<&String>, stdin: &Data) -> Data {
    let bare = pattern.map_or("", |pattern| pattern.trim_matches(['^', '$', '[', ']', '\\', ' ']));
    let is_plain = stdin.is_hidden()
        && bare.len() > 2
        && bare.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter));
    // Of the names in a folder those that have it in them.
    if stdin.text.ends_with(&format!("/{HOLE}")) {
        return if bare.trim_start_matches('.') == "env" { Data::known(".env\n") } else { stdin.changed() };
    }
    if is_plain && stdin.is_hidden() && !stdin.is_from_network() && !stdin.has_secrets() && !stdin.is_environment() {
        Data::known(format!("{HOLE}{bare}\n"))
    } else {
        stdin.changed()
    }
}

pub(super) fn is_a_name_behind_a_hole(text: &str) -> bool {
    let name = text.trim_end_matches('\n');
    name.strip_prefix(HOLE).is_some_and(|name| !name.is_empty() && !name.contains([HOLE, ' ', '\n']) && name.is_ascii())
}

fn found_below(root: Option<&str>, name: &str) -> Data {
    match root {
        Some(root) => Data::known(format!("{}/{name}", root.trim_end_matches('/'))),
        None => Data::known(format!("./{name}")),
    }
}

fn decoded(data: &Data, decode: impl Fn(&str) -> Option<String>) -> Data {
    if !data.is_known() {
        return data.changed();
    }
    match decode(&data.text) {
        Some(text) => Data::known(text.replace(MARKS, " ")),
        None => data.changed(),
    }
}

fn echo(words: &[String]) -> Data {
    let flags = words
        .iter()
        .take_while(|word| word.len() > 1 && word.starts_with('-') && word[1..].bytes().all(|b| b"neE".contains(&b)));
    let flags: Vec<&String> = flags.collect();
    let text = words[flags.len()..].join(" ");
    let escapes = flags.iter().any(|flag| flag.contains('e'));
    let newline = if flags.iter().any(|flag| flag.contains('n')) { "" } else { "\n" };
    let text = if escapes { unescaped(&text) } else { text };
    Data::known(format!("{text}{newline}"))
}

/// The format with its `%s` filled in, again for as long as there are words.
fn printf(words: &[String]) -> Data {
    let words = if words.first().is_some_and(|first| first == "--") { &words[1..] } else { words };
    let Some((format, mut rest)) = words.split_first() else { return Data::default() };
    if format == "-v" {
        return Data::default();
    }
    let format = unescaped(format);
    let mut out = String::new();
    loop {
        let before = rest.len();
        let mut letters = format.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                out.push(letter);
                continue;
            }
            while letters.peek().is_some_and(|next| next.is_ascii_digit() || "-+ #0.*".contains(*next)) {
                letters.next();
            }
            match letters.next() {
                Some('%') => out.push('%'),
                Some('b') => {
                    let (word, left) = rest.split_first().map_or(("", rest), |(word, left)| (word.as_str(), left));
                    out.push_str(&unescaped(word));
                    rest = left;
                }
                Some(_) => {
                    let (word, left) = rest.split_first().map_or(("", rest), |(word, left)| (word.as_str(), left));
                    out.push_str(word);
                    rest = left;
                }
                None => {}
            }
        }
        if rest.is_empty() || rest.len() == before || out.len() > crate::LONGEST {
            return Data::known(out);
        }
    }
}

pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (letter, length) = crate::read::unescape(rest.as_bytes());
        match letter {
            Some(letter) => out.push(letter),
            None => {
                out.push('\\');
                continue;
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
