//! `piton help`: a command's help, or what the exit codes mean.

use crate::arguments;
use crate::exit::{Exit, MEANINGS};
use crate::failure::{Ended, Failure};
use crate::print::Screen;
use crate::print::page::Page;
use crate::print::table;
use crate::print::text::Ink;
use clap::error::ErrorKind;

pub(super) fn run(topic: &[String], screen: &Screen) -> Ended {
    if topic == ["exit-codes"] {
        screen.answer(exit_codes(screen.width()));
        return Ok(Exit::Done);
    }
    // Asked as `piton plan --help` is, so that both are the same page.
    let words = std::iter::once("piton").chain(topic.iter().map(String::as_str)).chain(["--help"]);
    match arguments::command().try_get_matches_from(words) {
        Err(page) if page.kind() == ErrorKind::DisplayHelp => {
            screen.answer(Page::of_help(&page.render()));
            Ok(Exit::Done)
        }
        _ => {
            let what = format!("there is no help on `{}`", topic.join(" "));
            Err(Failure::usage(what, "`piton help` lists the commands; `piton help exit-codes`"))
        }
    }
}

fn exit_codes(width: usize) -> Page {
    let row = |(exit, meaning): &(Exit, &str)| {
        vec![(Ink::Strong, format!("{:>3}", exit.code())), (Ink::Plain, (*meaning).to_owned())]
    };
    let rows: Vec<_> = MEANINGS.iter().map(row).collect();
    let mut page = table::view(&rows, width);
    page.push(&"\nSeveral outcomes at once give the worst of them: 7, 5, 1, 6, 4, 0.\n".into());
    page
}
