//! `piton lsp`, driven by a real editor from the opening of a file to the last fix, and by hand where
//! no editor says what is sent.

use crate::bench::Bench;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A letter outside of ASCII stands before the finding, so that its column says what was counted.
const COMPOSE: &str = "services:\n  n8n:\n    image: ghcr.io/acme/automation:2.8.4\n    healthcheck:\n      test: [\"CMD\", \"wget\", \"-q\", \"--header=x: 𝄞\", \"http://localhost:5678/healthz\"]\n";

#[test]
fn neovim_shows_findings_explains_them_and_takes_the_fix() {
    if Command::new("nvim").arg("--version").stdout(Stdio::null()).status().is_err() {
        let must = std::env::var_os("PITON_TEST_EDITOR").is_some();
        assert!(!must, "PITON_TEST_EDITOR is set and there is no nvim");
        eprintln!("skipped: there is no nvim here; `apt-get install neovim` brings it");
        return;
    }
    let bench = Bench::empty();
    bench.write("compose.yaml", COMPOSE);
    bench.write("editor.lua", include_str!("editor.lua"));
    let mut editor = Command::new("nvim");
    editor.args(["--headless", "--clean", "-n", "-c", "luafile editor.lua"]).current_dir(bench.path());
    editor.env("EDITED", "compose.yaml").env("SEEN", "seen.json").env("PITON", env!("CARGO_BIN_EXE_piton"));
    editor.env("HOME", bench.path()).env("XDG_STATE_HOME", bench.path()).env("XDG_CACHE_HOME", bench.path());
    let said = crate::bench::Said::of(editor.stdin(Stdio::null()).output().unwrap());
    let seen = std::fs::read_to_string(bench.path().join("seen.json"));
    let seen: Value = serde_json::from_str(&seen.unwrap_or_else(|_| panic!("{}", said.all()))).unwrap();
    assert_eq!(seen["error"], Value::Null, "{seen}");
    let found = &seen["diagnostics"][0];
    assert_eq!(found["code"], "compose-healthcheck-localhost", "{seen}");
    let line = COMPOSE.lines().nth(4).unwrap();
    // Neovim counts bytes once it has translated what the server said.
    let columns = line.find("\"http").unwrap()..line.rfind('"').unwrap() + 1;
    assert_eq!(
        (&found["line"], &found["column"], &found["last"]),
        (&json!(4), &json!(columns.start), &json!(columns.end))
    );
    assert!(seen["hover"].as_str().unwrap().contains("compose-healthcheck-localhost"), "{seen}");
    assert_eq!(seen["actions"][0]["preferred"], true, "{seen}");
    assert_eq!(seen["left"], 0, "{seen}");
    assert_eq!(seen["text"].as_str().unwrap(), COMPOSE.trim_end().replace("localhost", "127.0.0.1"));
    assert_eq!(seen["stopped"], true, "{seen}");
}

/// A client that says word by word what it sends.
struct Client {
    server: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Client {
    fn start(bench: &Bench) -> Client {
        let mut command = bench.command(&["lsp", "--stdio"]);
        let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (to, from) = (server.stdin.take(), BufReader::new(server.stdout.take().unwrap()));
        Client { server, to, from }
    }

    fn begin(bench: &Bench, encodings: Value) -> Client {
        let mut client = Client::start(bench);
        let folder = json!([{ "uri": format!("file://{}", bench.path().display()), "name": "here" }]);
        let capabilities = json!({ "general": { "positionEncodings": encodings } });
        let begun = client.ask("initialize", json!({ "workspaceFolders": folder, "capabilities": capabilities }));
        assert_eq!(begun["capabilities"]["hoverProvider"], true);
        client.tell("initialized", json!({}));
        client
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.to.as_mut().unwrap(), "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).unwrap() > 0, "the server said no more");
            match line.trim().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().unwrap(),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// The next message that is like this; others are passed over.
    fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.read();
            if is_it(&message) {
                return message;
            }
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }));
        self.wait(|message| message.get("id").is_some())["result"].take()
    }

    /// Opens a file and gives what is then said of it.
    fn open(&mut self, address: &str, text: &str) -> Value {
        let document = json!({ "uri": address, "languageId": "yaml", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.told(address)
    }

    fn change(&mut self, address: &str, text: &str) -> Value {
        let document = json!({ "uri": address, "version": 2 });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
        self.told(address)
    }

    fn told(&mut self, address: &str) -> Value {
        let about = |message: &Value| {
            message["params"]["uri"] == address && message["method"] == "textDocument/publishDiagnostics"
        };
        self.wait(about)["params"]["diagnostics"].take()
    }

    fn end(mut self) -> Option<i32> {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        self.server.wait().unwrap().code()
    }
}

fn address(bench: &Bench, name: &str) -> String {
    format!("file://{}/{name}", bench.path().canonicalize().unwrap().display())
}

#[test]
fn columns_are_counted_as_was_agreed_on() {
    let bench = Bench::empty();
    let line = COMPOSE.lines().nth(4).unwrap();
    let before = &line[..line.find("\"http").unwrap()];
    for (offered, column) in [(json!(null), before.encode_utf16().count()), (json!(["utf-8", "utf-16"]), before.len())]
    {
        let mut client = Client::begin(&bench, offered);
        let found = client.open(&address(&bench, "compose.yaml"), COMPOSE);
        assert_eq!(found[0]["range"]["start"], json!({ "line": 4, "character": column }), "{found}");
        assert_eq!(client.end(), Some(0));
    }
}

#[test]
fn an_unsafe_fix_is_marked_and_the_other_place_is_told() {
    let bench = Bench::empty();
    let text = "services:\n  db:\n    image: postgres:18-alpine\n    volumes: [\"data:/var/lib/postgresql/data\"]\nvolumes:\n  data: {}\n";
    let mut client = Client::begin(&bench, json!(null));
    let uri = address(&bench, "compose.yaml");
    let found = client.open(&uri, text);
    assert_eq!(found[0]["code"], "compose-postgres18-volume");
    assert_eq!(found[0]["severity"], 1);
    assert_eq!(found[0]["relatedInformation"][0]["location"]["uri"], uri);
    let asked = json!({ "textDocument": { "uri": uri }, "range": found[0]["range"], "context": { "diagnostics": [] } });
    let actions = client.ask("textDocument/codeAction", asked);
    assert_eq!(actions[0]["isPreferred"], false, "{actions}");
    assert!(actions[0]["title"].as_str().unwrap().contains("unsafe"), "{actions}");
    let place = json!({ "textDocument": { "uri": uri }, "position": { "line": 3, "character": 20 } });
    insta::assert_snapshot!(client.ask("textDocument/hover", place)["contents"]["value"].as_str().unwrap());
    let nowhere = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 0 } });
    assert_eq!(client.ask("textDocument/hover", nowhere), Value::Null);
    assert_eq!(client.end(), Some(0));
}

#[test]
fn files_are_seen_together_as_they_are_in_the_editor() {
    let bench = Bench::empty();
    bench.write(
        "compose.yaml",
        "services:\n  web:\n    image: ghcr.io/acme/web:1.4.2\n    environment:\n      TOKEN: ${TOKEN:?}\n",
    );
    bench.write(".env", "TOKEN=abc\n");
    let mut client = Client::begin(&bench, json!(null));
    let uri = address(&bench, ".env");
    assert_eq!(client.open(&uri, "TOKEN=abc\n"), json!([]));
    let found = client.change(&uri, "TOKEN=abc\nNAME=My Home Server\n");
    assert_eq!(found[0]["code"], "env-unquoted-space", "{found}");
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(client.told(&uri), json!([]));
    assert_eq!(client.end(), Some(0));
}

#[test]
fn all_that_is_safe_is_mended_when_it_is_asked_for_by_name() {
    let bench = Bench::empty();
    let mut client = Client::begin(&bench, json!(["utf-8"]));
    let uri = address(&bench, "compose.yaml");
    client.open(&uri, COMPOSE);
    let asked = |only: Value| json!({ "textDocument": { "uri": uri }, "range": {}, "context": { "diagnostics": [], "only": only } });
    let actions = client.ask("textDocument/codeAction", asked(json!(["source.fixAll"])));
    assert_eq!(actions[0]["edit"]["changes"][&uri][0]["newText"], COMPOSE.replace("localhost", "127.0.0.1"));
    assert_eq!(client.ask("textDocument/codeAction", asked(json!(["refactor"]))), json!([]));
    assert_eq!(client.end(), Some(0));
}

#[test]
fn all_that_is_safe_is_mended_in_as_many_rounds_as_the_command_takes() {
    let bench = Bench::empty();
    // The ends of lines are mended in one round, and what stands on them in another.
    let text = COMPOSE.replace('\n', "\r\n");
    bench.write("compose.yaml", &text);
    let mut client = Client::begin(&bench, json!(["utf-8"]));
    let uri = address(&bench, "compose.yaml");
    let found = client.open(&uri, &text);
    let asked = json!({ "textDocument": { "uri": uri }, "range": {}, "context": { "diagnostics": [], "only": ["source.fixAll"] } });
    let actions = client.ask("textDocument/codeAction", asked.clone());
    bench.piton(&["check", "--fix", "compose.yaml"]);
    let mended = std::fs::read_to_string(bench.path().join("compose.yaml")).unwrap();
    assert!(mended.contains("127.0.0.1") && !mended.contains('\r'));
    assert_eq!(actions[0]["edit"]["changes"][&uri][0]["newText"], mended);
    // Asking changes nothing: what is open is what the editor has.
    assert_eq!(client.change(&uri, &text), found);
    client.change(&uri, &mended);
    assert_eq!(client.ask("textDocument/codeAction", asked), json!([]));
    assert_eq!(client.end(), Some(0));
}

#[test]
fn what_is_told_says_of_which_text_it_is() {
    let bench = Bench::empty();
    let mut client = Client::begin(&bench, json!(null));
    let uri = address(&bench, "compose.yaml");
    let document = json!({ "uri": uri, "languageId": "yaml", "version": 7, "text": COMPOSE });
    client.tell("textDocument/didOpen", json!({ "textDocument": document }));
    let told = |client: &mut Client| client.wait(|message| message["params"]["uri"] == uri)["params"]["version"].take();
    assert_eq!(told(&mut client), 7);
    let document = json!({ "uri": uri, "version": 8 });
    client.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": "" }] }));
    assert_eq!(told(&mut client), 8);
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(told(&mut client), Value::Null);
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_file_that_is_open_is_judged_as_one_that_is_named() {
    let bench = Bench::empty();
    bench.write(".gitignore", "/compose.yaml\n");
    bench.write("compose.yaml", COMPOSE);
    bench.write("old/compose.yaml", COMPOSE);
    bench.write("piton.toml", "[check]\nexclude = [\"old/\"]\n");
    let mut client = Client::begin(&bench, json!(null));
    for (name, count) in [("compose.yaml", 1), ("old/compose.yaml", 0)] {
        let found = client.open(&address(&bench, name), COMPOSE);
        assert_eq!(found.as_array().map(Vec::len), Some(count), "{name}: {found}");
        let named = bench.piton(&["check", "--json", name]).json();
        assert_eq!(named["findings"].as_array().map(Vec::len), Some(count), "{name}: {named}");
    }
    assert_eq!(client.end(), Some(0));
}

#[test]
fn what_was_decided_for_the_repository_counts_and_a_mistake_in_it_is_said() {
    let bench = Bench::empty();
    bench.write("piton.toml", "[check]\nignore = [\"compose-healthcheck-localhost\"]\n");
    let mut client = Client::begin(&bench, json!(null));
    let uri = address(&bench, "compose.yaml");
    assert_eq!(client.open(&uri, COMPOSE), json!([]));
    bench.write("piton.toml", "[check]\nignroe = []\n");
    client.tell("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(client.told(&uri)[0]["code"], "compose-healthcheck-localhost");
    let said = client.wait(|message| message["method"] == "window/showMessage");
    assert!(said["params"]["message"].as_str().unwrap().contains("did you mean `ignore`?"), "{said}");
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_client_that_goes_away_or_says_nonsense_ends_the_server() {
    let bench = Bench::empty();
    let mut gone = Client::begin(&bench, json!(null));
    gone.to = None;
    assert_eq!(gone.server.wait().unwrap().code(), Some(1));
    let mut strange = Client::start(&bench);
    strange.to.as_mut().unwrap().write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(strange.server.wait().unwrap().code(), Some(2));
    let mut said = String::new();
    strange.server.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("lsp/no-message"), "{said}");
}
