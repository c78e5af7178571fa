//! Puts every folder of `services/` into the program: the folder is the list (see docs/decisions/0016).

#![allow(clippy::expect_used, reason = "a file that cannot be read is to stop the build")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=services");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo's variable")).join("services");
    let mut out = String::from("pub(super) static SERVICES: &[(&str, &[(&str, &str)])] = &[\n");
    for folder in sorted(&root).into_iter().filter(|path| path.is_dir()) {
        let mut files = Vec::new();
        below(&folder, &mut files);
        writeln!(out, "({:?}, &[", name(&folder)).expect("a string takes text");
        for file in files.into_iter().filter(|file| !file.starts_with(folder.join("tests"))) {
            let inner = file.strip_prefix(&folder).expect("below the folder");
            writeln!(out, "({:?}, include_str!({file:?})),", inner.display().to_string()).expect("a string takes text");
        }
        out.push_str("]),\n");
    }
    out.push_str("];\n");
    let target = Path::new(&env::var_os("OUT_DIR").expect("cargo's folder")).join("services.rs");
    fs::write(target, out).expect("cargo's folder can be written");
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of services");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in sorted(folder) {
        println!("cargo::rerun-if-changed={}", path.display());
        match path.is_dir() {
            true => below(&path, files),
            false => files.push(path),
        }
    }
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("a name in ASCII")
}
