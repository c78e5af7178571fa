use super::words;
use crate::rules::prelude::*;

rule! {
    /// The second half of a variable is lost.
    ///
    /// `Environment=` takes several variables, parted by blanks. Without quotes a value ends at its first blank, and
    /// the rest is no variable: systemd says one line in the journal and leaves it out.
    ///
    /// ```ini etc/systemd/system/app.service bad
    /// [Service]
    /// ExecStart=/usr/bin/java -jar /srv/app.jar
    /// Environment=JAVA_OPTS=-Xms512m -Xmx2g
    /// ```
    ///
    /// ```ini etc/systemd/system/app.service good
    /// [Service]
    /// ExecStart=/usr/bin/java -jar /srv/app.jar
    /// Environment="JAVA_OPTS=-Xms512m -Xmx2g"
    /// ```
    ///
    /// Tried with `systemd-analyze verify` of 252, 2026-11-28: "Invalid environment assignment, ignoring: -Xmx2g", and
    /// the answer is 0.
    RULE = "unit-environment-word", Error, High, Look::File(&[Kind::Unit], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(service) = document.root().get("Service") else { return };
    for (key, value) in service.entries() {
        if key.text() != Some("Environment") {
            continue;
        }
        let Some(words) = value.literal().and_then(words) else { continue };
        let is_first_right = words.first().is_some_and(|word| is_variable(&word.text));
        let lost = words.iter().find(|word| !is_variable(&word.text) && word.text != "\\");
        if let Some(lost) = lost.filter(|_| is_first_right) {
            report
                .at(value, format!("systemd leaves `{}` out: it is no variable of its own", lost.text))
                .help("quotes around the whole: Environment=\"NAME=one two\"");
        }
    }
}

/// Whether a word gives a variable its value; names with `%` are filled in first.
fn is_variable(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else { return false };
    let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'%');
    !name.is_empty() && name.bytes().all(is_letter) && !name.starts_with(|first: char| first.is_ascii_digit())
}
