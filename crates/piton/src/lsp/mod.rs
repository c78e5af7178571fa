//! `piton lsp`: a language server over stdin and stdout, for editors.
//!
//! `frame.rs` cuts the stream into messages, `server.rs` answers them, `workspace.rs` knows the
//! files, `answers.rs` has the words, `place.rs` and `address.rs` translate. Whoever types fast
//! sends many changes: all that came is heard before the files are judged again.

mod address;
mod answers;
mod frame;
mod place;
mod server;
mod workspace;

use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::Screen;
use frame::FrameError;
use server::Server;
use std::io::{BufReader, stdin};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

type Message = Result<Option<Vec<u8>>, FrameError>;

/// How many messages may wait to be heard; whoever sends more waits.
const WAITING: usize = 64;

/// Serves until the client says `exit` or closes the stream.
pub(crate) fn run(screen: &Screen) -> Ended {
    let (sender, receiver) = sync_channel::<Message>(WAITING);
    thread::spawn(move || {
        let mut input = BufReader::new(stdin());
        loop {
            let message = frame::read(&mut input);
            let is_last = !matches!(message, Ok(Some(_)));
            if sender.send(message).is_err() || is_last {
                return;
            }
        }
    });
    let mut server = Server::default();
    while let Some(message) = next(&receiver, &mut server, screen) {
        match message {
            Ok(Some(body)) => server.hear(&body).iter().for_each(|answer| screen.answer_raw(&frame::written(answer))),
            // A client that is gone has no use for an answer; that it did not say so is its mistake.
            Ok(None) => return Ok(Exit::Failed),
            Err(error) => {
                let help = "`piton lsp` is started by an editor; `piton check` is for people";
                return Err(Failure::new(Exit::Usage, "lsp/no-message", error.to_string(), help));
            }
        }
        if let Some(in_order) = server.ended() {
            return Ok(if in_order { Exit::Done } else { Exit::Failed });
        }
    }
    Ok(Exit::Failed)
}

/// The next message; before waiting for it, tells what is new.
fn next(receiver: &Receiver<Message>, server: &mut Server, screen: &Screen) -> Option<Message> {
    match receiver.try_recv() {
        Ok(message) => return Some(message),
        Err(TryRecvError::Disconnected) => return None,
        Err(TryRecvError::Empty) => {}
    }
    server.news().iter().for_each(|news| screen.answer_raw(&frame::written(news)));
    receiver.recv().ok()
}
