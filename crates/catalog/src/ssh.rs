//! `[ssh]`: sshd's drop-in, its port, and the socket unit that may hold that port.

use crate::context::Context;
use piton_config::{SocketActivation, Ssh};
use piton_plan::Resource;
use piton_plan::kind::Sshd;

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let Some(ssh) = &context.settings().ssh else { return Vec::new() };
    let written = ssh.settings.iter().map(|(name, value)| (keyword(name), value.value.clone()));
    let socket = match *ssh.socket {
        SocketActivation::Auto => context.facts.ssh_socket,
        SocketActivation::On => true,
        SocketActivation::Off => false,
    };
    let sshd = Sshd {
        file: ssh.file.value.clone(),
        ports: [*ssh.port].into(),
        settings: allow_users(context, ssh).into_iter().chain(written).collect(),
        socket,
    };
    vec![sshd.into()]
}

/// Who may log in at all; it stands first, since it is what a reader looks for.
fn allow_users(context: &Context, ssh: &Ssh) -> Option<(String, String)> {
    let admin = context.settings().access.as_ref().map(|access| vec![access.admin.value.clone()]);
    let users = ssh.allow_users.as_ref().map(|users| users.value.clone()).or(admin)?;
    (!users.is_empty()).then(|| ("AllowUsers".to_owned(), users.join(" ")))
}

/// Keywords that were renamed: sshd still reads the old name, and prints the new one.
const RENAMED: [(&str, &str); 3] = [
    ("ChallengeResponseAuthentication", "KbdInteractiveAuthentication"),
    ("PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms"),
    ("HostbasedAcceptedKeyTypes", "HostbasedAcceptedAlgorithms"),
];

fn keyword(written: &str) -> String {
    let renamed = RENAMED.iter().find(|(old, _)| old.eq_ignore_ascii_case(written));
    renamed.map_or(written, |(_, new)| new).to_owned()
}
