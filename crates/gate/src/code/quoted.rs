//! Strings and comments, told apart from code where that is certain: in Python, and in JavaScript without a regular
//! expression or a division in sight.
//!
//! `print("os.system('reboot')")` prints. Taking code for a string would let it pass, so whatever is not certain
//! is code: a language that is not known, a quote where none may stand, a text that does not end.

use std::ops::Range;

/// What a text is written in, as far as it is told apart here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Python,
    JavaScript,
    Other,
}

impl Language {
    /// By the name of the program that runs it.
    pub(crate) fn of(program: &str) -> Language {
        match program {
            name if name.starts_with("python") || name.starts_with("pypy") || name == "uv" => Language::Python,
            "node" | "nodejs" | "deno" | "bun" | "tsx" | "ts-node" => Language::JavaScript,
            _ => Language::Other,
        }
    }
}

/// The text with what stands in strings and comments blanked, byte for byte; whole where it is not certain.
pub(super) fn blanked(text: &str, language: Language) -> String {
    let Some(spans) = spans(text, language) else { return text.to_owned() };
    let mut bytes = text.as_bytes().to_vec();
    for span in spans {
        for byte in bytes.get_mut(span).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The insides of strings, and comments. None: it cannot be told.
fn spans(text: &str, language: Language) -> Option<Vec<Range<usize>>> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        match (byte, language) {
            (_, Language::Other) => return None,
            (b'#', Language::Python) => at = line_end(bytes, at, &mut spans),
            (b'/', Language::JavaScript) if rest.starts_with(b"//") => at = line_end(bytes, at, &mut spans),
            (b'/', Language::JavaScript) if rest.starts_with(b"/*") => {
                let length = rest.windows(2).skip(2).position(|two| two == b"*/")? + 2;
                spans.push(at..at + length);
                at += length + 2;
            }
            // A division, or a regular expression with quotes in it.
            (b'/', Language::JavaScript) => return None,
            (b'`', Language::JavaScript) => return None,
            (quote @ (b'"' | b'\''), _) => {
                let prefix = prefix(bytes, at, language)?;
                let (inner, end) = string(bytes, at, *quote, language)?;
                // What is put into a text while it runs is code.
                if !prefix {
                    spans.push(inner);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    Some(spans)
}

fn line_end(bytes: &[u8], at: usize, spans: &mut Vec<Range<usize>>) -> usize {
    let end = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length);
    spans.push(at..end);
    end
}

/// Whether a string that begins here has code in it (`f"{x}"`). None: no string may begin here.
fn prefix(bytes: &[u8], at: usize, language: Language) -> Option<bool> {
    let letters = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let before = &bytes[at - letters..at];
    match before {
        [] => Some(false),
        _ if language != Language::Python || before.len() > 2 => None,
        _ => {
            let known = before.iter().all(|byte| b"rRbBuUfFtT".contains(byte));
            known.then(|| before.iter().any(|byte| b"fFtT".contains(byte)))
        }
    }
}

/// Where the inside of a string is, and where it ends. None: it does not end, or not on its line.
fn string(bytes: &[u8], at: usize, quote: u8, language: Language) -> Option<(Range<usize>, usize)> {
    let is_long = language == Language::Python && bytes[at..].starts_with(&[quote; 3]);
    let open = if is_long { 3 } else { 1 };
    let mut here = at + open;
    loop {
        match bytes.get(here)? {
            b'\\' => here += 2,
            b'\n' if !is_long => return None,
            byte if *byte == quote && (!is_long || bytes[here..].starts_with(&[quote; 3])) => {
                return Some((at + open..here, here + open));
            }
            _ => here += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_blanked_and_code_is_not() {
        let cases = [
            ("print('os.system(1)')", "print('            ')"),
            ("f(r'a\\'b') # x(", "f(r'    ')     "),
            ("x = '''a\nb(''' + b(", "x = ''' \n  ''' + b("),
            ("f'{os.system(1)}'", "f'{os.system(1)}'"),
        ];
        for (text, expected) in cases {
            assert_eq!(blanked(text, Language::Python), expected);
        }
        assert_eq!(blanked("f(\"x(\") // y(\nz()", Language::JavaScript), "f(\"  \")      \nz()");
    }

    #[test]
    fn what_is_not_certain_is_code() {
        for text in ["x'a'", "'a\nb'", "'a", "'''a''", "f('"] {
            assert_eq!(blanked(text, Language::Python), text);
        }
        for text in ["/'/; run('x'); /'/", "a = b / c; d('x')", "`${run('x')}`", "/* a", "'a\n'"] {
            assert_eq!(blanked(text, Language::JavaScript), text);
        }
        assert_eq!(blanked("run('x') # y", Language::Other), "run('x') # y");
    }
}
