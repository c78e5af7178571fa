use crate::project::join;
use crate::rules::prelude::*;

rule! {
    /// A file is mounted that is not in the repository.
    ///
    /// Docker makes a folder where the source of a short mount is missing, and the program is given a folder where it wants its
    /// configuration. Whoever clones the repository meets that first.
    ///
    /// ```text README.md bad
    /// # Metrics
    /// ```
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   prometheus:
    ///     image: prom/prometheus:v3.5.3
    ///     volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro", "data:/prometheus"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```text README.md good
    /// # Metrics
    /// Copy prometheus.example.yml to prometheus.yml.
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   prometheus:
    ///     image: prom/prometheus:v3.5.3
    ///     volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro", "data:/prometheus"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// Only with `--strict`, and in a folder with a README or a .gitignore: without these a part of a repository was looked at. Not told where
    /// any other file names it, a sample of it is there, or git may ignore it. Source: Docker's
    /// documentation as idaholab/Malcolm issue 473 quotes it ("It is always created as a directory"), moby/moby issue 42332; read
    /// 2026-11-28.
    RULE = "compose-bind-file-missing", Warning, Medium, Look::Service(check), strict
}

/// Endings of what people write, and programs do not.
const WRITTEN: [&str; 8] = ["alloy", "conf", "rules", "sh", "sql", "toml", "yaml", "yml"];

/// More missing files of a service than this are not asked after.
const MOST: usize = 20;

fn check(project: &Project, service: &Service, report: &mut Report) {
    let binds = service.mounts.iter().filter(|mount| mount.kind == MountKind::Bind && !mount.value.is_map());
    let missing = binds.filter_map(|mount| Some((mount, missing(project, mount)?))).take(MOST);
    for (mount, path) in missing {
        if is_whole(project, mount.value.document()) && !is_explained(project, &path) {
            report
                .at(mount.value, format!("`{path}` is not here: Docker makes a folder of that name and mounts it"))
                .help("the file, or a sample of it and a line on what to copy");
        }
    }
}

/// The path of a mounted file, where nothing is at it.
fn missing(project: &Project, mount: &Mount) -> Option<String> {
    let source =
        mount.source.as_deref().filter(|source| source.starts_with('.') && !source.contains(['$', '{', '*', '<']))?;
    let (_, name) = source.rsplit_once('/')?;
    let (stem, ending) = name.rsplit_once('.')?;
    let is_file = !stem.is_empty() && WRITTEN.contains(&ending) && mount.target.ends_with(&format!(".{ending}"));
    let document = mount.value.document();
    // Another file may include this one, or `--project-directory` names a folder above.
    let folders = std::iter::successors(Some(document.folder()), |folder| {
        (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(above, _)| above))
    });
    let mut paths = folders.filter_map(|folder| join(folder, source));
    let mut is_there =
        || paths.any(|path| project.at(&path).is_some()) || project.within(document, source).next().is_some();
    let path = join(document.folder(), source).filter(|path| !path.starts_with(".."))?;
    // This one is a program's folder.
    let is_file = is_file && name != "acme.sh" && !is_of_tests(document);
    (is_file && !is_there()).then_some(path)
}

/// Whether what lies around the file is a repository, and not a part of one.
fn is_whole(project: &Project, document: &Document) -> bool {
    let above = |file: &Document| {
        let rest = document.folder().strip_prefix(file.folder());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || file.folder().is_empty())
    };
    let is_sign = |file: &Document| {
        let name = file.file_name();
        name == ".gitignore" || name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("readme"))
    };
    project.documents.iter().any(|file| is_sign(file) && above(file))
}

/// Whether a file says where it comes from, a sample of it is there, or git does not look at it.
fn is_explained(project: &Project, path: &str) -> bool {
    let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    project.documents.iter().any(|file| {
        let is_sample = || file.path.starts_with(path) || is_sample(file) && file.file_name().contains(stem);
        let is_named = || file.kind != Kind::Compose && file.text.contains(name);
        is_sample()
            || is_named()
            || file.file_name() == ".gitignore" && file.text.lines().any(|line| may_ignore(line, path))
    })
}

/// Whether a line of .gitignore may mean a path; rather too often than not.
fn may_ignore(line: &str, path: &str) -> bool {
    let line = line.trim().trim_start_matches('!').trim_matches('/');
    if line.is_empty() || line.starts_with('#') {
        return false;
    }
    match line.split_once('*') {
        Some((start, _)) => {
            let end = line.rsplit('*').next().unwrap_or_default();
            let has = |part: &str| !part.is_empty() && path.contains(part.trim_matches('/'));
            start.is_empty() && end.is_empty() || has(start) || has(end)
        }
        None => path == line || path.split('/').any(|part| part == line) || path.contains(&format!("{line}/")),
    }
}
