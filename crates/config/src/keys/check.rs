//! `[check]`: what a repository has decided about the rules; a `piton.toml` says it in the same words.

use super::{Form, Key, Layering, Section};
use crate::kind::Kind;

pub(crate) const CHECK: Section = Section {
    name: "check",
    form: Form::Once,
    brief: "What counts for `piton check`",
    details: "Changes nothing on any host. A repository without a site says the same in `piton.toml`. Patterns are those of \
              a .gitignore, and paths are counted from the folder of the file.",
    keys: &[
        Key {
            name: "select",
            kind: Kind::List(&Kind::Text),
            layering: Layering::Replaces,
            otherwise: "all rules, but for the strict ones",
            brief: "Only these rules, or families of them",
            details: "A family is the beginning of an id: `compose`, `sshd`. `--select` wins over it. A rule that `ignore` \
                      takes out again is refused.",
            example: "[\"compose\", \"sshd\"]",
        },
        Key {
            name: "ignore",
            kind: Kind::List(&Kind::Text),
            layering: Layering::Replaces,
            otherwise: "none",
            brief: "Without these rules, or families of them",
            details: "`--ignore` adds to it.",
            example: "[\"compose-image-latest\"]",
        },
        Key {
            name: "ignore_in",
            kind: Kind::ByPattern(&Kind::List(&Kind::Text)),
            layering: Layering::Replaces,
            otherwise: "none",
            brief: "Rules that do not count in some files",
            details: "From a pattern to rules or families; `all` is every rule. A pattern that can fit nothing is refused.",
            example: "{ \"examples/\" = [\"compose-image-latest\"] }",
        },
        Key {
            name: "exclude",
            kind: Kind::List(&Kind::Text),
            layering: Layering::Replaces,
            otherwise: "none",
            brief: "Files and folders that are not looked at",
            details: "On top of what git ignores, and also where such a file is named on the command line. A pattern that can \
                      have no effect is refused, among them `./archive/` and a `!` with no pattern before it.",
            example: "[\"archive/\", \"*.old.yaml\"]",
        },
        Key {
            name: "strict",
            kind: Kind::Bool,
            layering: Layering::Replaces,
            otherwise: "false",
            brief: "Run also the rules that most files do not follow",
            details: "As `--strict` does.",
            example: "true",
        },
        Key {
            name: "baseline",
            kind: Kind::Text,
            layering: Layering::Replaces,
            otherwise: "none",
            brief: "A file of findings that are known and no more told",
            details: "Made by `piton check --write-baseline FILE`.",
            example: "\"known-findings.txt\"",
        },
    ],
};
