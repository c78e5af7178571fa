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
    ":8500/v1/kv",
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
    if argv.iter().any(|word| Data::known(word.as_str()).is_environment()) {
        walker.found(Effect::SecretRead, "sends the environment away, secrets and all", "");
    }
    let mut sends_secrets = false;
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
            if option.starts_with("-d")
                || option.starts_with("--data")
                || option.starts_with("--form")
                || option == "-F"
            {
                sends_secrets |= Data::known(value).has_secrets();
            }
            let file = value
                .split_once('@')
                .filter(|(before, _)| before.is_empty() || before.ends_with('=') || option == "--data-urlencode")
                .map(|(_, file)| file);
            if file == Some("-") && (stdin.is_environment() || stdin.has_secrets()) {
                walker.found(Effect::SecretRead, "sends the environment away, secrets and all", "");
            }
            if let Some(file) = file {
                walker.judge_secret(file.split(';').next().unwrap_or(file));
            }
        }
    }
    if sends_secrets {
        walker.found(Effect::SecretRead, "sends the environment away, secrets and all", "");
    }
    for file in ["-T", "--upload-file", "-K", "--config"].iter().flat_map(|name| read.values(name)) {
        walker.judge_secret(file);
    }
    for url in read.positionals.iter().map(|at| argv[*at].clone()).chain(read.values("--url").map(str::to_owned)) {
        if let Some(path) = url.strip_prefix("file://") {
            walker.judge_secret(path);
        }
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
    let socket = socket || urls.contains(":2375/") || urls.contains(":2376/");
    let store = STORES.iter().any(|part| urls.contains(part));
    let reads_store = [
        "/search",
        "/query",
        "/scroll",
        "/count",
        "/recommend",
        "/login",
        "/unseal",
        "_search",
        "_msearch",
        "_count",
        "_mget",
    ]
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
        "GET" | "HEAD" | "OPTIONS"
            if socket
                && urls.contains("/containers/")
                && urls.contains("/json")
                && !urls.contains("/containers/json") =>
        {
            walker.found(Effect::SecretRead, "prints what the container keeps in its environment", "");
        }
        "GET" | "HEAD" | "OPTIONS" => {}
        _ if [":2019/stop", ":2019/load", ":2019/config", ":2019/id"].iter().any(|part| urls.contains(part)) => {
            walker.found(Effect::ServiceChange, "changes the running reverse proxy behind its program", "");
        }
        "DELETE" if store => walker.found(Effect::DataLoss, "deletes from a store", ""),
        _ if urls.contains("_delete_by_query") => walker.found(Effect::DataLoss, "deletes from a store", ""),
        "DELETE" if ["localhost:", "127.0.0.1:"].iter().any(|host| urls.contains(host)) => {}
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
        walker.put_in_the_way(&path, &Data::network());
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
        walker.put_in_the_way(&path, &Data::network());
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
    if let Some(method) = read.values("--method").last().filter(|method| !method.eq_ignore_ascii_case("get")) {
        let urls = read.positionals.iter().map(|at| argv[*at].clone());
        let as_curl = ["curl", "-X", method].map(str::to_owned).into_iter().chain(urls).collect::<Vec<_>>();
        walker.argv(&as_curl, &Data::default());
    }
    let targets: Vec<String> = read.values("-O").chain(read.values("--output-document")).map(str::to_owned).collect();
    for target in targets.iter().filter(|target| *target != "-") {
        let path = walker.path(target);
        walker.access(&path, Access::Write);
        walker.remember(&path, Data::network(), false);
    }
    if targets.is_empty() {
        let outer = walker.folder.clone();
        if let Some(folder) = read.values("-P").chain(read.values("--directory-prefix")).last() {
            walker.folder = Some(walker.path(folder));
        }
        for at in &read.positionals {
            remember_by_name(walker, &argv[*at]);
        }
        walker.folder = outer;
    }
    None
}

/// `http DELETE :9200/x`: `curl` by another name.
pub(super) fn httpie(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    let methods = ["DELETE", "PUT", "PATCH", "POST"];
    let method = argv.iter().find(|word| methods.contains(&word.as_str()))?.clone();
    let url = argv[1..].iter().find(|word| !word.starts_with('-') && **word != method)?;
    let url = if url.starts_with(':') { format!("localhost{url}") } else { url.clone() };
    walker.argv(&["curl".to_owned(), "-X".to_owned(), method, url], &Data::default());
    Some(Data::network())
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
    let recursive = given(&["-r", "-R", "--recursive", "--dereference-recursive"])
        || matches!(argv[0].as_str(), "rg" | "ag" | "ack");
    let is_secret = |name: &&str| {
        name.contains(|letter: char| letter.is_ascii_uppercase() || letter == '=' || letter == '_')
            && finds_secrets(name)
    };
    if !quiet && !hides_values(&read) {
        let roots: Vec<&String> = read.positionals.iter().skip(usize::from(!patterned)).map(|at| &argv[*at]).collect();
        for root in &roots {
            walker.judge_secret(root);
            if recursive {
                walker.judge_secret(&format!("{}/*", root.trim_end_matches('/')));
            }
        }
        for included in
            read.values("--include").chain(read.values("-g")).chain(read.values("--glob")).filter(|_| recursive)
        {
            walker.judge_secret(&included.replace('*', ""));
        }
        // Hidden and ignored files are where secrets are.
        let looks_everywhere = given(&["-uu", "-uuu", "--hidden", "--no-ignore", "-.", "--unrestricted"])
            || argv.iter().any(|word| word == "-uu" || word == "-uuu");
        if recursive
            && looks_everywhere
            && roots.is_empty()
            && !patterned
            && read.positional(0).as_ref().is_some_and(is_secret)
        {
            walker.found(
                Effect::SecretRead,
                "looks for secrets in every file, the hidden ones too",
                "look for the names alone, with -l",
            );
        }
    }
    let pattern = read.positional(0).filter(|_| !patterned).map(str::to_owned);
    let is_inverted = given(&["-v", "--invert-match", "-o", "--only-matching", "-c"]);
    Some(if is_inverted { stdin.changed() } else { super::flow::named_by(pattern.as_ref(), stdin) })
}

/// `grep -o '^[A-Z_]*'`: the names before the `=`, and nothing of what is behind it.
fn hides_values(read: &Argv) -> bool {
    let only_matching = read.options.iter().any(|given| matches!(given.name.as_str(), "-o" | "--only-matching"));
    let is_name = |pattern: &str| {
        let pattern = pattern.trim_start_matches('^').trim_end_matches(['+', '*', '=', '\\']);
        pattern.starts_with('[')
            && pattern.ends_with(']')
            && !pattern.contains(['.', '^', '='])
            && pattern.matches('[').count() == 1
    };
    only_matching && read.positional(0).is_some_and(is_name)
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
pub(super) fn jq(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let of_environment = argv[1..].iter().find_map(|word| {
        let name = word.split_once("$ENV").map(|(_, rest)| rest).or_else(|| word.strip_prefix("env"))?;
        Some(
            name.trim_start_matches('.')
                .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
                .next()?
                .to_owned(),
        )
    });
    match of_environment {
        Some(name) if name.is_empty() && super::variables::shows_environment(walker) => return Some(Data::secrets()),
        Some(name) if super::variables::is_secret_name(&name) => {
            walker.found(Effect::SecretRead, "prints a secret that is in the environment", "");
        }
        _ => {}
    }
    if !stdin.has_secrets() && !stdin.is_environment() {
        return None;
    }
    let filter = argv[1..].iter().find(|word| !word.starts_with('-')).map_or(".", String::as_str);
    let last =
        filter.rsplit(['|', '.']).next().unwrap_or_default().trim_matches(['[', ']', '"', '\'', ' ', '0', '?', ')']);
    let only_names = matches!(last.trim_matches(' '), "keys" | "length" | "keys_unsorted" | "type");
    let shows = !only_names && (last.is_empty() || last == "Config" || finds_secrets(filter));
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
