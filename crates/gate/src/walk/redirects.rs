//! Where a command reads from and writes to: files, here-documents, processes, devices.

use super::data::Data;
use super::{Walker, programs, shells, words};
use crate::effect::Effect;
use crate::paths::Access;
use crate::read::syntax::{Redirect, RedirectKind};
use std::rc::Rc;

impl Walker<'_> {
    /// What a command reads, after its redirects.
    pub(super) fn input(&mut self, redirects: &[Redirect], stdin: &Data) -> Data {
        let mut input = match &self.own_input {
            Some(own) if *stdin == Data::default() => own.clone(),
            _ => stdin.clone(),
        };
        for redirect in redirects.iter().filter(|redirect| redirect.descriptor.unwrap_or(0) == 0) {
            match redirect.kind {
                RedirectKind::HereDocument(number) => {
                    let documents = Rc::clone(&self.documents);
                    input = documents.get(number).map(|body| self.as_text(body)).unwrap_or_default();
                }
                RedirectKind::HereString => {
                    input = self.as_text(&redirect.target);
                    input.text.push('\n');
                }
                RedirectKind::Read | RedirectKind::ReadWrite => {
                    // `< <(command)` reads what the command writes.
                    match self.process_output(&redirect.target) {
                        Some(written) => input = written,
                        None => {
                            let name = self.as_text(&redirect.target).text;
                            input = self.content(&name);
                        }
                    }
                }
                // Something that was opened before.
                RedirectKind::Duplicate => input = Data::unknown(),
                _ => {}
            }
        }
        input
    }

    /// Judges where the output goes, remembers files that are written, and gives what is left for the pipe.
    pub(super) fn output(&mut self, redirects: &[Redirect], mut out: Data) -> Data {
        for redirect in redirects {
            let append = redirect.kind == RedirectKind::Append;
            let writes = redirect.writes_a_file();
            if redirect.kind == RedirectKind::Duplicate && redirect.descriptor.unwrap_or(1) == 1 {
                continue;
            }
            if !writes {
                if matches!(redirect.kind, RedirectKind::Read | RedirectKind::ReadWrite) {
                    let name = self.as_text(&redirect.target).text;
                    self.device(&name, &Data::default());
                }
                continue;
            }
            // `> >(command)` is a pipe.
            if let Some(script) = words::process(&redirect.target, true) {
                let script = script.clone();
                self.apart(|inner| inner.script(&script, &out));
                continue;
            }
            let name = self.as_text(&redirect.target).text;
            self.device(&name, &out);
            let is_output = redirect.descriptor.is_none_or(|descriptor| descriptor == 1);
            let empties = is_output && out == Data::default() && !append && redirect.kind == RedirectKind::Write;
            let path = self.path(&name);
            self.access(&path, if empties { Access::Empty } else { Access::Write });
            if is_output {
                self.put_in_the_way(&path, &out);
                let content = std::mem::take(&mut out);
                self.remember(&path, content, append);
            }
        }
        out
    }

    /// A shell that talks to the network through a device file, and a store that is talked to so.
    fn device(&mut self, name: &str, sent: &Data) {
        if name.ends_with("/6379") {
            programs::redis_lines(self, sent);
        }
        if name.starts_with("/dev/tcp/") || name.starts_with("/dev/udp/") {
            let shell = self.words.split_whitespace().next().is_some_and(shells::is_shell);
            if shell {
                self.found(Effect::RemoteCode, "connects a shell to the network", "");
            }
        }
    }

    /// `< .env`: the command gets to see it.
    pub(super) fn redirected_secret(&mut self, redirects: &[Redirect]) {
        for redirect in redirects.iter().filter(|redirect| redirect.kind == RedirectKind::Read) {
            if words::process(&redirect.target, false).is_none() {
                let name = self.as_text(&redirect.target).text;
                let path = self.path(&name);
                self.access(&path, Access::Read);
            }
        }
    }
}
