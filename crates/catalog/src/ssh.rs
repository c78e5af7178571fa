//! `[ssh]`: sshd's drop-in, its port, and the socket unit that may hold that port.
//!
//! Values are written as `sshd -T` prints them, so that what is wanted and what is in force
//! compare as text.

use crate::context::Context;
use piton_config::{SocketActivation, Ssh};
use piton_plan::Resource;
use piton_plan::kind::Sshd;

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let Some(ssh) = &context.settings().ssh else { return Vec::new() };
    let written = ssh.settings.iter().map(|(keyword, value)| as_printed(keyword, value));
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

/// Keywords that were renamed: sshd still reads the old name and prints the new one.
const RENAMED: [(&str, &str); 3] = [
    ("ChallengeResponseAuthentication", "KbdInteractiveAuthentication"),
    ("PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms"),
    ("HostbasedAcceptedKeyTypes", "HostbasedAcceptedAlgorithms"),
];

/// Keywords whose value is a time span.
const SPANS: [&str; 2] = ["LoginGraceTime", "ClientAliveInterval"];

fn as_printed(keyword: &str, value: &str) -> (String, String) {
    let renamed = RENAMED.iter().find(|(old, _)| old.eq_ignore_ascii_case(keyword));
    let keyword = renamed.map_or(keyword, |(_, new)| new);
    let is_span = SPANS.iter().any(|span| span.eq_ignore_ascii_case(keyword));
    let printed = match value {
        "true" => "yes".to_owned(),
        "false" => "no".to_owned(),
        _ if is_span => seconds(value).map_or(value.to_owned(), |seconds| seconds.to_string()),
        _ => value.to_owned(),
    };
    (keyword.to_owned(), printed)
}

/// Reads a time span as sshd does: `30`, `90s`, `1m30s`.
fn seconds(span: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut number = String::new();
    for sign in span.chars() {
        if sign.is_ascii_digit() {
            number.push(sign);
            continue;
        }
        let unit = match sign.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    match number.is_empty() {
        true => Some(total),
        false => total.checked_add(number.parse().ok()?),
    }
}
