//! sshd: its drop-in, the port it listens on, and the socket unit that may hold that port.

use super::{Kind, SeenFiles, file_differences, written};
use crate::{Difference, Effect, FileSpec, Verb};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Everything about sshd that can lock an operator out, as one resource: a port that stands in
/// sshd_config but not in the socket unit, or the other way round, is the classic way to lose a host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sshd {
    /// The drop-in's name under /etc/ssh/sshd_config.d. sshd takes the *first* value it reads, so
    /// a name that sorts early wins over what a cloud image left there.
    pub file: String,
    pub ports: BTreeSet<u16>,
    /// Keyword and value, in the order they are written; without `Port`.
    pub settings: Vec<(String, String)>,
    /// `ssh.socket` holds the port on this host.
    pub socket: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// The drop-in and the socket override, those that are there.
    pub files: SeenFiles,
    /// The ports on which sshd (or its socket) really listens.
    pub listening: BTreeSet<u16>,
    /// What `sshd -T` says, for the keywords that are wanted: lower-case keyword to value.
    pub effective: BTreeMap<String, String>,
}

/// The socket unit's drop-in.
pub const SOCKET_OVERRIDE: &str = "/etc/systemd/system/ssh.socket.d/override.conf";

impl Sshd {
    pub fn path(&self) -> String {
        format!("/etc/ssh/sshd_config.d/{}", self.file)
    }

    pub fn files(&self) -> Vec<FileSpec> {
        let mut text = String::new();
        for port in &self.ports {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "Port {port}");
        }
        for (keyword, value) in &self.settings {
            let _ = writeln!(text, "{keyword} {value}");
        }
        let mut files = vec![FileSpec::of_root(self.path(), text)];
        if self.socket {
            files.push(FileSpec::of_root(SOCKET_OVERRIDE, socket_ports(&self.ports)));
        }
        files
    }

    /// The wanted settings as `sshd -T` prints them: keyword in lower case. What it prints in a way
    /// that cannot be foretold is left out.
    pub fn effective(&self) -> BTreeMap<String, String> {
        let mut effective: BTreeMap<String, String> = BTreeMap::new();
        for (keyword, value) in &self.settings {
            let keyword = effective_keyword(keyword);
            let Some(value) = effective_value(&keyword, value) else { continue };
            match effective.get_mut(&keyword) {
                Some(others) if ADDS_UP.contains(&keyword.as_str()) => *others = format!("{others} {value}"),
                // Of any other keyword the first line counts.
                Some(_) => {}
                None => _ = effective.insert(keyword, value),
            }
        }
        effective
    }
}

/// What tells `ssh.socket` its ports, and that it has no others.
pub fn socket_ports(ports: &BTreeSet<u16>) -> String {
    // The empty line clears the unit's own list. Two sockets a port, one for each family, and so the
    // IPv6 one must not take IPv4 as well.
    let mut text = String::from("[Socket]\nBindIPv6Only=ipv6-only\nListenStream=\n");
    for port in ports {
        let _ = writeln!(text, "ListenStream=0.0.0.0:{port}\nListenStream=[::]:{port}");
    }
    text
}

/// Keywords of which every line counts; seen with a space between the lines' values.
const ADDS_UP: [&str; 6] = ["acceptenv", "allowgroups", "allowusers", "denygroups", "denyusers", "setenv"];

/// How `sshd -T` names a keyword.
pub fn effective_keyword(keyword: &str) -> String {
    match keyword.to_ascii_lowercase().as_str() {
        // Since 8.7 the old name is an alias.
        "challengeresponseauthentication" => "kbdinteractiveauthentication".into(),
        lower => lower.to_owned(),
    }
}

/// How `sshd -T` prints a value, given the keyword in lower case; none when that depends on more
/// than the value.
pub fn effective_value(keyword: &str, value: &str) -> Option<String> {
    // Added to, taken from, or put before defaults that differ from version to version.
    if value.starts_with(['+', '-', '^']) {
        return None;
    }
    match keyword {
        "logingracetime" | "clientaliveinterval" => Some(seconds(value).map_or(value.into(), |span| span.to_string())),
        "loglevel" | "syslogfacility" => Some(value.to_ascii_uppercase()),
        "permitrootlogin" if value == "prohibit-password" => Some("without-password".into()),
        "compression" if value == "delayed" => Some("yes".into()),
        "maxstartups" if !value.contains(':') => None,
        "rekeylimit" => None,
        _ => Some(value.to_owned()),
    }
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

fn list(ports: &BTreeSet<u16>) -> String {
    ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

impl Kind for Sshd {
    type Observed = Observed;
    const NAME: &'static str = "sshd";

    fn name(&self) -> String {
        "ssh".into()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let mut found = Vec::new();
        if seen.listening != self.ports {
            found.push(Difference::change("port", list(&seen.listening), list(&self.ports)));
        }
        for (keyword, value) in self.effective() {
            found.extend(match seen.effective.get(&keyword) {
                // Either side may use the other of two names for one value.
                Some(is) => {
                    let is = effective_value(&keyword, is).unwrap_or_else(|| is.clone());
                    Difference::between(&keyword, &is, &value)
                }
                None => Some(Difference::add(&keyword, value)),
            });
        }
        found.extend(file_differences(&self.files(), &seen.files));
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.files.is_empty()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { files: written(&self.files()), listening: self.ports.clone(), effective: self.effective() }
    }

    fn effect(&self, verb: Verb, _seen: &Observed) -> Effect {
        // Giving the distribution's port back has no bridge: it must run while this session lives,
        // since the way that stays is not there before it.
        Effect { guarded: true, narrows: verb != Verb::Remove, ..Effect::default() }
    }

    /// Listens on the new ports besides the old ones, lets the new users in besides the old ones, and
    /// changes nothing else, so that the new way can be tried while the old one is still there.
    fn bridge(&self, seen: &Observed) -> Option<Sshd> {
        let allowed = self.widened_users(seen);
        if self.ports.is_subset(&seen.listening) && allowed.is_none() {
            return None;
        }
        let mut settings = match seen.files.get(&self.path()) {
            None => Vec::new(),
            Some(file) => match &file.text {
                Some(text) => written_settings(text),
                None => self.settings_in_force(seen),
            },
        };
        if let Some(allowed) = allowed {
            settings.retain(|(keyword, _)| !keyword.eq_ignore_ascii_case("AllowUsers"));
            settings.push(("AllowUsers".to_owned(), allowed));
        }
        Some(Sshd { ports: self.ports.union(&seen.listening).copied().collect(), settings, ..self.clone() })
    }
}

/// The settings of a drop-in, without its ports.
fn written_settings(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| line.trim().split_once(char::is_whitespace))
        .filter(|(keyword, _)| !keyword.starts_with('#') && !keyword.eq_ignore_ascii_case("port"))
        .map(|(keyword, value)| (keyword.to_owned(), value.trim().to_owned()))
        .collect()
}

impl Sshd {
    /// The wanted settings with the values that are in force: what to keep where the drop-in is not
    /// shown, because not everyone may read it. A value that `sshd -T` does not tell is the wanted one.
    fn settings_in_force(&self, seen: &Observed) -> Vec<(String, String)> {
        let mut kept: Vec<(String, String)> = Vec::new();
        for (keyword, value) in &self.settings {
            match seen.effective.get(&effective_keyword(keyword)) {
                Some(is) if !kept.contains(&(keyword.clone(), is.clone())) => kept.push((keyword.clone(), is.clone())),
                Some(_) => {}
                None => kept.push((keyword.clone(), value.clone())),
            }
        }
        kept
    }

    /// Everyone who is or shall be let in, where the list in force would keep a new login out.
    fn widened_users(&self, seen: &Observed) -> Option<String> {
        let in_force: Vec<&str> = seen.effective.get("allowusers")?.split_whitespace().collect();
        let wanted = self.effective().remove("allowusers")?;
        let new: Vec<&str> = wanted.split_whitespace().filter(|user| !in_force.contains(user)).collect();
        (!new.is_empty()).then(|| [in_force, new].concat().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As OpenSSH 8.9 and 9.2 were seen to print them.
    #[test]
    fn values_are_compared_as_sshd_prints_them() {
        let rows = [
            ("PermitRootLogin", "prohibit-password", Some("without-password")),
            ("LoginGraceTime", "30", Some("30")),
            ("LoginGraceTime", "1m30s", Some("90")),
            ("ClientAliveInterval", "5m", Some("300")),
            ("ChallengeResponseAuthentication", "no", Some("no")),
            ("LogLevel", "verbose", Some("VERBOSE")),
            ("SyslogFacility", "auth", Some("AUTH")),
            ("Compression", "delayed", Some("yes")),
            ("Ciphers", "+aes128-cbc", None),
            ("RekeyLimit", "1G 1h", None),
            ("MaxStartups", "10", None),
            ("MaxStartups", "10:30:60", Some("10:30:60")),
            ("IPQoS", "lowdelay throughput", Some("lowdelay throughput")),
        ];
        for (keyword, written, printed) in rows {
            let value = effective_value(&effective_keyword(keyword), written);
            assert_eq!(value.as_deref(), printed, "{keyword} {written}");
        }
    }

    #[test]
    fn lists_of_users_add_up_and_of_the_rest_the_first_line_counts() {
        let lines = [("AllowUsers", "root"), ("AllowUsers", "admin"), ("MaxAuthTries", "3"), ("MaxAuthTries", "6")];
        let settings = lines.iter().map(|(keyword, value)| (keyword.to_string(), value.to_string())).collect();
        let sshd = Sshd { file: "00-piton.conf".into(), ports: [22].into(), settings, socket: false };
        let pair = |keyword: &str, value: &str| (keyword.to_owned(), value.to_owned());
        assert_eq!(sshd.effective(), [pair("allowusers", "root admin"), pair("maxauthtries", "3")].into());
    }

    #[test]
    fn the_two_names_of_one_value_are_no_difference() {
        let settings = vec![("PermitRootLogin".to_owned(), "prohibit-password".to_owned())];
        let sshd = Sshd { file: "00-piton.conf".into(), ports: [22].into(), settings, socket: false };
        let mut seen = sshd.settled(&Observed::default());
        for name in ["without-password", "prohibit-password"] {
            seen.effective.insert("permitrootlogin".into(), name.into());
            assert_eq!(sshd.differences(&seen), []);
        }
        seen.effective.insert("permitrootlogin".into(), "yes".into());
        assert_eq!(sshd.differences(&seen).len(), 1);
    }
}
