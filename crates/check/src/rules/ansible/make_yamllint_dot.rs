use crate::rules::prelude::*;

rule! {
    /// yamllint is run on everything.
    ///
    /// `yamllint .` also reads vaults and other people's folders: it complains of the first and fails on the second.
    ///
    /// ```make Makefile bad
    /// lint:
    /// 	yamllint .
    /// ```
    ///
    /// ```make Makefile good
    /// lint:
    /// 	git ls-files '*.yml' | grep -v secrets | xargs yamllint
    /// ```
    ///
    /// Not told where .yamllint has an `ignore`. Tried with yamllint 1.38.0, 2026-11-28: a vault is a warning (no document
    /// start), a file in node_modules an error.
    RULE = "make-yamllint-dot", Info, Medium, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let ignores = project
        .of_kind(Kind::Yamllint)
        .any(|file| file.root().get("ignore").is_some() || file.root().get("ignore-from-file").is_some());
    for command in project
        .commands(document)
        .iter()
        .filter(|command| !ignores && command.program() == "yamllint" && command.words.last() == Some(&"."))
    {
        report.at((document, command.range.clone()), "this also reads vaults and other people's folders");
    }
}
