//! What comes from the network and goes to it: `curl` and its like, and reading that shows no content.

use super::Walker;
use super::data::Data;
use crate::argv::Argv;
use crate::effect::Effect;
use crate::families;
use crate::paths::Access;

/// Ports and paths of stores, where a change is a change of data.
const STORES: &[&str] = &[
    ":6333",
    ":9200",
    ":8200",
    ":5984",
    ":7700",
    ":8108",
    ":2379",
    ":8086",
    "/collections",
    "/_delete_by_query",
    "/_all",
    "/v1/secret",
];

/// `curl`: the method, what is sent, where the answer goes.
pub(super) fn curl(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program("curl")?;
    let read = Argv::read(program, argv);
    walker.rule = "fetch/curl".to_owned();
    for option in [
        "-d",
        "--data",
        "--data-binary",
        "--data-raw",
        "--data-urlencode",
        "-F",
        "--form",
        "-H",
        "--header",
        "-K",
        "--config",
        "--json",
    ] {
        for value in read.values(option) {
            let file = value
                .split_once('@')
                .filter(|(before, _)| before.is_empty() || before.ends_with('='))
                .map(|(_, file)| file);
            if file == Some("-") && (stdin.is_environment() || stdin.has_secrets()) {
                walker.found(Effect::SecretRead, "sends the environment away, secrets and all", "");
            }
            if let Some(file) = file {
                walker.judge_secret(file.split(';').next().unwrap_or(file));
            }
        }
    }
    for file in read.values("-T").chain(read.values("--upload-file")) {
        walker.judge_secret(file);
    }
    let mut method = read.values("-X").chain(read.values("--request")).last().unwrap_or("GET").to_ascii_uppercase();
    let sends = [
        "-d",
        "--data",
        "--data-binary",
        "--data-raw",
        "--json",
        "-F",
        "--form",
        "-T",
        "--upload-file",
        "--data-urlencode",
    ];
    if method == "GET" && read.options.iter().any(|given| sends.contains(&given.name.as_str())) {
        method = "POST".to_owned();
    }
    let socket = read
        .values("--unix-socket")
        .last()
        .is_some_and(|socket| socket.contains("docker") || socket.contains("incus") || socket.contains("lxd"));
    let urls = argv.join(" ");
    let store = STORES.iter().any(|part| urls.contains(part));
    let reads_store = ["/search", "/query", "/scroll", "/count", "/recommend", "/login", "/unseal", "/_msearch"]
        .iter()
        .any(|part| urls.contains(part));
    let manages =
        ["/users", "/organizations", "/admin/", "/management/", "/orgs"].iter().any(|part| urls.contains(part))
            && urls.contains("uthorization");
    let metadata = urls.contains("169.254.169.254") && urls.contains("credentials");
    let asks_for_a_secret = metadata || ["/v1/secret/", "/v1/kv/"].iter().any(|part| urls.contains(part));
    match method.as_str() {
        "GET" | "HEAD" | "OPTIONS" if asks_for_a_secret => {
            walker.found(Effect::SecretRead, "asks a store of secrets for one", "");
        }
        "GET" | "HEAD" | "OPTIONS" => {}
        "DELETE" if store => walker.found(Effect::DataLoss, "deletes from a store", ""),
        _ if urls.contains("_delete_by_query") => walker.found(Effect::DataLoss, "deletes from a store", ""),
        "DELETE" => walker.found(Effect::DataChange, "deletes something behind an API", ""),
        _ if socket => walker.found(Effect::StackChange, "speaks to the container engine past its program", ""),
        _ if urls.contains(":8200/v1/secret") => walker.found(Effect::SecretWrite, "", ""),
        _ if store && !reads_store => walker.found(Effect::DataChange, "", ""),
        "PUT" | "PATCH" | "POST" if manages => {
            walker.found(Effect::DataChange, "changes users or organisations behind an API", "")
        }
        _ => {}
    }
    for target in read.values("-o").chain(read.values("--output")) {
        if target == "-" {
            continue;
        }
        let path = walker.path(target);
        walker.access(&path, Access::Write);
        walker.remember(&path, Data::network(), false);
    }
    let keeps_name = read.options.iter().any(|given| matches!(given.name.as_str(), "-O" | "--remote-name"));
    if keeps_name {
        for url in read.positionals.iter().map(|at| argv[*at].clone()).collect::<Vec<_>>() {
            remember_by_name(walker, &url);
        }
        return Some(Data::default());
    }
    Some(Data::network())
}

fn remember_by_name(walker: &mut Walker, url: &str) {
    if let Some(name) = url.rsplit('/').next().map(|name| name.split('?').next().unwrap_or(name)) {
        let path = walker.path(name);
        walker.access(&path, Access::Write);
        walker.remember(&path, Data::network(), false);
    }
}

/// What a program that fetches writes to its output.
pub(super) fn downloaded(name: &str, words: &[String]) -> Data {
    let to_stdout = words.iter().any(|word| {
        word == "-O-" || word == "-" || word.ends_with("O-") && word.starts_with('-') || word.contains("document=-")
    });
    if name == "wget" && !to_stdout { Data::default() } else { Data::network() }
}

/// `wget`: the file that it writes is from the network.
pub(super) fn wget(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    let program = families::program("wget")?;
    let read = Argv::read(program, argv);
    walker.rule = "fetch/wget".to_owned();
    for file in read.values("--post-file").chain(read.values("--body-file")) {
        walker.judge_secret(file);
    }
    let targets: Vec<String> = read.values("-O").chain(read.values("--output-document")).map(str::to_owned).collect();
    for target in targets.iter().filter(|target| *target != "-") {
        let path = walker.path(target);
        walker.access(&path, Access::Write);
        walker.remember(&path, Data::network(), false);
    }
    if targets.is_empty() {
        for at in &read.positionals {
            remember_by_name(walker, &argv[*at]);
        }
    }
    None
}

/// `grep` over a secret shows it, unless it only counts or names.
pub(super) fn grep(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program("grep")?;
    let read = Argv::read(program, argv);
    walker.rule = "files/grep".to_owned();
    let given = |names: &[&str]| read.options.iter().any(|given| names.contains(&given.name.as_str()));
    let quiet = given(&[
        "-q",
        "--quiet",
        "--silent",
        "-c",
        "--count",
        "-l",
        "--files-with-matches",
        "-L",
        "--files-without-match",
    ]);
    let patterned = given(&["-e", "--regexp", "-f", "--file", "--files"]);
    if stdin.has_secrets() || stdin.is_environment() {
        let patterns: Vec<&str> = match patterned {
            true => read.values("-e").chain(read.values("--regexp")).collect(),
            false => read.positional(0).into_iter().collect(),
        };
        let narrow =
            !given(&["-v", "--invert-match", "-f", "--file"]) && patterns.iter().all(|pattern| !finds_secrets(pattern));
        return Some(if quiet || narrow { Data::unknown() } else { Data::secrets() });
    }
    if !quiet {
        for at in read.positionals.iter().skip(usize::from(!patterned)) {
            walker.judge_secret(&argv[*at]);
        }
    }
    Some(stdin.changed())
}

/// A pattern that secrets would match.
fn finds_secrets(pattern: &str) -> bool {
    let upper = pattern.to_ascii_uppercase();
    let broad = upper.trim_matches(['"', '\'', '^', '$', '.', '*', '=', ' ']).len() < 2;
    broad
        || ["TOKEN", "SECRET", "PASS", "KEY", "CREDENTIAL", "ENV", "AUTH", "DSN", "_URL", "VAULT", "PRIVATE"]
            .iter()
            .any(|part| upper.contains(part))
}

/// `jq` on text with secrets in it: the part that is asked for decides.
pub(super) fn jq(_: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    if !stdin.has_secrets() && !stdin.is_environment() {
        return None;
    }
    let filter = argv[1..].iter().find(|word| !word.starts_with('-')).map_or(".", String::as_str);
    let last =
        filter.rsplit(['|', '.']).next().unwrap_or_default().trim_matches(['[', ']', '"', '\'', ' ', '0', '?', ')']);
    let shows = last.is_empty() || last == "Config" || finds_secrets(filter);
    Some(if shows { Data::secrets() } else { Data::unknown() })
}

/// Programs that may be given a file of secrets to read, since they do not show it.
pub(super) fn reads_secret_quietly(argv: &[String]) -> bool {
    let name = argv.first().map(|name| name.rsplit('/').next().unwrap_or(name)).unwrap_or_default();
    match name {
        "wc" | "sha256sum" | "md5sum" | "test" | "[" | "docker" | "podman" | "psql" | "mysql" => true,
        "grep" => argv[1..].iter().any(|word| matches!(word.as_str(), "-q" | "-c" | "-l" | "-qc" | "-cq")),
        _ => false,
    }
}
