//! Images made from their recipes, once per machine, and kept.
//!
//! An image is finished when it has its final name; everything before happens under a name that nothing boots from.
//! A build holds a kernel lock and lives in a control group, so that the next one can end what an interrupted one left.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use super::Image;
use super::recipe::{APT_SETTINGS, DEBIAN_KEYRING, KERNEL_PACKAGE, Recipe};
use crate::cgroup::Cgroup;
use crate::error::{Doing, LabError};
use crate::event::{BuildStage, Event};
use crate::{Progress, command, files, record};

/// Where every lab of the machine finds its images.
pub(crate) const IMAGES: &str = "/var/lib/piton/lab-images";

/// Returns where an image is, or will be when it is made.
pub(crate) fn folder(image: Image) -> PathBuf {
    Path::new(IMAGES).join(format!("{image}-{}", Recipe::of(image).digest()))
}

/// Makes those images that are not there, two at a time, with packages from the proxy.
pub(crate) fn build_missing(images: &[Image], proxy: &str, progress: &Progress<'_>) -> Result<(), LabError> {
    let mut missing = images.to_vec();
    missing.retain(|&image| !folder(image).exists());
    missing.sort_unstable();
    missing.dedup();
    // Unpacking is bound by the processor: more than two at once only makes all of them late.
    for pair in missing.chunks(2) {
        thread::scope(|scope| {
            let builds: Vec<_> = pair.iter().map(|&image| scope.spawn(move || build(image, proxy, progress))).collect();
            builds.into_iter().try_for_each(|build| {
                build.join().unwrap_or_else(|_| {
                    Err(LabError::Command {
                        doing: "building an image".to_owned(),
                        detail: "its thread ended early".to_owned(),
                    })
                })
            })
        })?;
    }
    Ok(())
}

/// Removes every image and the package cache; the caller knows that none is in use.
pub(crate) fn remove_all() -> Result<(), LabError> {
    let group = Cgroup::of_image_build("");
    group.kill()?;
    group.remove()?;
    files::remove_tree(Path::new(IMAGES))
}

fn build(image: Image, proxy: &str, progress: &Progress<'_>) -> Result<(), LabError> {
    let tell = |stage| progress(Event::BuildingImage { image, stage });
    let started = Instant::now();
    tell(BuildStage::Waiting);
    let _lock = files::lock(&Path::new(IMAGES).join("locks").join(image.name()))?;
    let finished = folder(image);
    if finished.exists() {
        return Ok(());
    }

    let group = Cgroup::of_image_build(image.name());
    group.kill()?;
    let unfinished = Path::new(IMAGES).join(format!("unfinished-{image}"));
    files::remove_tree(&unfinished)?;

    let recipe = Recipe::of(image);
    tell(BuildStage::Packages);
    install_packages(image, &recipe, &unfinished, proxy, &group)?;
    tell(BuildStage::Furnishing);
    furnish(&recipe, &unfinished)?;
    group.remove()?;

    fs::rename(&unfinished, &finished).doing_with("finishing the image", &finished)?;
    remove_unused_older(image, &finished)?;
    progress(Event::ImageReady { image, took: started.elapsed() });
    Ok(())
}

/// Removes what earlier recipes made of the same image, unless a host still stands on it.
///
/// A host is recorded before its image is looked for, so one that is just being made counts as well.
fn remove_unused_older(image: Image, newest: &Path) -> Result<(), LabError> {
    let used = record::image_folders_in_use()?;
    let images = fs::read_dir(IMAGES).doing_with("reading", Path::new(IMAGES))?;
    for entry in images.flatten() {
        let path = entry.path();
        let same_image = entry.file_name().to_string_lossy().starts_with(&format!("{image}-"));
        if same_image && path != newest && !used.contains(&path) {
            files::remove_tree(&path)?;
        }
    }
    Ok(())
}

fn install_packages(image: Image, recipe: &Recipe, target: &Path, proxy: &str, group: &Cgroup) -> Result<(), LabError> {
    let keyring = keyring(image, recipe)?;
    let sources = Path::new(IMAGES).join(format!("{image}.list"));
    let source_lines = recipe.sources.join("\n") + "\n";
    files::write_whole(&sources, source_lines.as_bytes(), 0o644)?;

    // What mmdebstrap mounts is gone with it, and it is gone with this process: it ends when its parent does, and
    // everything that it started ends with it.
    let mut mmdebstrap = Command::new("setpriv");
    mmdebstrap
        .args(["--pdeathsig=KILL", "--", "unshare", "--mount", "--propagation=private"])
        .args(["--pid", "--fork", "--kill-child=KILL", "--"])
        .args(["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase"])
        .arg("--skip=cleanup/apt/lists")
        .arg(format!("--components={}", recipe.components))
        .arg(format!("--keyring={}", keyring.display()))
        .arg(format!("--include={}", recipe.packages.join(",")))
        .arg(format!("--aptopt=Acquire::http::Proxy \"{proxy}\""))
        .arg("--aptopt=APT::Install-Recommends \"false\"")
        .args(["man", "locale", "doc"].map(|kind| format!("--dpkgopt=path-exclude=/usr/share/{kind}/*")))
        .arg("--dpkgopt=path-include=/usr/share/doc/*/copyright")
        .args(APT_SETTINGS.lines().map(|line| format!("--aptopt={}", line.trim_end_matches(';'))))
        .arg(recipe.suite)
        .args([target, &sources]);
    let doing = format!("building the image {image}");
    let child =
        mmdebstrap.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().doing(|| doing.clone())?;
    group.adopt(child.id())?;
    let output = child.wait_with_output().doing(|| doing.clone())?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(LabError::Command { doing, detail: command::last_words(words.trim()).to_owned() })
}

fn keyring(image: Image, recipe: &Recipe) -> Result<PathBuf, LabError> {
    let Some(key) = recipe.ubuntu_key else {
        return Ok(PathBuf::from(DEBIAN_KEYRING));
    };
    let path = Path::new(IMAGES).join(format!("{image}.asc"));
    files::write_whole(&path, key.as_bytes(), 0o644)?;
    Ok(path)
}

fn furnish(recipe: &Recipe, root: &Path) -> Result<(), LabError> {
    forget_the_build(root)?;
    for file in &recipe.files {
        files::write_into(root, file.path, file.content.as_bytes(), file.mode)?;
    }
    command::run(
        &format!("adding the user {}", recipe.login_user),
        Command::new("chroot").arg(root).args([
            "useradd",
            "--create-home",
            "--uid=1000",
            "--shell=/bin/bash",
            "--groups=adm,sudo",
            recipe.login_user,
        ]),
    )?;
    let built = "/tmp/piton-lab-kernel.deb";
    for step in
        [["dpkg-deb", "--build", KERNEL_PACKAGE, built].as_slice(), &["dpkg", "--install", built], &["rm", built]]
    {
        command::run("putting the stand-in for a kernel package in", Command::new("chroot").arg(root).args(step))?;
    }
    for (verb, units) in [("enable", &recipe.enabled_units), ("mask", &recipe.masked_units)] {
        command::run(
            &format!("having the image {verb} its units"),
            Command::new("chroot").arg(root).args(["systemctl", verb]).args(units),
        )?;
    }
    Ok(())
}

/// Takes away what belongs to this machine or to one host only.
fn forget_the_build(root: &Path) -> Result<(), LabError> {
    for path in ["etc/apt/apt.conf.d/99mmdebstrap", "etc/resolv.conf", "etc/hostname"] {
        let path = root.join(path);
        if path.symlink_metadata().is_ok() {
            fs::remove_file(&path).doing_with("removing", &path)?;
        }
    }
    let ssh = root.join("etc/ssh");
    for entry in fs::read_dir(&ssh).doing_with("reading", &ssh)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("ssh_host_") {
            fs::remove_file(entry.path()).doing_with("removing", &entry.path())?;
        }
    }
    if root.join("usr/lib/systemd/systemd-resolved").exists() {
        let link = root.join("etc/resolv.conf");
        symlink("../run/systemd/resolve/stub-resolv.conf", &link).doing_with("linking", &link)?;
    }
    fs::set_permissions(root, fs::Permissions::from_mode(0o755)).doing_with("opening", root)?;
    files::write_into(root, "/etc/machine-id", b"", 0o444)
}
