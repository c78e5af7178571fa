//! `[ssh]`: sshd's drop-in, its port, and the socket unit that may hold that port.
//!
//! Values are passed on as they are written; how sshd prints them is `piton_plan::kind::sshd`'s to
//! know. That the port stays reachable while it moves is the planner's work.

use crate::CatalogProblem;
use crate::context::Context;
use piton_config::{SocketActivation, Ssh};
use piton_plan::Resource;
use piton_plan::kind::Sshd;

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let Some(ssh) = &context.settings().ssh else { return Vec::new() };
    let written = ssh.settings.iter().map(|(name, value)| (keyword(name), value.value.clone()));
    let sshd = Sshd {
        file: ssh.file.value.clone(),
        ports: [*ssh.port].into(),
        settings: allow_users(context, ssh).into_iter().chain(written).collect(),
        socket: context.facts.ssh_socket,
    };
    vec![sshd.into()]
}

/// Who holds the port is the host's to say: moving it from one unit to the other is nothing that can
/// be done over the connection that it carries.
pub(crate) fn problems(context: &Context) -> Vec<CatalogProblem> {
    let Some(ssh) = &context.settings().ssh else { return Vec::new() };
    let (wanted, is) = match (*ssh.socket, context.facts.ssh_socket) {
        (SocketActivation::On, false) => ("ssh.socket", "ssh.service"),
        (SocketActivation::Off, true) => ("ssh.service", "ssh.socket"),
        _ => return Vec::new(),
    };
    let what = format!("{is} holds the ssh port on this host, and the site wants {wanted} to");
    let help = format!("leave `socket` out of [ssh], or switch to {wanted} by hand first");
    vec![context.problem("catalog/ssh-socket", what, &help).at(&ssh.socket.origin)]
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
