//! Rules for sshd and its socket. One file a rule; `rules/mod.rs` has the list.

pub(super) mod allow_users_lockout;
pub(super) mod allow_users_missing;
pub(super) mod challenge_response;
pub(super) mod dropin_shadowed;
pub(super) mod forwarding;
pub(super) mod kbd_interactive;
pub(super) mod limits;
pub(super) mod password_auth;
pub(super) mod permit_root_login;
pub(super) mod port_socket_activation;
pub(super) mod socket_family;
pub(super) mod socket_no_reset;
pub(super) mod use_pam_no;
pub(super) mod weak_crypto;

use piton_config::read::{Document, Value};

/// The lines of a keyword outside of `Match` blocks: its name, and its first value.
pub(super) fn keyword<'a>(document: &'a Document, name: &'static str) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
    let global = document.root().lines().take_while(|line| !line.word_text(0).eq_ignore_ascii_case("match"));
    let named = global.filter(move |line| line.word_text(0).eq_ignore_ascii_case(name));
    named.filter_map(|line| Some((line.word(0)?, line.word(1)?)))
}
