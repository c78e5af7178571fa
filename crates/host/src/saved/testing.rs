//! Programs that stand in for the host's, in a folder that stands in for a host.

use crate::system::System;
use std::fs::{create_dir_all, write};

/// Puts a shell script where the host's programs are.
pub(crate) fn program(system: &System, name: &str, script: &str) {
    let place = system.path("/usr/bin").join(name);
    create_dir_all(place.parent().unwrap()).unwrap();
    let source = place.with_extension("source");
    write(&source, format!("#!/bin/sh\n{script}\n")).unwrap();
    // Written by another process: a test next door that forks while this one has the script open
    // for writing would keep it from being run.
    let status = std::process::Command::new("install").args(["-m", "755"]).args([&source, &place]).status();
    assert!(status.unwrap().success());
}

pub(crate) fn file(system: &System, path: &str, text: &str) {
    let place = system.path(path);
    create_dir_all(place.parent().unwrap()).unwrap();
    write(place, text).unwrap();
}
