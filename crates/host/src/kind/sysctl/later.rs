//! Files that are read after ours, and would undo it at the next boot.
//!
//! Files under the sysctl.d folders are read in the order of their names, and the last one wins.
//! One that comes after ours and says otherwise is a person's, so it is named and not touched.

use crate::system::sysctl::{normal, path};
use crate::system::{Fault, FaultCode, System};
use std::collections::BTreeMap;

/// The first of two files with the same name hides the other.
const FOLDERS: [&str; 4] = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d"];

/// Refuses values that a file read later would set otherwise.
pub(super) fn none_wins(system: &System, file: &str, values: &BTreeMap<String, String>) -> Result<(), Fault> {
    for (name, place) in later_than(system, file)? {
        let text = system.read_text(&place)?.unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            let Some((key, value)) = assignment(line) else { continue };
            let contradicted =
                values.iter().find(|(ours, wanted)| same_key(ours, key) && normal(wanted) != normal(value));
            if let Some((ours, wanted)) = contradicted {
                let what = format!("{ours} shall be {wanted}, but {place} sets it to {value} at every boot");
                return Err(Fault::new(FaultCode::Refused, what)
                    .because(format!("line {} of {name} is read after {file}", number + 1))
                    .help("take that line out, or write its value in the site"));
            }
        }
    }
    Ok(())
}

/// The files that are read after one of this name: name and path.
fn later_than(system: &System, file: &str) -> Result<BTreeMap<String, String>, Fault> {
    let mut later = BTreeMap::new();
    for folder in FOLDERS {
        let Some(opened) = system.open_folder(std::path::Path::new(folder))? else { continue };
        for name in opened.names()? {
            let name = name.to_string_lossy().into_owned();
            if name.ends_with(".conf") && name.as_str() > file {
                later.entry(name.clone()).or_insert(format!("{folder}/{name}"));
            }
        }
    }
    Ok(later)
}

fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.starts_with(['#', ';']) {
        return None;
    }
    let (key, value) = line.split_once('=')?;
    // A dash in front says that failing to set it does not matter.
    Some((key.trim().trim_start_matches('-'), value.trim()))
}

/// `net.ipv4.ip_forward` and `net/ipv4/ip_forward` are one parameter.
fn same_key(one: &str, other: &str) -> bool {
    matches!((path(one), path(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> BTreeMap<String, String> {
        BTreeMap::from([("net.ipv4.conf.all.log_martians".to_owned(), "1".to_owned())])
    }

    #[test]
    fn a_file_that_is_read_later_and_says_otherwise_is_named() {
        let host = crate::kind::testing::Host::new();
        host.write("/etc/sysctl.d/10-early.conf", "net.ipv4.conf.all.log_martians = 0\n");
        host.write("/etc/sysctl.d/99-z.conf", "# mine\n-net/ipv4/conf/all/log_martians = 1\n");
        none_wins(&host.system, "99-security.conf", &values()).unwrap();
        host.write("/usr/lib/sysctl.d/99-zz.conf", "\nnet.ipv4.conf.all.log_martians = 0\n");
        let fault = none_wins(&host.system, "99-security.conf", &values()).unwrap_err();
        assert!(fault.what.contains("/usr/lib/sysctl.d/99-zz.conf"), "{fault}");
        host.write("/etc/sysctl.d/99-zz.conf", "");
        none_wins(&host.system, "99-security.conf", &values()).unwrap();
    }
}
