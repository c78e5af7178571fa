use crate::rules::prelude::*;

rule! {
    /// CoreDNS is silent about its errors, or asks upstream each time.
    ///
    /// `errors` writes down what failed, `cache` answers the second time by itself. Both are one word.
    ///
    /// ```coredns Corefile bad
    /// . {
    ///     bind 10.0.0.1
    ///     forward . 9.9.9.9
    /// }
    /// ```
    ///
    /// ```coredns Corefile good
    /// . {
    ///     bind 10.0.0.1
    ///     forward . 9.9.9.9
    ///     errors
    ///     cache
    /// }
    /// ```
    ///
    /// Source: CoreDNS `plugin/errors/README.md`, `plugin/cache/README.md`; read 2026-11-28.
    RULE = "coredns-errors-cache", Info, High, Look::File(&[Kind::Corefile], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for server in document.root().lines() {
        let inner: Vec<Value> = server.block().into_iter().flat_map(Value::lines).collect();
        let has = |name: &str| inner.iter().any(|line| line.word_text(0) == name);
        let imports = has("import") || server.word_text(0).starts_with('(');
        if has("forward") && !imports && !(has("errors") && has("cache")) {
            report
                .at(server.word(0).unwrap_or(server), "this server keeps no errors, or no answers")
                .help("errors\n    cache");
        }
    }
}
