use crate::rules::prelude::*;

rule! {
    /// A WireGuard key lies in a file that is shared.
    ///
    /// Whoever has read it is the host, as far as the mesh is concerned. Replace it; taking it out of the file does not take it
    /// out of the history.
    ///
    /// ```ini wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.2/24
    /// PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=
    /// ```
    ///
    /// ```ini wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.2/24
    /// PrivateKey = {{ wg_private_key }}
    /// ```
    ///
    /// A file on the host itself has its key in it, of course: run piton on what is in git. Keys in files and
    /// folders for tests are not told. Source: wg(8), PrivateKey (base64, "Required") and
    /// PresharedKey; read 2026-11-28. Evidence: the file itself.
    RULE = "wg-private-key-in-repo", Error, High, Look::File(&[Kind::WireGuard], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if is_trial(document) {
        return;
    }
    for (_, section) in document.root().entries() {
        for (key, value) in section.entries() {
            let secret = key
                .text()
                .is_some_and(|key| ["PrivateKey", "PresharedKey"].iter().any(|name| name.eq_ignore_ascii_case(key)));
            let is_key = value.literal().is_some_and(|text| {
                text.len() == 44
                    && text.ends_with('=')
                    && text.bytes().filter(|byte| byte.is_ascii_alphanumeric()).count() > 30
                    && text.bytes().collect::<std::collections::BTreeSet<u8>>().len() > 12
            });
            if secret && is_key {
                report.at(
                    value,
                    format!("{} is in the file: whoever read it is this host", key.text().unwrap_or_default()),
                );
            }
        }
    }
}
