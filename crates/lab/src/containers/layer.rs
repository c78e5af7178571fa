//! What images of containers consist of: a ground of Debian's, programs on top of it, and files on top of those.
//!
//! A layer is a tar archive under the digest of what it was made from. Programs are installed by apt into an overlay over
//! the ground; what that wrote is the layer, or only the folders of it that a script filled. Whatever a build mounts is gone with its process.

use super::folder;
use crate::command;
use crate::error::{Doing, LabError};
use crate::files;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Debian's newest: nearest to what the catalog's images hold.
const SUITE: &str = "sid";
const SOURCE: &str = "deb http://deb.debian.org/debian sid main";
/// For stand-ins (python), for health checks (bash, busybox as wget), and to make users with.
const GROUND: &str = "python3,python3-yaml,bash,busybox,ca-certificates,passwd";
/// Raised by hand when a layer is made otherwise from the same words.
const REVISION: u32 = 1;

/// What a layer is made from.
#[derive(Serialize)]
pub(super) enum Layer {
    Ground,
    /// Debian's packages, and a script before and after they are put in.
    Programs {
        packages: &'static [&'static str],
        before: &'static str,
        after: &'static str,
    },
    /// What a script writes into these folders, with Debian's packages at hand that stay behind.
    Built {
        tools: &'static [&'static str],
        script: String,
        keep: &'static [&'static str],
    },
    Files(Vec<(String, u32, String)>),
}

/// A layer on the disk.
pub(super) struct Made {
    pub(super) path: PathBuf,
    /// Of its content, as an image's configuration has it.
    pub(super) digest: String,
}

impl Layer {
    /// Makes it, unless it is there.
    pub(super) fn made(&self) -> Result<Made, LabError> {
        let text = serde_json::to_string(&(REVISION, SUITE, SOURCE, GROUND, self)).unwrap_or_default();
        let name = short(&text);
        let layers = folder().join("layers");
        files::make_folder(&layers, 0o755)?;
        let (path, noted) = (layers.join(format!("{name}.tar")), layers.join(format!("{name}.digest")));
        if let Ok(digest) = fs::read_to_string(&noted) {
            return Ok(Made { path, digest });
        }
        let unfinished = layers.join("unfinished");
        files::remove_tree(&unfinished)?;
        files::make_folder(&unfinished, 0o755)?;
        let content = match self {
            Layer::Ground => ground()?,
            Layer::Programs { packages, before, after } => programs(&unfinished, packages, before, after)?,
            Layer::Built { tools, script, .. } => programs(&unfinished, tools, "", script)?,
            Layer::Files(list) => {
                let root = unfinished.join("files");
                files::make_folder(&root, 0o755)?;
                for (path, mode, content) in list {
                    files::write_into(&root, path, content.as_bytes(), *mode)?;
                }
                root
            }
        };
        let keep: &[&str] = if let Layer::Built { keep, .. } = self { keep } else { &["."] };
        archive(&content, keep, &path)?;
        files::remove_tree(&unfinished)?;
        let digest = format!("sha256:{}", digest_of(&path)?);
        files::write_whole(&noted, digest.as_bytes(), 0o644)?;
        Ok(Made { path, digest })
    }
}

/// The root folder of the ground, kept so that programs can be put on top of it.
fn ground() -> Result<PathBuf, LabError> {
    let name = short(&format!("{REVISION}{SOURCE}{GROUND}"));
    let root = folder().join(format!("ground-{name}"));
    if root.exists() {
        return Ok(root);
    }
    let unfinished = folder().join("ground-unfinished");
    files::remove_tree(&unfinished)?;
    let mut mmdebstrap = command::alone(&[]);
    mmdebstrap
        .args(["mmdebstrap", "--quiet", "--mode=root", "--variant=apt", "--skip=cleanup/apt/lists"])
        .arg(format!("--include={GROUND}"))
        .args(["Install-Recommends", "Check-Valid-Until", "Check-Date"].map(|word| match word {
            "Install-Recommends" => "--aptopt=APT::Install-Recommends \"false\"".to_owned(),
            word => format!("--aptopt=Acquire::{word} \"false\""),
        }))
        .args(["man", "locale", "doc", "info"].map(|kind| format!("--dpkgopt=path-exclude=/usr/share/{kind}/*")))
        .arg("--dpkgopt=path-include=/usr/share/doc/*/copyright")
        .args([SUITE])
        .arg(&unfinished)
        .arg(SOURCE);
    command::run("making the ground of container images", &mut mmdebstrap)?;
    // Nothing is started while packages are put in.
    files::write_into(&unfinished, "/usr/sbin/policy-rc.d", b"#!/bin/sh\nexit 101\n", 0o755)?;
    files::write_into(&unfinished, "/etc/resolv.conf", b"", 0o644)?;
    for (link, target) in [("usr/bin/wget", "busybox"), ("usr/bin/python", "python3")] {
        let link = unfinished.join(link);
        std::os::unix::fs::symlink(target, &link).doing_with("linking", &link)?;
    }
    fs::rename(&unfinished, &root).doing_with("finishing", &root)?;
    Ok(root)
}

/// Puts packages into an overlay over the ground, and answers what that wrote.
fn programs(unfinished: &Path, packages: &[&str], before: &str, after: &str) -> Result<PathBuf, LabError> {
    let ground = ground()?;
    let [upper, work, merged] = ["upper", "work", "merged"].map(|name| unfinished.join(name));
    [&upper, &work, &merged].iter().try_for_each(|path| files::make_folder(path, 0o755))?;
    let inside = format!(
        "set -eu\nexport DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8\n{before}\n\
         {}\n{after}\nrm -rf /var/cache/apt/*.bin /var/cache/apt/archives/*.deb",
        match packages {
            [] => String::new(),
            packages => format!("apt-get install -qq -y --no-install-recommends {} >/dev/null", packages.join(" ")),
        }
    );
    let mut build = command::alone(&[]);
    build.args(["sh", "-c", BUILD, "sh"]).args([&ground, &upper, &work, &merged]).arg(inside);
    command::run(&format!("putting {} into a container image", packages.join(", ")), &mut build)?;
    Ok(upper)
}

/// What lies under what, what of the machine is seen in it, and what apt took away written as images write it.
const BUILD: &str = r#"set -eu
ground=$1 upper=$2 work=$3 merged=$4
mount -t overlay overlay -o "lowerdir=$ground,upperdir=$upper,workdir=$work" "$merged"
mount -t proc proc "$merged/proc"
mount --bind /dev "$merged/dev"
mount -t tmpfs tmpfs "$merged/tmp"
mount --bind /etc/resolv.conf "$merged/etc/resolv.conf"
# Whom this machine trusts, what is fetched in here trusts as well.
mount --bind /etc/ssl/certs/ca-certificates.crt "$merged/etc/ssl/certs/ca-certificates.crt"
chroot "$merged" sh -c "$5"
umount "$merged/etc/ssl/certs/ca-certificates.crt" "$merged/etc/resolv.conf" "$merged/tmp" "$merged/dev" "$merged/proc" "$merged"
find "$upper" -type c | while read -r gone; do
    if [ "$(stat -c %t:%T "$gone")" = 0:0 ]; then
        rm "$gone"
        : > "${gone%/*}/.wh.${gone##*/}"
    fi
done
"#;

fn archive(content: &Path, keep: &[&str], path: &Path) -> Result<(), LabError> {
    let unfinished = path.with_extension("unfinished");
    let mut tar = Command::new("tar");
    tar.args(["--create", "--numeric-owner", "--one-file-system", "--sort=name"])
        .args(
            ["./var/lib/apt/lists", "./var/cache/apt", "./var/log", "./dev", "./proc", "./sys", "./tmp"]
                .map(|folder| format!("--exclude={folder}/*")),
        )
        .arg("--file")
        .arg(&unfinished)
        .arg("--directory")
        .arg(content)
        .args(keep);
    command::run("writing a layer of a container image", &mut tar)?;
    fs::rename(&unfinished, path).doing_with("finishing", path)
}

fn digest_of(path: &Path) -> Result<String, LabError> {
    let mut file = File::open(path).doing_with("reading", path)?;
    let mut digest = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        match file.read(&mut piece).doing_with("reading", path)? {
            0 => return Ok(in_hex(&digest.finalize())),
            read => digest.update(&piece[..read]),
        }
    }
}

/// A name for what is made from this text.
fn short(text: &str) -> String {
    in_hex(&Sha256::digest(text)).chars().take(16).collect()
}

pub(super) fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
