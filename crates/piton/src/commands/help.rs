//! `piton help`: a command's help, or what the exit codes mean.

use crate::arguments;
use crate::exit::{Exit, MEANINGS};
use crate::failure::{Ended, Failure};
use crate::print::Screen;
use crate::print::table;
use crate::print::text::Ink;

pub(super) fn run(topic: &[String], screen: &Screen) -> Ended {
    let mut command = arguments::command();
    command.build();
    for word in topic {
        if word == "exit-codes" {
            screen.answer(&exit_codes(screen.width()));
            return Ok(Exit::Done);
        }
        match command.find_subcommand(word) {
            Some(found) => command = found.clone(),
            None => {
                let what = format!("there is no help on `{word}`");
                return Err(Failure::usage(what, "`piton help` lists the commands; `piton help exit-codes`"));
            }
        }
    }
    screen.answer(&command.render_long_help().ansi().to_string());
    Ok(Exit::Done)
}

fn exit_codes(width: usize) -> String {
    let row = |(exit, meaning): &(Exit, &str)| {
        vec![(Ink::Strong, format!("{:>3}", exit.code())), (Ink::Plain, (*meaning).to_owned())]
    };
    let rows: Vec<_> = MEANINGS.iter().map(row).collect();
    format!("{}\nSeveral outcomes at once give the worst of them: 7, 5, 1, 6, 4, 0.\n", table::view(&rows, width))
}
