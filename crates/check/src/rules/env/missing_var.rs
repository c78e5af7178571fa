use crate::rules::prelude::*;

rule! {
    /// A variable that is set nowhere.
    ///
    /// Compose warns once and puts an empty text in its place: an empty password, an image without a tag, a mount of `/`.
    ///
    /// ```yaml compose.yaml bad
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", environment: { API_URL: "${API_URL}" } } }
    /// ```
    ///
    /// ```env .env bad
    /// OTHER=1
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", environment: { API_URL: "${API_URL}", MODE: "${MODE:-prod}" } } }
    /// ```
    ///
    /// ```env .env good
    /// API_URL=https://api.example.org
    /// ```
    ///
    /// Told where a .env or its example lies beside the file, and neither it, nor an env file of a folder above or one that a Makefile or script there reads, names this variable.
    /// Where one is encrypted nothing is told. Source: Compose
    /// specification, `12-interpolation.md` ("displays a warning and substitutes the variable with an empty string"); read
    /// 2026-11-27.
    RULE = "env-missing-var", Warning, Medium, Look::File(&[Kind::Compose], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let beside: Vec<&Document> = project
        .of_kind(Kind::Env)
        .filter(|file| file.folder() == document.folder() && file.file_name().contains("env"))
        // What Portainer calls so goes into the containers, and not into the file.
        .filter(|file| file.file_name() != "stack.env")
        .collect();
    if beside.is_empty() || !document.templated.is_empty() || beside.iter().any(|file| file.is_sealed()) {
        return;
    }
    let above: Vec<&Document> = project.documents.iter().filter(|file| is_above(file, document)).collect();
    // What fills the file in knows its names.
    if is_sample(document) {
        return;
    }
    let set_by = |name: &str| {
        let scripts = [Kind::Shell, Kind::Makefile, Kind::Workflow].into_iter().flat_map(|kind| project.of_kind(kind));
        let sets = [format!("{name}="), format!("{name}:"), format!("{name} ")];
        scripts.into_iter().any(|file| sets.iter().any(|sign| file.text.contains(sign.as_str())))
    };
    // Every word counts, comments too: a variable that is mentioned is known to whoever fills the file in.
    let known = |name: &str| beside.iter().chain(&above).any(|file| file.text.contains(name));
    let mut missing: Vec<(&str, Value)> = Vec::new();
    let mut present: Vec<&str> = Vec::new();
    for value in document.texts() {
        let Some(text) = value.text().filter(|text| text.contains('$')) else { continue };
        for (at, _) in text.match_indices('$') {
            let rest = &text[at + 1..];
            let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
            let name = rest.strip_prefix('{').map_or(&rest[..end], |rest| rest.split('}').next().unwrap_or_default());
            let plain = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
            let shell = matches!(
                name,
                "PWD"
                    | "HOME"
                    | "PATH"
                    | "SHELL"
                    | "USER"
                    | "UID"
                    | "GID"
                    | "HOSTNAME"
                    | "COMPOSE_PROJECT_NAME"
                    | "DOCKER_HOST"
            );
            if !plain || shell || text[..at].ends_with('$') || missing.len() > MOST {
                continue;
            }
            if known(name) {
                present.push(name);
            } else if !missing.iter().any(|(told, _)| *told == name) {
                missing.push((name, value));
            }
        }
    }
    present.sort_unstable();
    present.dedup();
    // A file that knows fewer of them than it does not know is meant for something else.
    if missing.len() >= 3 && missing.len() > present.len() {
        return;
    }
    let handed = if missing.is_empty() { Vec::new() } else { handed_over(project, document) };
    let is_set = |name: &str| set_by(name) || handed.iter().any(|file| file.text.contains(name));
    for (name, value) in missing.into_iter().filter(|(name, _)| !is_set(name)) {
        report
            .at(
                value,
                format!("{name} is in no env file here; where it is not set elsewhere, it becomes an empty text"),
            )
            .related((beside[0], 0..0), "it is not in here")
            .help(format!("${{{name}:?}} stops instead"));
    }
}

/// The files of variables that a Makefile, a script or a workflow reads and hands to what it starts.
fn handed_over<'p>(project: &'p Project, document: &Document) -> Vec<&'p Document> {
    let scripts = [Kind::Shell, Kind::Makefile, Kind::Workflow].into_iter().flat_map(|kind| project.of_kind(kind));
    let is_above = |file: &&Document| {
        let folder = file.folder();
        folder.is_empty() || document.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    let scripts: Vec<&Document> = scripts.filter(is_above).collect();
    let named = scripts.into_iter().flat_map(|script| {
        let lines = script.text.lines().map(str::trim);
        let words = lines.filter(|line| READS.iter().any(|word| line.contains(word))).flat_map(str::split_whitespace);
        words.flat_map(move |word| match word.starts_with('$') {
            // Which file a variable names is not followed: any of its folder may be meant.
            true => project.documents.iter().filter(|file| file.folder() == script.folder()).collect(),
            false => project.beside(script, word.trim_matches(['"', '\'', ';'])).into_iter().collect::<Vec<_>>(),
        })
    });
    named.filter(|file| file.file_name().contains("env")).take(MOST).collect()
}

/// What a line holds that reads such a file: make's and the shell's words, and Compose's own.
const READS: [&str; 4] = ["include ", "source ", ". ", "env-file"];

/// Whether a file of variables lies in a folder above, from where `--env-file ../globals.env` or a deployer hands it to each stack.
fn is_above(file: &Document, document: &Document) -> bool {
    let is_named = file.file_name().contains("env") && matches!(file.kind, Kind::Env | Kind::Other | Kind::Shell);
    let folder = file.folder();
    is_named && folder != document.folder() && (folder.is_empty() || document.path.starts_with(&format!("{folder}/")))
}

/// More names than this are not compared.
const MOST: usize = 250;
