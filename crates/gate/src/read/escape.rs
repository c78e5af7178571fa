//! What stands behind a backslash in `$'…'`, and in the formats of `printf` and `echo -e`.

/// What follows a backslash in `$'…'` and in printf's formats: the letter, and how many bytes it took. No letter:
/// those bytes stand for themselves.
pub(crate) fn unescape(rest: &[u8]) -> (Option<char>, usize) {
    let digits = |from: usize, most: usize, radix: u32| {
        let of = rest.get(from..).unwrap_or_default().iter().take(most);
        of.take_while(|byte| char::from(**byte).is_digit(radix)).count()
    };
    let number = |from: usize, length: usize, radix: u32| {
        let text = std::str::from_utf8(rest.get(from..from + length)?).ok()?;
        char::from_u32(u32::from_str_radix(text, radix).ok()?)
    };
    let one = |letter: char| (Some(letter), 1);
    match rest.first() {
        Some(b'n') => one('\n'),
        Some(b't') => one('\t'),
        Some(b'r') => one('\r'),
        Some(b'a' | b'b' | b'f' | b'v' | b'e' | b'E') => one(' '),
        Some(b'\\') => one('\\'),
        Some(b'\'') => one('\''),
        Some(b'"') => one('"'),
        Some(b'?') => one('?'),
        Some(b'0'..=b'7') => {
            let length = digits(0, 4, 8);
            (number(0, length, 8), length)
        }
        Some(marker @ (b'x' | b'u' | b'U')) => {
            let length = digits(1, if *marker == b'x' { 2 } else { 8 }, 16);
            match number(1, length, 16) {
                Some(letter) => (Some(letter), 1 + length),
                None => (None, 1),
            }
        }
        Some(_) => (None, 1),
        None => (None, 0),
    }
}
