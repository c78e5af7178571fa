//! Any text as a command: there is a judgement, it ends, and a command that is denied is not let through because
//! of what stands before it on lines of its own.

#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_gate::{File, Policy, Request, Verdict, World, judge};

/// Every file is a script that is worse than what names it.
struct Scripts;

impl World for Scripts {
    fn file(&self, path: &str) -> File {
        match path.len() % 4 {
            0 => File::Text("#!/bin/sh\n. ./other.sh\nmake x\n".to_owned()),
            1 => File::Text("x: y\n\tbash $(X) $@\ny:\n\tnpm run z\n".to_owned()),
            2 => File::Text("{\"scripts\":{\"z\":\"./a.sh && just b\"}}".to_owned()),
            _ => File::Missing,
        }
    }
}

fuzz_target!(|text: &str| {
    let policy = Policy::default();
    let request = |command: String| Request { command, folder: Some("/home/me/x".into()), home: Some("/home/me".into()), ..Request::default() };
    let judgement = judge(&request(text.to_owned()), &policy, &Scripts);
    assert_eq!(judgement.verdict, judgement.findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Allow));
    // A function, an alias or a here-document may take the line that follows; where none does, it is seen.
    if !text.contains(['<', '\\', '\'', '"', '`', '(', '{', '[', '|', '&']) && !text.contains("alias") && !text.contains("function") && !text.contains("coproc") {
        let judgement = judge(&request(format!("{text}\nip link set eth0 down")), &policy, &Scripts);
        assert_ne!(judgement.verdict, Verdict::Allow);
    }
});
