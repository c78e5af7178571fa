//! Everything that is generated from the code: reference pages, the schema, completions, the
//! manual. None of it is written by hand, and a test fails when one has drifted.

use anyhow::{Context, Result, bail};
use clap_complete::Shell;
use piton::reference;
use std::fs;
use std::path::{Path, PathBuf};

/// Every generated file and its content.
fn files() -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let schema = serde_json::to_string_pretty(&reference::site_schema())? + "\n";
    let settings_schema = serde_json::to_string_pretty(&reference::settings_schema())? + "\n";
    let mut files: Vec<(PathBuf, Vec<u8>)> = vec![
        ("docs/reference/cli.md".into(), reference::command_page().into_bytes()),
        ("docs/reference/exit-codes.md".into(), reference::exit_page().into_bytes()),
        ("docs/reference/site.md".into(), reference::site_page().into_bytes()),
        ("schema/site.schema.json".into(), schema.into_bytes()),
        ("schema/piton.schema.json".into(), settings_schema.into_bytes()),
        ("completions/piton.bash".into(), reference::completions(Shell::Bash)),
        ("completions/piton.fish".into(), reference::completions(Shell::Fish)),
        ("completions/_piton".into(), reference::completions(Shell::Zsh)),
        ("man/piton.1".into(), reference::manual()),
    ];
    files.extend(
        reference::rule_pages().into_iter().map(|(name, page)| (Path::new(RULES).join(name), page.into_bytes())),
    );
    Ok(files)
}

/// The folder of the rules' pages; nothing else lies in it.
const RULES: &str = "docs/rules";

/// Pages of rules that are no more.
fn strays(root: &Path, files: &[(PathBuf, Vec<u8>)]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root.join(RULES)) else { return Vec::new() };
    let names = entries.filter_map(Result::ok).map(|entry| Path::new(RULES).join(entry.file_name()));
    names.filter(|name| !files.iter().any(|(known, _)| known == name)).collect()
}

pub(crate) fn write(root: &Path) -> Result<()> {
    let files = files()?;
    for stray in strays(root, &files) {
        fs::remove_file(root.join(stray))?;
    }
    for (name, content) in files {
        let path = root.join(&name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content).with_context(|| format!("cannot write {}", name.display()))?;
    }
    Ok(())
}

pub(crate) fn check(root: &Path) -> Result<()> {
    let files = files()?;
    let mut drifted: Vec<String> = strays(root, &files).iter().map(|stray| stray.display().to_string()).collect();
    for (name, content) in files {
        if fs::read(root.join(&name)).ok() != Some(content) {
            drifted.push(name.display().to_string());
        }
    }
    match drifted.is_empty() {
        true => Ok(()),
        false => bail!("not up to date: {}; run `cargo xtask docs`", drifted.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_generated_is_up_to_date() {
        super::check(crate::root()).unwrap();
    }
}
