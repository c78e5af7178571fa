//! What is made from the command line's and the site file's own lists: reference pages,
//! completions, the manual. The workshop writes them into files.

use crate::arguments;
use crate::exit::MEANINGS;
use clap::{Arg, Command};
use clap_complete::Shell;
use std::fmt::Write;

/// The completion script of a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut out = Vec::new();
    let all = arguments::command();
    // The generators would offer hidden commands as well.
    let visible: Vec<Command> = all.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect();
    let mut command = Command::new("piton").disable_help_subcommand(true).version(env!("CARGO_PKG_VERSION"));
    command = command.args(all.get_arguments().cloned()).subcommands(visible);
    clap_complete::generate(shell, &mut command, "piton", &mut out);
    out
}

/// The manual page, all commands in one.
pub fn manual() -> Vec<u8> {
    let mut command = arguments::command();
    command.build();
    let mut top = Vec::new();
    // Writing to memory cannot fail.
    let _ = clap_mangen::Man::new(command.clone()).render(&mut top);
    let mut out = with_commands_below(&String::from_utf8_lossy(&top), &command).into_bytes();
    for (name, subcommand) in visible("piton", &command) {
        let _ = manual_section(&name, &subcommand, &mut out);
    }
    out
}

/// The generator means a page for each command; here they are sections of one.
fn with_commands_below(top: &str, command: &Command) -> String {
    command.get_subcommands().fold(top.to_owned(), |page, subcommand| {
        let name = subcommand.get_name().replace('-', "\\-");
        page.replace(&format!("piton\\-{name}(1)"), &format!("\\fBpiton {name}\\fR"))
    })
}

fn manual_section(name: &str, command: &Command, out: &mut Vec<u8>) -> std::io::Result<()> {
    use std::io::Write;
    let escaped = name.to_uppercase().replace('-', "\\-");
    writeln!(out, ".SH \"{escaped}\"")?;
    let page = clap_mangen::Man::new(command.clone());
    let mut options = Vec::new();
    page.render_options_section(&mut options)?;
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    writeln!(out, "{about}")?;
    out.write_all(String::from_utf8_lossy(&options).replace(".SH OPTIONS\n", "").as_bytes())
}

/// The JSON schema of site.toml, for editors.
pub fn site_schema() -> serde_json::Value {
    piton_config::schema()
}

/// The JSON schema of piton.toml.
pub fn settings_schema() -> serde_json::Value {
    let mut schema = piton_config::settings_schema();
    schema["properties"]["gate"] = piton_gate::settings_schema();
    schema
}

/// Every key of site.toml.
pub fn site_page() -> String {
    piton_config::reference()
}

/// What each exit code means.
pub fn exit_page() -> String {
    let mut page = String::from(
        "# Exit codes\n\n<!-- Made by `cargo xtask docs` from the code. -->\n\n| code | meaning |\n| --: | --- |\n",
    );
    for (exit, meaning) in MEANINGS {
        let _ = writeln!(page, "| {} | {meaning} |", exit.code());
    }
    page.push_str("\nSeveral outcomes at once give the worst of them: 7, 5, 1, 6, 4, 0.\n");
    page
}

/// The pages about the rules of `piton check`, by file name.
pub fn rule_pages() -> Vec<(String, String)> {
    let pages = piton_check::RULES.iter().map(|rule| (format!("{}.md", rule.id), piton_check::page(rule)));
    std::iter::once(("README.md".to_owned(), piton_check::index())).chain(pages).collect()
}

/// Every command with its arguments.
pub fn command_page() -> String {
    let mut command = arguments::command().term_width(100);
    command.build();
    let mut page = String::from("# Commands\n\n<!-- Made by `cargo xtask docs` from the code. -->\n");
    section("piton", &command, &mut page);
    for (name, subcommand) in visible("piton", &command) {
        section(&name, &subcommand, &mut page);
    }
    page
}

/// Every command below this one, with its whole name.
fn visible(above: &str, command: &Command) -> Vec<(String, Command)> {
    let mut found = Vec::new();
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        let name = format!("{above} {}", subcommand.get_name());
        found.push((name.clone(), subcommand.clone()));
        found.extend(visible(&name, subcommand));
    }
    found
}

fn section(name: &str, command: &Command, page: &mut String) {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let _ = write!(page, "\n## {name}\n\n{about}\n\n```console\n$ {usage}\n```\n");
    let everywhere: &[&str] = if name == "piton" { &["help", "version"] } else { &["help", "version", "color"] };
    let listed = |argument: &&Arg| !argument.is_hide_set() && !everywhere.contains(&argument.get_id().as_str());
    let rows: Vec<(String, String)> = command.get_arguments().filter(listed).map(row).collect();
    if !rows.is_empty() {
        page.push_str("\n| | |\n| --- | --- |\n");
    }
    for (what, help) in rows {
        let _ = writeln!(page, "| `{what}` | {} |", help.replace('|', "\\|").replace('\n', " "));
    }
    if let Some(example) = command.get_after_help() {
        let _ = write!(page, "\n```text\n{}\n```\n", example.to_string().trim_end());
    }
}

/// An argument as it is written, and what it does.
fn row(argument: &Arg) -> (String, String) {
    let values: Vec<String> =
        argument.get_value_names().unwrap_or_default().iter().map(|name| name.to_string()).collect();
    let takes = argument.get_action().takes_values() && !values.is_empty();
    let value = if takes { values.join(" ") } else { String::new() };
    let written = match (argument.get_long(), argument.get_short()) {
        (Some(long), Some(short)) => format!("-{short}, --{long} {value}"),
        (Some(long), None) => format!("--{long} {value}"),
        _ => value,
    };
    let mut help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if takes && !defaults.is_empty() {
        let _ = write!(help, " [default: {}]", defaults.join(", "));
    }
    (written.trim_end().replace('|', "\\|"), help)
}
