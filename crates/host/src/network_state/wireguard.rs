//! WireGuard's interfaces, by `wg showconf`: keys are in it, so only its digest travels.

use crate::saved::{keep_secret, kept_secret};
use crate::system::{Call, Fault, System};
use std::collections::BTreeMap;

/// The settings of each interface, as the digest of the root-only copy.
pub(super) fn read<'a>(
    system: &System,
    links: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, String>, Fault> {
    let mut found = BTreeMap::new();
    for link in links.filter(|_| system.program("wg").is_some()) {
        let text = system.run_ok(&["wg", "showconf", link])?;
        found.insert(link.to_owned(), keep_secret(system, still(&text).as_bytes())?);
    }
    Ok(found)
}

/// Without what peers change by moving: where one was last heard is no setting, unless it was never
/// heard at all; and in one order, since the kernel has none.
fn still(text: &str) -> String {
    let mut sections: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (line.starts_with('['), sections.last_mut()) {
            (false, Some(section)) => section.push_str(&format!("{line}\n")),
            _ => sections.push(format!("{line}\n")),
        }
    }
    sections.sort();
    sections.join("\n")
}

/// Puts the settings of interfaces back that differ and are there.
pub(super) fn restore(
    system: &System,
    before: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> Vec<Fault> {
    let put_back = |(link, digest): (&String, &String)| {
        let text = kept_secret(system, digest)?;
        system.call_ok(&Call::new(&["wg", "setconf", link, "/dev/stdin"]).input(text)).map(drop)
    };
    let differing = before.iter().filter(|(link, digest)| now.get(*link).is_some_and(|now| now != *digest));
    differing.filter_map(|one| put_back(one).err()).collect()
}

/// Interfaces whose settings differ in more than where a peer was last heard.
pub(super) fn differing(
    system: &System,
    before: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> Vec<String> {
    let settings = |digest: &str| kept_secret(system, digest).ok().map(|text| without_endpoints(&text));
    let differs = |link: &str, digest: &String| match now.get(link) {
        Some(there) => there != digest && (settings(there) != settings(digest) || settings(there).is_none()),
        None => false,
    };
    before.iter().filter(|(link, digest)| differs(link, digest)).map(|(link, _)| link.clone()).collect()
}

fn without_endpoints(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("Endpoint")).collect();
    still(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved::testing::program;

    const SETTINGS: &str = "[Interface]\nListenPort = 51820\nPrivateKey = hush\n\n\
        [Peer]\nPublicKey = b\nAllowedIPs = 10.0.0.2/32\nEndpoint = 192.0.2.2:51820\n\n[Peer]\nPublicKey = a\n";

    fn host(settings: &str) -> (tempfile::TempDir, System) {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        let there = root.path().display();
        std::fs::write(root.path().join("settings"), settings).unwrap();
        program(
            &system,
            "wg",
            &format!("case $1 in showconf) cat {there}/settings;; *) cat > {there}/settings;; esac"),
        );
        (root, system)
    }

    #[test]
    fn keys_come_back_and_do_not_travel_and_a_peer_that_moved_is_no_difference() {
        let (root, system) = host(SETTINGS);
        let ask = || read(&system, ["wg0"].into_iter()).unwrap();
        let before = ask();
        assert!(!format!("{before:?}").contains("hush"));
        std::fs::write(root.path().join("settings"), SETTINGS.replace("192.0.2.2", "192.0.2.9")).unwrap();
        assert_eq!(differing(&system, &before, &ask()), Vec::<String>::new());
        std::fs::write(root.path().join("settings"), SETTINGS.replace("10.0.0.2/32", "0.0.0.0/0")).unwrap();
        assert_eq!(differing(&system, &before, &ask()), ["wg0"]);
        assert_eq!(restore(&system, &before, &ask()), []);
        assert_eq!(ask(), before);
        let put_back = std::fs::read_to_string(root.path().join("settings")).unwrap();
        assert!(put_back.contains("PrivateKey = hush") && put_back.contains("Endpoint = 192.0.2.2:51820"));
    }
}
