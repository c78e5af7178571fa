//! Completions and the manual, made from the one list of arguments; also for the workshop, which
//! writes them into files.

use crate::arguments;
use clap_complete::Shell;

/// The completion script of a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut arguments::command(), "piton", &mut out);
    out
}

/// The manual page, all commands in one.
pub fn manual() -> Vec<u8> {
    let mut out = Vec::new();
    let mut command = arguments::command();
    command.build();
    // Writing to memory cannot fail.
    let _ = clap_mangen::Man::new(command.clone()).render(&mut out);
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        let _ = write_section(subcommand, &mut out);
    }
    out
}

fn write_section(command: &clap::Command, out: &mut Vec<u8>) -> std::io::Result<()> {
    use std::io::Write;
    let title = command.get_display_name().unwrap_or(command.get_name()).replace('-', " ");
    writeln!(out, ".SH \"{}\"", title.to_uppercase())?;
    let page = clap_mangen::Man::new(command.clone());
    page.render_description_section(out)?;
    page.render_options_section(out)
}
