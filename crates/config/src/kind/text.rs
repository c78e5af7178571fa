//! What is wrong with a text, kind by kind.
//!
//! Most of these would only be noticed on the host, some (a name with a dot, a relative path) by
//! nobody at all; here they cost nothing.

use super::schedule::schedule_fault;
use super::{Fault, Kind, quoted};
use crate::near::nearest;
use crate::{profile, public_key, rule};
use ipnet::IpNet;
use std::net::IpAddr;

pub(crate) fn text_fault(kind: Kind, text: &str) -> Option<Fault> {
    if kind == Kind::Content {
        return None;
    }
    if text.is_empty() {
        return Some(Fault::new("site/empty", "is empty", "nothing here", "give it a value, or leave the key out"));
    }
    if text.chars().any(char::is_control) {
        let what = "holds a line break or another control character";
        return Some(Fault::new("site/control-character", what, "must be one line", "write it on one line"));
    }
    match kind {
        Kind::Choice(choices) => choice_fault(choices, text),
        Kind::Profile => profile_fault(text),
        Kind::Mode => mode_fault(text),
        Kind::Job if text.contains('.') => Some(dotted_job_fault(text)),
        Kind::Name | Kind::Job => name_fault(text),
        Kind::User => user_fault(text),
        Kind::Path => path_fault(text),
        Kind::Address => address_fault(text),
        Kind::Member | Kind::IpAddress => member_fault(text),
        Kind::Domain => domain_fault(text),
        Kind::UrlPath => url_path_fault(text),
        Kind::Network if text.parse::<IpAddr>().is_ok() => None,
        Kind::Network | Kind::Range => range_fault(text),
        Kind::Login => login_fault(text),
        Kind::PublicKey if public_key::looks_like_key(text) => public_key::line_fault(text),
        Kind::Rule => rule::parse(text).err().map(|fault| *fault),
        Kind::Schedule => schedule_fault(text),
        Kind::CronCommand => percent_fault(text),
        Kind::Commands => commands_fault(text),
        Kind::TimeZone => time_zone_fault(text),
        Kind::DropIn => drop_in_fault(text),
        Kind::Interface | Kind::TimeSpan | Kind::Package | Kind::Unit | Kind::Calendar => shape_fault(kind, text),
        _ => None,
    }
}

fn choice_fault(choices: &[&str], text: &str) -> Option<Fault> {
    (!choices.contains(&text)).then(|| {
        let what = format!("is `{text}`, but must be one of {}", quoted(choices));
        Fault::new("site/bad-choice", what, "not among them", format!("pick one of {}", quoted(choices)))
            .suggest(nearest(text, choices.iter().copied()))
    })
}

fn profile_fault(text: &str) -> Option<Fault> {
    (!profile::NAMES.contains(&text)).then(|| {
        let help = format!("profiles: {}", profile::NAMES.join(", "));
        Fault::new(
            "site/unknown-profile",
            format!("is `{text}`, which is not a profile"),
            "no profile has this name",
            help,
        )
        .suggest(nearest(text, profile::NAMES.iter().copied()))
    })
}

fn mode_fault(text: &str) -> Option<Fault> {
    let help = "a mode is three or four digits from 0 to 7: \"0750\"";
    let octal = text.chars().all(|digit| digit.is_digit(8)) && (3..=5).contains(&text.len());
    match u32::from_str_radix(text, 8) {
        Ok(mode) if octal && mode <= 0o7777 => None,
        Ok(_) if octal => {
            Some(Fault::new("site/bad-mode", format!("is `{text}`, which is more than 7777"), "too large", help))
        }
        _ => Some(Fault::new("site/bad-mode", format!("is `{text}`, which is not a mode"), "not a mode", help)),
    }
}

fn word_of(text: &str, also: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_alphanumeric() || also.contains(letter))
}

fn dotted_job_fault(text: &str) -> Fault {
    let what = format!("is `{text}`, but the name of a job cannot have a dot");
    let help = "cron skips files with a dot in their name without a word, and systemd takes the rest for the \
                kind of unit; use `-` instead";
    Fault::new("site/bad-name", what, "has a dot", help)
}

fn name_fault(text: &str) -> Option<Fault> {
    let fits = word_of(text, "-_") && text.len() <= 64 && !text.starts_with('-');
    (!fits).then(|| {
        let what = format!("is `{text}`, which does not work as a name");
        Fault::new("site/bad-name", what, "not a plain name", "use letters, digits, `-` and `_`, at most 64")
    })
}

fn user_fault(text: &str) -> Option<Fault> {
    if text.contains('.') {
        let what = format!("is `{text}`, but the name of a user or group cannot have a dot");
        let help = "sudo skips files with a dot in their name, and with them the user's rights, without a word; use `-` instead";
        return Some(Fault::new("site/bad-name", what, "has a dot", help));
    }
    let starts = text.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_');
    let rest =
        text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-_".contains(letter));
    (!(starts && rest && text.len() <= 32)).then(|| {
        let what = format!("is `{text}`, which useradd does not take");
        let help = "use lower-case letters, digits, `-` and `_`, at most 32, beginning with a letter";
        Fault::new("site/bad-name", what, "not a user or group name", help)
    })
}

/// The host's own journal and ledger: a site that wrote there would take away its own way back.
const OWN: &str = "/var/lib/piton";

fn path_fault(text: &str) -> Option<Fault> {
    let (what, help) = if text.starts_with('~') {
        ("begins with `~`, which only a shell understands", "write the directory out: /home/NAME/…".to_owned())
    } else if !text.starts_with('/') {
        ("is not an absolute path", format!("begin it with a slash: /{text}"))
    } else if text.split('/').any(|part| part == ".." || part == ".") {
        ("has `.` or `..` in it", "write the path as it really is".to_owned())
    } else if text.len() > 1 && (text.ends_with('/') || text.contains("//")) {
        ("has a slash too many", "leave out the slash at the end and doubled ones".to_owned())
    } else if text == "/" {
        ("is the root directory", "name something below it".to_owned())
    } else if text == OWN || text.strip_prefix(OWN).is_some_and(|rest| rest.starts_with('/')) {
        ("is where piton keeps what it knows of the host", "name another place".to_owned())
    } else {
        return None;
    };
    Some(Fault::new("site/bad-path", what, "not a full path", help))
}

fn address_fault(text: &str) -> Option<Fault> {
    if text.parse::<IpAddr>().is_ok() {
        return None;
    }
    let fault = |what: &str, help: &str| Some(Fault::new("site/bad-address", what, "not an address", help));
    if text.contains('@') {
        return fault("has a user in it", "say who logs in first with `first = \"user@:port\"`");
    }
    if text.contains('/') {
        return fault("is a range or a URL, not one address", "write the address alone: \"203.0.113.10\"");
    }
    if text.starts_with('[') || text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        return fault("has a port in it", "ports are told by `ssh.port` and `first`; write the address alone");
    }
    if text.chars().all(|letter| letter.is_ascii_digit() || letter == '.') {
        return fault("is not an IPv4 address", "four numbers from 0 to 255: \"203.0.113.10\"");
    }
    if !word_of(text, ".-_") || text.starts_with('-') || text.len() > 253 {
        return fault(
            "is neither an address nor a name",
            "an IP address, a DNS name, or a name of your ssh configuration",
        );
    }
    None
}

fn domain_fault(text: &str) -> Option<Fault> {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && word_of(label, "-")
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label == label.to_lowercase()
    };
    let fault = |what: &str, help: &str| Some(Fault::new("site/bad-domain", what, "not a domain", help));
    if text.contains("://") || text.contains('/') {
        return fault("is a URL, not a domain", "write the name alone: \"n8n.example.org\"; a path stands in `path`");
    }
    if text.contains(':') {
        return fault("has a port in it", "the edge serves on 443; write the name alone");
    }
    if text.len() > 253 || !text.split('.').all(label) {
        return fault("is not a domain", "lower-case letters, digits and `-`, joined by dots: \"n8n.example.org\"");
    }
    None
}

fn url_path_fault(text: &str) -> Option<Fault> {
    let fits = text.starts_with('/')
        && word_of(text, "/-_.~")
        && !text.contains("//")
        && !text.split('/').any(|part| part == ".." || part == ".")
        && (text.len() == 1 || !text.ends_with('/'));
    (!fits).then(|| {
        let what = format!("is `{text}`, which is not a path under a domain");
        Fault::new("site/bad-path", what, "not such a path", "begin with a slash and end without one: \"/grafana\"")
    })
}

fn member_fault(text: &str) -> Option<Fault> {
    if text.parse::<IpAddr>().is_ok() {
        return None;
    }
    let help = match text.split_once('/') {
        Some((address, _)) => format!("the range stands in [mesh]; write the address alone: \"{address}\""),
        None => "an address of the mesh's range: \"10.0.0.1\"".to_owned(),
    };
    Some(Fault::new("site/bad-address", format!("is `{text}`, which is not an IP address"), "not an IP address", help))
}

pub(crate) fn range_fault(text: &str) -> Option<Fault> {
    match text.parse::<IpNet>() {
        Ok(range) if range.addr() == range.network() => None,
        Ok(range) => {
            let begins = range.trunc();
            let what = format!("is `{text}`, which lies inside the range {begins}");
            Some(
                Fault::new("site/bad-range", what, "not the start of a range", format!("write \"{begins}\""))
                    .suggest(Some(&begins.to_string())),
            )
        }
        Err(_) => {
            let help = "an address, a slash and the number of fixed bits: \"10.0.0.0/24\"";
            Some(Fault::new("site/bad-range", format!("is `{text}`, which is not a range"), "not a range", help))
        }
    }
}

fn login_fault(text: &str) -> Option<Fault> {
    let help = "write \"ubuntu@:22\", \"ubuntu\" or \":2222\"; the address stands in `address`";
    let wrong = |what: &str| Some(Fault::new("site/bad-login", what, "not a first login", help));
    let (user, place) = text.split_once('@').unwrap_or_else(|| text.split_at(text.find(':').unwrap_or(text.len())));
    if let Some(fault) = (!user.is_empty()).then(|| user_fault(user)).flatten() {
        return Some(Fault { what: format!("begins with `{user}`, which is not a user name"), ..fault });
    }
    match place.strip_prefix(':') {
        Some(port) if port.parse::<u16>().is_ok_and(|port| port > 0) => None,
        Some(_) => wrong("has no port number after the colon"),
        None if place.is_empty() => None,
        None => wrong("has an address in it"),
    }
}

fn percent_fault(text: &str) -> Option<Fault> {
    let bare = text.replace("\\%", "").contains('%');
    bare.then(|| {
        let help =
            "put a backslash before it; in a TOML text with double quotes that is \\\\%, in one with single quotes \\%";
        Fault::new("site/cron-percent", "has a bare `%`, which cron turns into a line break", "cut off at the %", help)
            .word("%")
    })
}

fn commands_fault(text: &str) -> Option<Fault> {
    (text != "all").then(|| {
        let what = format!("is `{text}`, but must be \"all\" or a list of commands");
        Fault::new("site/bad-choice", what, "neither", format!("to allow this one command: [\"{text}\"]"))
    })
}

fn time_zone_fault(text: &str) -> Option<Fault> {
    let parts: Vec<&str> = text.split('/').collect();
    let shaped = parts.len() <= 3
        && parts
            .iter()
            .all(|part| part.starts_with(|letter: char| letter.is_ascii_uppercase()) && word_of(part, "_+-"));
    (!shaped).then(|| {
        let what = format!("is `{text}`, which is not shaped like a time zone");
        Fault::new(
            "site/bad-time-zone",
            what,
            "not a time zone",
            "as `timedatectl list-timezones` shows them: UTC, Europe/Berlin",
        )
    })
}

fn drop_in_fault(text: &str) -> Option<Fault> {
    let fits = word_of(text, "-_.") && !text.starts_with('.') && text.len() > ".conf".len();
    if !fits {
        let help = "a plain file name like \"00-piton.conf\"";
        return Some(Fault::new(
            "site/bad-name",
            format!("is `{text}`, which is not a file name"),
            "not a file name",
            help,
        ));
    }
    (!text.ends_with(".conf")).then(|| {
        let what = format!("is `{text}`, and sshd reads only files that end in .conf");
        Fault::new("site/bad-name", what, "would be ignored", format!("call it \"{text}.conf\""))
    })
}

fn shape_fault(kind: Kind, text: &str) -> Option<Fault> {
    let fits = match kind {
        Kind::Interface => word_of(text, "-_.") && text.len() <= 15 && text != "." && text != "..",
        Kind::TimeSpan => text == "-1" || time_span(text),
        Kind::Package => {
            text.len() > 1
                && text.starts_with(|letter: char| letter.is_ascii_alphanumeric())
                && word_of(text, "+-.:")
                && text == text.to_lowercase()
        }
        Kind::Unit => {
            word_of(text, "-_.@:\\")
                && UNIT_ENDINGS.iter().any(|ending| text.len() > ending.len() && text.ends_with(ending))
        }
        _ => word_of(text, "*-:,/.~ _+"),
    };
    let (what, help) = match kind {
        Kind::Interface => ("an interface name", "letters, digits, `-`, `_` and `.`, at most 15"),
        Kind::TimeSpan => ("a time span", "a number with s, m, h, d, w, mo or y after it: \"10m\""),
        Kind::Package => ("a package name", "as `apt list` shows it, in lower case"),
        Kind::Unit => ("a unit name", "with its ending: \"caddy.service\""),
        _ => ("a calendar expression", "as systemd.time(7) writes it: \"daily\", \"*-*-* 03:30:00\""),
    };
    (!fits)
        .then(|| Fault::new("site/bad-value", format!("is `{text}`, which is not {what}"), format!("not {what}"), help))
}

const UNIT_ENDINGS: [&str; 7] = [".service", ".socket", ".timer", ".mount", ".path", ".target", ".slice"];

fn time_span(text: &str) -> bool {
    let mut rest = text;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let letters = after.len() - after.trim_start_matches(|letter: char| letter.is_ascii_lowercase()).len();
        let (unit, left) = after.split_at(letters);
        if number.is_empty() || !["", "s", "m", "h", "d", "w", "mo", "y"].contains(&unit) {
            return false;
        }
        if left.is_empty() {
            return true;
        }
        rest = left.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitons_own_folder_is_no_place_for_a_sites_files() {
        for path in ["/var/lib/piton", "/var/lib/piton/ledger.json"] {
            assert!(path_fault(path).is_some(), "{path}");
        }
        assert!(path_fault("/var/lib/pitonesque").is_none() && path_fault("/var/lib/app").is_none());
    }
}
