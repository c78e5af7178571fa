//! `piton init`: the files of a site to start from. It never writes over anything.

use crate::arguments::InitArguments;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::{Screen, json};
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Where the example site expects the operator's key.
const KEY: &str = "keys/operator.pub";

/// The operator's own public keys, the best kind first.
const OWN_KEYS: [&str; 5] = ["id_ed25519.pub", "id_ed25519_sk.pub", "id_ecdsa.pub", "id_ecdsa_sk.pub", "id_rsa.pub"];

pub(super) fn run(arguments: &InitArguments, screen: &Screen) -> Ended {
    let examples = piton_config::examples();
    let Some(example) = examples.iter().find(|example| example.name == arguments.from) else {
        let names: Vec<&str> = examples.iter().map(|example| example.name).collect();
        let what = format!("there is no example `{}`", arguments.from);
        return Err(Failure::usage(what, format!("examples: {}", names.join(", "))));
    };
    let folder = &arguments.folder;
    if let Some(path) = example.files.iter().map(|(name, _)| folder.join(name)).find(|path| path.exists()) {
        let what = format!("{} is there already", path.display());
        return Err(Failure::new(Exit::Failed, "init/exists", what, "name another folder: `piton init FOLDER`"));
    }
    let mut written = Vec::new();
    for (name, text) in example.files {
        written.push(write(&folder.join(name), text)?);
    }
    let own = own_key();
    let key = folder.join(KEY);
    if let Some((_, text)) = own.as_ref().filter(|_| !key.exists()) {
        written.push(write(&key, text)?);
    }
    if let Some(keys) = key.parent() {
        fs::create_dir_all(keys).map_err(|error| Failure::file("make", keys, &error))?;
    }
    tell(folder, &written, own.as_ref().map(|(path, _)| path), screen);
    Ok(Exit::Done)
}

fn write(path: &Path, text: &str) -> Result<PathBuf, Failure> {
    let failed = |error| Failure::file("write", path, &error);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    // `create_new`, so that nothing is written over even if it came a moment ago.
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let what = format!("{} is there already", path.display());
            return Err(Failure::new(Exit::Failed, "init/exists", what, "name another folder: `piton init FOLDER`"));
        }
        opened => opened.map_err(failed)?,
    };
    file.write_all(text.as_bytes()).map_err(failed)?;
    Ok(path.to_owned())
}

fn own_key() -> Option<(PathBuf, String)> {
    let folder = PathBuf::from(std::env::var_os("HOME")?).join(".ssh");
    OWN_KEYS.iter().map(|name| folder.join(name)).find_map(|path| {
        let text = fs::read_to_string(&path).ok()?;
        Some((path, text))
    })
}

fn tell(folder: &Path, written: &[PathBuf], key: Option<&PathBuf>, screen: &Screen) {
    let names: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    if screen.is_json() {
        screen.answer_json(&json::object("piton.init/1", json!({ "written": names })));
        return;
    }
    for name in &names {
        screen.answer(format!("wrote {name}\n"));
    }
    let key = match key {
        Some(key) => format!("{KEY} is a copy of {}: change it if another key shall get in.", key.display()),
        None => format!(
            "First: put the public key that shall get in at {0}. No key of yours was found in ~/.ssh; `ssh-keygen -t ed25519` \
             makes one, then `cp ~/.ssh/id_ed25519.pub {0}`.",
            folder.join(KEY).display()
        ),
    };
    let site = folder.join("site.toml");
    screen.answer(format!(
        "\n{key}\nNext: put your servers' addresses into {}, then `piton plan`.\n\
         To rehearse it on this machine first: `sudo piton lab up`, then `piton plan --lab`.\n",
        site.display()
    ));
}
