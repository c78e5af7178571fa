//! "Did you mean": the known name that is nearest to a misspelt one.

/// Gives the nearest name, if it is near enough to be what was meant.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    if length > 64 {
        return None;
    }
    let allowed = (length / 3).max(1);
    names
        .into_iter()
        .map(|name| {
            (distance(&wrong, &name.to_lowercase().replace('-', "_")).min(distance(&wrong, &name.to_lowercase())), name)
        })
        .filter(|(edits, _)| *edits <= allowed && *edits < length)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// Counts inserted, deleted, replaced and swapped letters between two words.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for i in 1..=left.len() {
        let mut row = vec![i];
        for j in 1..=right.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
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
