//! `docker run` and its like: what a new container sees of the host decides how its command is judged.

use super::Walker;
use super::data::Data;
use crate::argv::Argv;
use crate::effect::Effect;
use crate::families;
use crate::paths::{self, Access, Sort};

/// `docker run`: how much of the host the new container sees decides how its command is judged.
pub(super) fn docker(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program(argv[0].rsplit('/').next().unwrap_or_default())?;
    let read = Argv::read(program, argv);
    if let Some(engine) = remote_engine(walker, &read) {
        let place = walker.place.on_host(&engine);
        return Some(walker.elsewhere(place, |inner| inner.argv(argv, stdin)));
    }
    if matches!(read.positional(0), Some("load" | "import")) && stdin.is_from_network() {
        walker.found(Effect::RemoteCode, "loads an image from the network", "");
    }
    let at = match (read.positional(0), read.positional(1)) {
        (Some("container"), Some("run" | "create")) => 2,
        (Some("run" | "create"), _) => 1,
        _ => return None,
    };
    let limit = *read.positionals.get(at)?;
    let options: Vec<(&str, &str)> = read
        .options
        .iter()
        .filter(|given| given.at < limit)
        .map(|given| (given.name.as_str(), given.value.unwrap_or_default()))
        .collect();
    let mut sees_host = false;
    let mut sees_data = false;
    let mut mounts: Vec<(String, String)> = Vec::new();
    walker.rule = format!("{}/docker", program.family);
    for (name, value) in &options {
        match *name {
            "--privileged" | "--device" => sees_host = true,
            "--cap-add" if ["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE"].iter().any(|cap| value.ends_with(cap)) => {
                sees_host = true;
            }
            "--security-opt" if value.contains("unconfined") => sees_host = true,
            "--volumes-from" => {
                sees_data = true;
                mounts.push(("/var".to_owned(), "/var".to_owned()));
                mounts.push(("/data".to_owned(), "/data".to_owned()));
            }
            "--net" | "--network" | "--pid" | "--ipc" | "--uts" | "--userns" if *value == "host" => sees_host = true,
            "-v" | "--volume" | "--mount" => {
                let (source, target) = mounted(value);
                let path = walker.path(&source);
                let is_volume = !source.contains('/') && !source.is_empty();
                let outside = if is_volume { format!("/var/lib/docker/volumes/{source}") } else { path.clone() };
                mounts.push((target, outside));
                match paths::sort(&path) {
                    Sort::Top if path != "." && path.starts_with(['/', '~']) => sees_host = true,
                    Sort::Access | Sort::Network | Sort::System if source.starts_with('/') => sees_host = true,
                    Sort::Secret => walker.access(&path, Access::Read),
                    Sort::Data | Sort::Deployed | Sort::Guard => sees_data = true,
                    _ if path.ends_with("docker.sock") => sees_host = true,
                    _ if is_volume => sees_data = true,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let detached = options.iter().any(|(name, _)| matches!(*name, "-d" | "--detach"));
    if detached {
        walker.found(Effect::StackChange, "starts a container that stays", "");
    }
    let image = read.positional(at)?.to_owned();
    // Options behind the image are the command's own.
    let inner = argv.get(limit + 1..).unwrap_or_default().to_vec();
    let entry = options.iter().find(|(name, _)| *name == "--entrypoint").map(|(_, value)| (*value).to_owned());
    let inner: Vec<String> = entry.into_iter().chain(inner).collect();
    if inner.is_empty() {
        if sees_host {
            walker.unknown("starts a container that can reach the whole host", "");
        }
        return Some(Data::unknown());
    }
    let place = match (sees_host, sees_data) {
        (true, _) => walker.place.as_root(),
        (false, true) => walker.place.in_container(&image),
        (false, false) => walker.place.in_fresh(),
    };
    let loads = options.iter().any(|(name, _)| *name == "--env-file");
    let outer =
        (walker.folder.take(), walker.has_secrets, walker.mounted_from.take(), std::mem::take(&mut walker.mounts));
    walker.has_secrets |= loads;
    // Inside, the host's folders have other names.
    walker.mounted_from = Some(walker.place.clone());
    walker.mounts = mounts;
    let out = walker.elsewhere(place, |walker| walker.argv(&inner, stdin));
    (walker.folder, walker.has_secrets, walker.mounted_from, walker.mounts) = outer;
    Some(out)
}

/// Source and target of `-v source:target` or `--mount source=…,target=…`.
fn mounted(value: &str) -> (String, String) {
    let named = |names: [&str; 3]| {
        let part = |name: &str| value.split(',').find_map(|part| part.strip_prefix(name));
        names.iter().find_map(|name| part(name)).map(str::to_owned)
    };
    if let Some(source) = named(["source=", "src=", "source ="]) {
        return (source, named(["target=", "dst=", "destination="]).unwrap_or_default());
    }
    let mut parts = value.split(':');
    let source = parts.next().unwrap_or_default().to_owned();
    (source.clone(), parts.next().map_or(source, str::to_owned))
}

/// A path inside of a container by the name that it has outside.
pub(super) fn outside_of(word: &str, mounts: &[(String, String)]) -> String {
    for (target, source) in mounts.iter().filter(|(target, _)| target.len() > 1) {
        if let Some(rest) = word.strip_prefix(target.as_str())
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return format!("{}{rest}", source.trim_end_matches('/'));
        }
    }
    word.to_owned()
}

/// Whose engine is spoken to, when it is not this machine's: the folder here says nothing about that.
fn remote_engine(walker: &Walker, read: &Argv) -> Option<String> {
    if walker.place.host.is_some() {
        return None;
    }
    let given = ["-c", "-H", "--host", "--context"].iter().flat_map(|name| read.values(name)).next().map(str::to_owned);
    let set = ["DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST"].iter().find_map(|name| walker.variables.get(*name));
    let engine = given.or_else(|| set.map(|value| value.text.clone()))?;
    let is_here =
        engine.is_empty() || engine.starts_with("unix://") || matches!(engine.as_str(), "default" | "desktop-linux");
    (!is_here).then(|| engine.rsplit("//").next().unwrap_or(&engine).to_owned())
}
