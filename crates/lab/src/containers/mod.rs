//! Images of containers for lab hosts, which reach no registry: real programs where a distribution has them, small
//! stand-ins with the same interface where it has not.
//!
//! What each image holds is data ([`recipe`]); [`layer`] makes what it consists of, once per machine. An image is laid out
//! as `docker save` would write it, a folder each, with its layers shared, so that `piton apply --lab` sends them as it
//! sends any.

mod layer;
mod recipe;

use crate::error::{Doing, LabError};
use crate::event::Event;
use crate::image::IMAGES;
use crate::{Progress, files};
use layer::Layer;
use recipe::Recipe;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub use recipe::{Kind, Known, known};

/// Where the images of containers lie, for every lab of the machine.
pub fn folder() -> PathBuf {
    Path::new(IMAGES).join("containers")
}

/// Where those lie that only a site with `lab.real` runs: of the same names as the stand-ins.
pub fn folder_of_published() -> PathBuf {
    folder().join("published")
}

/// Makes those images that are not there, and returns the names of which nobody has a recipe. `published`: programs
/// as they are published, where stand-ins would do.
pub fn make(references: &[String], published: bool, progress: &Progress<'_>) -> Result<Vec<String>, LabError> {
    files::make_folder(&folder(), 0o755)?;
    let _lock = files::lock(&Path::new(IMAGES).join("locks/containers"))?;
    let mut without = Vec::new();
    for reference in references {
        match recipe::of(reference, published) {
            Some(recipe) => make_one(reference, recipe, progress)?,
            None => without.push(reference.clone()),
        }
    }
    Ok(without)
}

fn make_one(reference: &str, recipe: &Recipe, progress: &Progress<'_>) -> Result<(), LabError> {
    let name = reference.replace(['/', ':', '@'], "_");
    let above = if recipe.kind == Kind::Published { folder_of_published() } else { folder() };
    files::make_folder(&above, 0o755)?;
    let place = above.join(&name);
    let wanted = layer::in_hex(&Sha256::digest(format!("{}{reference}", recipe.digest())));
    if fs::read_to_string(place.join("made-from")).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    let began = Instant::now();
    progress(Event::MakingContainerImage { reference: reference.to_owned() });
    let layers = recipe.layers(reference).iter().map(Layer::made).collect::<Result<Vec<_>, _>>()?;
    files::remove_tree(&place)?;
    files::make_folder(&place, 0o755)?;
    let configuration = configuration(recipe, reference, &layers).to_string();
    files::write_whole(&place.join("config.json"), configuration.as_bytes(), 0o644)?;
    let mut names = Vec::new();
    for (number, layer) in layers.iter().enumerate() {
        let file = format!("layer-{number}.tar");
        let to = place.join(&file);
        fs::hard_link(&layer.path, &to).doing_with("linking", &to)?;
        names.push(file);
    }
    let manifest = json!([{ "Config": "config.json", "RepoTags": [reference], "Layers": names }]).to_string();
    files::write_whole(&place.join("made-from"), wanted.as_bytes(), 0o644)?;
    // Last: a folder without it is no image.
    files::write_whole(&place.join("manifest.json"), manifest.as_bytes(), 0o644)?;
    progress(Event::ContainerImageReady { reference: reference.to_owned(), took: began.elapsed() });
    Ok(())
}

fn configuration(recipe: &Recipe, reference: &str, layers: &[layer::Made]) -> serde_json::Value {
    let architecture = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "amd64",
    };
    let mut environment = vec![format!("PATH={}", recipe.path), format!("PITON_LAB_IMAGE={reference}")];
    environment.extend(recipe.environment.iter().map(|(name, value)| format!("{name}={value}")));
    json!({
        "architecture": architecture,
        "os": "linux",
        "config": {
            "Env": environment,
            "Entrypoint": recipe.entrypoint,
            "Cmd": recipe.command,
            "User": recipe.user,
            "WorkingDir": recipe.folder,
            "Labels": { "org.opencontainers.image.title": recipe.about },
        },
        "rootfs": { "type": "layers", "diff_ids": layers.iter().map(|layer| &layer.digest).collect::<Vec<_>>() },
    })
}
