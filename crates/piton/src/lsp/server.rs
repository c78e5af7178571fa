//! One message in, the messages that answer it out.
//!
//! What is no message is answered as the protocol says and never ends the session; what is not
//! known is refused where an answer is awaited, and else passed over.

use super::address;
use super::answers;
use super::place::Encoding;
use super::workspace::{Open, Workspace};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

#[derive(Default)]
pub(super) struct Server {
    workspace: Workspace,
    stage: Stage,
    encoding: Option<Encoding>,
    /// Files about which the client has been told something.
    told: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    New,
    Running,
    ShutDown,
    /// `exit` came; whether after `shutdown`.
    Over {
        in_order: bool,
    },
}

/// The protocol's numbers for what is wrong with a request.
const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const NOT_INITIALIZED: i64 = -32002;

impl Server {
    /// Whether the session is over, and if so whether it was ended as it should.
    pub(super) fn ended(&self) -> Option<bool> {
        match self.stage {
            Stage::Over { in_order } => Some(in_order),
            _ => None,
        }
    }

    /// Takes a message and gives the answers to it.
    pub(super) fn hear(&mut self, body: &[u8]) -> Vec<Value> {
        let Ok(message) = serde_json::from_slice::<Value>(body) else {
            return vec![refusal(&Value::Null, PARSE_ERROR, "this is no JSON")];
        };
        let Some(method) = message["method"].as_str() else {
            // An answer to something that was never asked, or nothing at all.
            let is_answer = message.get("result").is_some() || message.get("error").is_some();
            let id = message.get("id").unwrap_or(&Value::Null);
            return if is_answer { Vec::new() } else { vec![refusal(id, INVALID_REQUEST, "there is no method")] };
        };
        match message.get("id") {
            Some(id) => vec![self.request(id, method, &message["params"])],
            None => {
                self.notification(method, &message["params"]);
                Vec::new()
            }
        }
    }

    fn request(&mut self, id: &Value, method: &str, params: &Value) -> Value {
        match (self.stage, method) {
            (Stage::New, "initialize") => answer(id, self.initialize(params)),
            (Stage::New, _) => refusal(id, NOT_INITIALIZED, "`initialize` comes first"),
            (Stage::ShutDown | Stage::Over { .. }, _) => refusal(id, INVALID_REQUEST, "the server was shut down"),
            (_, "initialize") => refusal(id, INVALID_REQUEST, "`initialize` came already"),
            (_, "shutdown") => {
                self.stage = Stage::ShutDown;
                answer(id, Value::Null)
            }
            (_, "textDocument/hover") => answer(id, self.hover(params)),
            (_, "textDocument/codeAction") => answer(id, self.actions(params)),
            _ => refusal(id, METHOD_NOT_FOUND, "piton does not do this"),
        }
    }

    fn initialize(&mut self, params: &Value) -> Value {
        let offered = params["capabilities"]["general"]["positionEncodings"].as_array();
        let bytes = offered.is_some_and(|offered| offered.iter().any(|one| one == Encoding::Utf8.name()));
        let encoding = if bytes { Encoding::Utf8 } else { Encoding::Utf16 };
        self.encoding = Some(encoding);
        let root = params["workspaceFolders"][0]["uri"].as_str().or_else(|| params["rootUri"].as_str());
        let root = root.and_then(address::path).or_else(|| params["rootPath"].as_str().map(PathBuf::from));
        self.workspace.enter(root);
        self.stage = Stage::Running;
        json!({
            "capabilities": {
                "positionEncoding": encoding.name(),
                "textDocumentSync": { "openClose": true, "change": 1, "save": true },
                "hoverProvider": true,
                "codeActionProvider": { "codeActionKinds": ["quickfix", answers::FIX_ALL] },
            },
            "serverInfo": { "name": "piton", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    fn notification(&mut self, method: &str, params: &Value) {
        if method == "exit" {
            self.stage = Stage::Over { in_order: self.stage == Stage::ShutDown };
        }
        if self.stage != Stage::Running {
            return;
        }
        match method {
            "textDocument/didOpen" => {
                if let Some((address, shown)) = self.file(params) {
                    let text = params["textDocument"]["text"].as_str().unwrap_or_default();
                    self.workspace.opened(&shown, Open { address, version: version(params) }, text);
                }
            }
            "textDocument/didChange" => {
                let texts = params["contentChanges"].as_array().and_then(|changes| changes.last());
                if let Some((text, (_, shown))) = texts.and_then(|last| last["text"].as_str()).zip(self.file(params)) {
                    self.workspace.changed(&shown, version(params), text);
                }
            }
            "textDocument/didClose" => {
                if let Some((_, shown)) = self.file(params) {
                    self.workspace.closed(&shown);
                }
            }
            // Somebody else may have written as well: a branch was changed, a file made.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.workspace.look_again(),
            _ => {}
        }
    }

    /// The address and the shown path of the document that a message is about.
    fn file(&self, params: &Value) -> Option<(String, String)> {
        let address = params["textDocument"]["uri"].as_str()?;
        Some((address.to_owned(), self.workspace.shown(&address::path(address)?)))
    }

    fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or(Encoding::Utf16)
    }

    fn hover(&mut self, params: &Value) -> Value {
        let Some((_, shown)) = self.file(params) else { return Value::Null };
        let findings = self.workspace.findings().to_vec();
        answers::hover(&self.workspace, &findings, &shown, &params["position"], self.encoding())
    }

    fn actions(&mut self, params: &Value) -> Value {
        let Some((_, shown)) = self.file(params) else { return json!([]) };
        let (findings, encoding) = (self.workspace.findings().to_vec(), self.encoding());
        answers::actions(&mut self.workspace, &findings, params, &shown, encoding)
    }

    /// What there is to tell since the last time: nothing is asked for it, the client only shows it.
    pub(super) fn news(&mut self) -> Vec<Value> {
        if self.stage != Stage::Running || !self.workspace.is_stale() {
            return Vec::new();
        }
        let findings = self.workspace.findings().to_vec();
        let mut news = Vec::new();
        let mut tell = |address: &str, version: Option<i64>, diagnostics: Value| {
            let mut params = json!({ "uri": address, "diagnostics": diagnostics });
            version.iter().for_each(|version| params["version"] = json!(version));
            news.push(json!({ "jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": params }));
        };
        for (shown, open) in &self.workspace.open {
            tell(&open.address, open.version, answers::diagnostics(&self.workspace, &findings, shown, self.encoding()));
        }
        let open: BTreeSet<String> = self.workspace.open.values().map(|open| open.address.clone()).collect();
        self.told.difference(&open).for_each(|closed| tell(closed, None, json!([])));
        self.told = open;
        let say = |text: String| {
            let params = json!({ "type": 2, "message": format!("piton: {text}") });
            json!({ "jsonrpc": "2.0", "method": "window/showMessage", "params": params })
        };
        news.extend(self.workspace.notes.drain(..).map(say));
        news
    }
}

/// Which text of a document a message is about, as the client counts them.
fn version(params: &Value) -> Option<i64> {
    params["textDocument"]["version"].as_i64()
}

fn answer(id: &Value, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

fn refusal(id: &Value, code: i64, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(server: &mut Server, message: &Value) -> Vec<Value> {
        server.hear(message.to_string().as_bytes())
    }

    #[test]
    fn nothing_is_answered_before_the_beginning_or_after_the_end() {
        let mut server = Server::default();
        let hover = json!({ "id": 1, "method": "textDocument/hover", "params": {} });
        assert_eq!(said(&mut server, &hover)[0]["error"]["code"], NOT_INITIALIZED);
        let begun = said(&mut server, &json!({ "id": 2, "method": "initialize", "params": {} }));
        assert_eq!(begun[0]["result"]["capabilities"]["positionEncoding"], "utf-16");
        assert_eq!(said(&mut server, &json!({ "id": "a", "method": "shutdown" }))[0]["id"], "a");
        assert_eq!(said(&mut server, &hover)[0]["error"]["code"], INVALID_REQUEST);
        said(&mut server, &json!({ "method": "exit" }));
        assert_eq!(server.ended(), Some(true));
    }

    #[test]
    fn an_exit_out_of_order_is_told_by_the_exit_code() {
        let mut server = Server::default();
        said(&mut server, &json!({ "method": "exit" }));
        assert_eq!(server.ended(), Some(false));
    }

    #[test]
    fn what_is_no_message_is_refused_and_the_session_goes_on() {
        let mut server = Server::default();
        let deep = "[".repeat(100_000);
        for body in ["", "{", "null", "[]", "{\"id\":1}", "{\"id\":{},\"method\":7}", "\u{fffd}", deep.as_str()] {
            let answers = server.hear(body.as_bytes());
            assert!(answers.len() == 1 && answers[0]["error"]["code"].is_i64(), "{body:.40}");
        }
        assert!(server.hear(&[0xff, 0xfe]).len() == 1 && server.ended().is_none());
        assert!(server.hear(b"{\"id\":1,\"result\":null}").is_empty());
    }

    #[test]
    fn parameters_of_any_shape_do_no_harm() {
        let shapes = [
            json!(null),
            json!([]),
            json!(7),
            json!({ "textDocument": [] }),
            json!({ "textDocument": { "uri": 1 } }),
            json!({ "textDocument": { "uri": "untitled:1" }, "contentChanges": [{}], "position": "x", "range": {} }),
            json!({ "textDocument": { "uri": "file:///nowhere/compose.yaml", "text": "services:\n  a:\n    image: postgres:18\n" },
                "contentChanges": [{ "text": "a: \u{1F600}" }], "position": { "line": -1, "character": 1e99 },
                "range": { "start": { "line": 5_000_000_000_u64 }, "end": {} }, "context": { "only": [1, "source"] } }),
        ];
        let mut server = Server::default();
        said(
            &mut server,
            &json!({ "id": 1, "method": "initialize", "params": { "capabilities": { "general": { "positionEncodings": ["utf-8"] } } } }),
        );
        for method in ["didOpen", "didChange", "hover", "codeAction", "didSave", "didClose", "rename"] {
            for shape in &shapes {
                let method = format!("textDocument/{method}");
                said(&mut server, &json!({ "method": method, "params": shape }));
                assert_eq!(said(&mut server, &json!({ "id": 2, "method": method, "params": shape })).len(), 1);
                server.news();
            }
        }
        assert_eq!(server.ended(), None);
    }
}
