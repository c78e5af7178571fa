//! The tables of docs/validators.md, held to the lists that the tests run.

use crate::asked::From;
use crate::misses::MISSES;
use crate::table::{How, ROWS};

impl From {
    fn words(self) -> &'static str {
        match self {
            From::Hosts => "Debian 13",
            From::Containers => "Debian sid",
            From::Node => "npm",
            From::Python => "PyPI",
        }
    }
}

#[test]
fn the_page_has_every_line_of_the_tables() {
    let page = include_str!("../../../../docs/validators.md");
    let rows = ROWS.iter().map(|row| match &row.how {
        How::Asked(it) => format!("| `{}` | `{}` | {} |", row.files, it.program, it.from.words()),
        How::Nobody(why) => format!("| `{}` | – | {why} |", row.files),
    });
    let misses = MISSES.iter().map(|it| format!("| `{}` | {} | `{}` |", it.program, it.what, it.rule));
    let missing: Vec<String> = rows.chain(misses).filter(|line| !page.contains(line.as_str())).collect();
    assert!(missing.is_empty(), "docs/validators.md has not\n{}", missing.join("\n"));
}
