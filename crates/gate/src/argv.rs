//! The words of one command, told apart: options with their values, and the others.

use crate::families::{Program, Style};

/// One command as its program would read it.
#[derive(Debug)]
pub(crate) struct Argv<'a> {
    pub(crate) words: &'a [String],
    pub(crate) options: Vec<Given<'a>>,
    /// Where in `words` the words stand that are no options.
    pub(crate) positionals: Vec<usize>,
}

/// An option as it was given.
#[derive(Debug)]
pub(crate) struct Given<'a> {
    /// With its dashes.
    pub(crate) name: String,
    pub(crate) value: Option<&'a str>,
    pub(crate) at: usize,
}

impl<'a> Argv<'a> {
    /// Reads the words after the program's name.
    pub(crate) fn read(program: Program, words: &'a [String]) -> Argv<'a> {
        let mut argv = Argv { words, options: Vec::new(), positionals: Vec::new() };
        let mut at = 1;
        let mut only_words = false;
        while let Some(word) = words.get(at) {
            let dashed = word.len() > 1 && word.starts_with('-') && !only_words;
            if word == "--" && !only_words {
                only_words = true;
                argv.options.push(Given { name: word.clone(), value: None, at });
            } else if dashed {
                at = argv.option(program, at);
            } else {
                argv.positionals.push(at);
            }
            at += 1;
        }
        argv
    }

    /// Reads the option at a place, and gives the place of its last word.
    fn option(&mut self, program: Program, at: usize) -> usize {
        let word = &self.words[at];
        if let Some((name, value)) = word.split_once('=')
            && (word.starts_with("--") || program.style != Style::Getopt)
        {
            self.options.push(Given { name: name.to_owned(), value: Some(value), at });
            return at;
        }
        if word.starts_with("--") || program.style != Style::Getopt || word.len() == 2 {
            return self.whole_option(program, word, at);
        }
        if self.takes_value(program, word) {
            // `-exec`-like words among short options.
            return self.whole_option(program, word, at);
        }
        for (offset, letter) in word.char_indices().skip(1) {
            let name = format!("-{letter}");
            let rest = &word[offset + letter.len_utf8()..];
            if self.takes_value(program, &name) {
                if rest.is_empty() {
                    let value = self.words.get(at + 1).map(String::as_str);
                    self.options.push(Given { name, value, at });
                    return at + usize::from(value.is_some());
                }
                self.options.push(Given { name, value: Some(rest), at });
                return at;
            }
            if !rest.is_empty() && program.values().any(|known| known.strip_suffix('?') == Some(&name)) {
                // `-pSECRET`: none of the letters behind it is an option.
                self.options.push(Given { name, value: Some(rest), at });
                return at;
            }
            self.options.push(Given { name, value: None, at });
        }
        at
    }

    fn whole_option(&mut self, program: Program, word: &str, at: usize) -> usize {
        let takes = self.takes_value(program, word);
        let value = if takes { self.words.get(at + 1).map(String::as_str) } else { None };
        self.options.push(Given { name: word.to_owned(), value, at });
        at + usize::from(value.is_some())
    }

    fn takes_value(&self, program: Program, name: &str) -> bool {
        program.values().any(|known| match known.split_once(':') {
            None => known == name,
            // `compose!`: right behind that word, before the next one; `!`: before any.
            Some(("!", option)) => option == name && self.positionals.is_empty(),
            Some((command, option)) => {
                let in_place = match command.strip_suffix('!') {
                    Some(command) => self.positionals.len() == 1 && self.is_behind(command),
                    None => self.is_behind(command),
                };
                option == name && in_place
            }
        })
    }

    /// Says whether a command's word, or two joined by `/`, has come already.
    fn is_behind(&self, command: &str) -> bool {
        let given = |index: usize| self.positional(index);
        match command.split_once('/') {
            None => given(0) == Some(command) || given(1) == Some(command),
            Some((first, second)) => given(0) == Some(first) && given(1) == Some(second),
        }
    }

    pub(crate) fn positional(&self, index: usize) -> Option<&'a str> {
        let at = *self.positionals.get(index)?;
        self.words.get(at).map(String::as_str)
    }

    /// The words from a positional on, options included.
    pub(crate) fn from(&self, index: usize) -> &'a [String] {
        self.positionals.get(index).and_then(|at| self.words.get(*at..)).unwrap_or_default()
    }

    /// The values that an option was given.
    pub(crate) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a str> + 's {
        self.options.iter().filter(move |given| given.name == name).filter_map(|given| given.value)
    }
}
