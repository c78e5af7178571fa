//! Rows in columns that are as wide as what stands in them.

use super::page::Page;
use super::text::{Ink, Text};

/// Lays rows out under each other; the last column takes the rest of the line.
pub(crate) fn view(rows: &[Vec<(Ink, String)>], width: usize) -> Page {
    let mut text = Text::new(width);
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|(_, cell)| cell.chars().count()).max())
        .map(Option::unwrap_or_default)
        .collect();
    for row in rows {
        let mut start = 0;
        for (position, (ink, cell)) in row.iter().enumerate() {
            match position + 1 == row.len() {
                true => text.wrap(*ink, cell, start),
                false => text.put(*ink, cell),
            };
            start += widths.get(position).copied().unwrap_or(0) + 2;
            if position + 1 < row.len() {
                text.column(start);
            }
        }
        text.end();
    }
    text.done()
}
