use crate::rules::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

rule! {
    /// A key that the kernel does not have, and that is nearly one that it does.
    ///
    /// `sysctl` says one line among those of the boot and goes on: what the file is there for is not set, and everything looks
    /// as if it were.
    ///
    /// ```conf sysctl.d/99-router.conf bad
    /// net.ipv4.ip_foward = 1
    /// ```
    ///
    /// ```conf sysctl.d/99-router.conf good
    /// net.ipv4.ip_forward = 1
    /// net/ipv4/conf/eth0.100/rp_filter = 2
    /// -net.ipv6.conf.all.forwarding = 1
    /// net.ipv4.tcp_quite_new_key = 1
    /// ```
    ///
    /// Told is what one letter more, less, other, or swapped makes a key of Linux. Tried with `sysctl -p` of procps 4.0.2, 2026-11-28:
    /// "cannot stat /proc/sys/net/ipv4/ip_foward: No such file or directory".
    RULE = "sysctl-key-unknown", Error, High, Look::File(&[Kind::Sysctl], check)
}

const KEYS: &str = include_str!("../../../data/sysctl-6.18.keys");

/// Of no more unknown keys it is asked what was meant.
const MOST: usize = 500;

static KNOWN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let lines = KEYS.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

fn check(_: &Project, document: &Document, report: &mut Report) {
    let keys = super::settings(document).filter_map(|(key, _)| Some((key, key.literal()?)));
    let unknown = keys.filter_map(|(key, written)| {
        let name = normal(written.trim_end_matches('=').trim_start_matches('-'))?;
        (!KNOWN.contains(name.as_str())).then_some((key, name))
    });
    for (key, name) in unknown.take(MOST) {
        if let Some(meant) = KNOWN.iter().find(|known| is_slip(&name, known)) {
            report.at(key, format!("Linux has no `{name}`: this is not set")).help(format!("did you mean `{meant}`?"));
        }
    }
}

/// A key with dots, and a star for its interface; nothing for what is no plain key.
fn normal(name: &str) -> Option<String> {
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/*@".contains(&byte)) || name.len() > 100 {
        return None;
    }
    let slash = name.find('/').is_some_and(|slash| name.find('.').is_none_or(|dot| slash < dot));
    let parts: Vec<&str> = name.split(if slash { '/' } else { '.' }).collect();
    match parts.as_slice() {
        ["net", family, tree @ ("conf" | "neigh"), _, rest @ ..] if !rest.is_empty() => {
            // An interface may have dots in its name.
            Some(format!("net.{family}.{tree}.*.{}", rest.last()?))
        }
        _ => Some(parts.join(".")),
    }
}

/// Whether one letter was put in, left out, changed, or swapped with its neighbour.
fn is_slip(wrong: &str, right: &str) -> bool {
    let (left, right) = (wrong.as_bytes(), right.as_bytes());
    if left.len().abs_diff(right.len()) > 1 {
        return false;
    }
    let start = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[start..], &right[start..]);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(left, right)| left == right).count();
    match (&left[..left.len() - end], &right[..right.len() - end]) {
        // Numbers count: there is more than one of them.
        ([a], [b]) => !a.is_ascii_digit() && !b.is_ascii_digit(),
        ([a], []) | ([], [a]) => !a.is_ascii_digit(),
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}
