//! "Did you mean": the known name that is nearest to a misspelt one.

/// Gives the nearest name, if it is near enough to be what was meant.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    if length > 64 {
        return None;
    }
    let letters = letters(&wrong);
    let wrong: Vec<char> = wrong.chars().collect();
    let allowed = (length / 3).max(1);
    let edits = |name: &str| {
        // Nearly all names are told from it by their length, or by the letters that they do not have.
        let has_too_few = |name| (letters & !self::letters(name)).count_ones() as usize > allowed;
        if name.chars().count().abs_diff(length) > allowed || has_too_few(name) {
            return usize::MAX;
        }
        let name = name.to_lowercase();
        let spelt = distance(&wrong, &name);
        if name.contains('-') { spelt.min(distance(&wrong, &name.replace('-', "_"))) } else { spelt }
    };
    let near = names.into_iter().map(|name| (edits(name), name));
    let near = near.filter(|(edits, _)| *edits <= allowed && *edits < length);
    near.min_by_key(|(edits, _)| *edits).map(|(_, name)| name)
}

/// Which letters a word has, a bit each: every one that another has not takes an edit.
fn letters(word: &str) -> u32 {
    let bit = |letter: u8| match letter.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => 1 << (letter - b'a'),
        _ => 0,
    };
    word.bytes().map(bit).fold(0, |all, one| all | one)
}

/// Counts inserted, deleted, replaced and swapped letters between two words.
fn distance(left: &[char], right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    // The row before the last, the last one, and the one that is filled.
    let mut rows = [vec![0; right.len() + 1], (0..=right.len()).collect(), vec![0; right.len() + 1]];
    for i in 1..=left.len() {
        let [above, last, row] = &mut rows;
        row[0] = i;
        for j in 1..=right.len() {
            let replaced = last[j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(above[j - 2] + 1);
            }
            row[j] = best;
        }
        rows.rotate_left(1);
    }
    rows[1][right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_swapped_or_missing_letter_is_seen_through() {
        assert_eq!(nearest("adress", ["address", "admin"]), Some("address"));
        assert_eq!(nearest("prot", ["port", "socket"]), Some("port"));
        assert_eq!(nearest("time-zone", ["time_zone"]), Some("time_zone"));
    }

    #[test]
    fn a_different_word_suggests_nothing() {
        assert_eq!(nearest("banana", ["address", "port"]), None);
        assert_eq!(nearest("x", ["y"]), None);
    }
}
