//! Why a command cannot go on, in the one form in which it is shown.
//!
//! Every room has an error type of its own; here they become problems with a code, a sentence and
//! a next step, and get their exit code.

use crate::checking::SiteFindings;
use crate::exit::Exit;
use crate::print::findings::as_problem;
use piton_catalog::CatalogProblem;
use piton_check::Finding;
use piton_config::Problem;
use piton_host::session::SessionError;
use piton_lab::LabError;
use piton_plan::PlanError;
use piton_plan::lint::Violation;
use piton_reach::Refusal;
use std::collections::BTreeMap;

/// The end of a command that could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) problems: Vec<Problem>,
    /// The texts that the problems point into, by file name.
    pub(crate) texts: BTreeMap<String, String>,
}

/// What every command returns.
pub(crate) type Ended = Result<Exit, Failure>;

impl Failure {
    /// A failure with one sentence and one next step.
    pub(crate) fn new(exit: Exit, code: &str, what: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure::of(exit, vec![Problem::new(code, what).help(help)])
    }

    pub(crate) fn of(exit: Exit, problems: Vec<Problem>) -> Failure {
        Failure { exit, problems, texts: BTreeMap::new() }
    }

    pub(crate) fn usage(what: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure::new(Exit::Usage, "usage", what, help)
    }

    /// A file of the user's that cannot be read or written.
    pub(crate) fn file(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Failure {
        let what = format!("cannot {doing} {}: {error}", path.display());
        Failure::of(Exit::Failed, vec![Problem::new("file", what)])
    }

    /// An answer that stdout did not take.
    pub(crate) fn lost_answer(error: &std::io::Error) -> Failure {
        let what = format!("cannot write the answer to stdout: {error}");
        Failure::new(Exit::Failed, "stdout", what, "make room there, or write it elsewhere; only the answer is lost")
    }

    #[must_use]
    pub(crate) fn in_text(mut self, file: &str, text: &str) -> Failure {
        self.texts.insert(file.to_owned(), text.to_owned());
        self
    }

    /// Whether the first problem has this code.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.problems.first().is_some_and(|problem| problem.code == code)
    }

    pub(crate) fn catalog(found: Vec<CatalogProblem>) -> Failure {
        let problem = |found: CatalogProblem| {
            if let Some(detail) = found.detail {
                return *detail;
            }
            let problem = Problem::new(found.code, format!("{}: {}", found.host, found.what)).help(found.help);
            match &found.origin {
                Some(origin) => problem.at(origin, ""),
                None => problem,
            }
        };
        let mut problems: Vec<Problem> = Vec::new();
        // What is wrong with a service is wrong on each of its hosts, and told once.
        for problem in found.into_iter().map(problem) {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        Failure::of(Exit::Usage, problems)
    }

    pub(crate) fn lint(found: Vec<Violation>) -> Failure {
        let problem =
            |found: Violation| Problem::new(found.code, format!("{}: {}", found.host, found.what)).help(found.help);
        Failure::of(Exit::Failed, found.into_iter().map(problem).collect())
    }

    /// What a site would write to its hosts and must not, and how to say that it is known.
    pub(crate) fn findings(found: &SiteFindings) -> Failure {
        let problem = |finding: &Finding| {
            let known = format!("if it is meant so, say why above the line: # piton: ignore[{}] …", finding.rule.id);
            as_problem(finding).note(known)
        };
        let mut failure = Failure::of(Exit::Failed, found.errors().map(problem).collect());
        failure.texts = found.documents.iter().map(|document| (document.path.clone(), document.text.clone())).collect();
        failure
    }

    /// A plan that must not be applied, and the lines that would do it.
    pub(crate) fn reach(refusals: &[Refusal]) -> Failure {
        let problem = |refusal: &Refusal| {
            let because: Vec<String> = refusal.because().iter().map(ToString::to_string).collect();
            let mut what = format!("{}: {refusal}", refusal.host);
            if let Some(last) = because.last() {
                let does = if refusal.code() == "reach/cut-off" || refusal.code() == "reach/no-new-way" {
                    "it would be closed"
                } else {
                    "it is done"
                };
                what.push_str(&format!("; {does} by {last}"));
            }
            let help = match refusal.code() {
                "reach/opens-undeclared" => {
                    "declare the port with `allow`, or keep it closed: what Docker publishes is bound to an address before \
                     it, 127.0.0.1 or that of the mesh; `--anyway` does it all the same"
                }
                "reach/overlap" => {
                    "give it another network: `subnet` in [networks], or `bip` in docker.daemon for Docker's own"
                }
                _ => "change the site; or say `--anyway`, and the host puts itself back when you cannot confirm",
            };
            Problem::new(refusal.code(), what).help(help)
        };
        Failure::of(Exit::Failed, refusals.iter().map(problem).collect())
    }

    /// One host that a command is all about, and that does not answer as it should.
    pub(crate) fn session(host: &str, error: &SessionError) -> Failure {
        let exit = match error {
            SessionError::Trouble(_) => Exit::Unreachable,
            SessionError::Refused(_) => Exit::Failed,
            SessionError::Lost(_) => Exit::Unknown,
        };
        Failure::of(exit, vec![session_problem(host, error)])
    }
}

/// A host that does not answer as it should, as a problem.
pub(crate) fn session_problem(host: &str, error: &SessionError) -> Problem {
    let code = match error {
        SessionError::Trouble(trouble) => format!("host/{}", kebab(&trouble.kind)),
        SessionError::Refused(fault) => format!("host/{}", kebab(&fault.code)),
        SessionError::Lost(_) => "host/session-lost".to_owned(),
    };
    let problem = Problem::new(&code, format!("{host}: {error}"));
    match error {
        SessionError::Trouble(trouble) => problem.help(&trouble.help),
        SessionError::Refused(fault) => match &fault.help {
            Some(help) => problem.help(help),
            None => problem,
        },
        SessionError::Lost(_) => problem.help("try again; `piton history` says what the host knows of it"),
    }
}

fn kebab(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What clap says in paragraphs: the mistake, perhaps a tip, how the command is used, where help is.
impl From<&clap::Error> for Failure {
    fn from(error: &clap::Error) -> Failure {
        let text = error.render().to_string();
        let paragraphs: Vec<String> =
            text.split("\n\n").map(|lines| lines.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let said = |start: &str| paragraphs.iter().find_map(|paragraph| paragraph.strip_prefix(start));
        let problem = Problem::new("usage", said("error: ").unwrap_or("these words are no command"));
        let problem = said("Usage: ").map_or(problem.clone(), |usage| problem.note(format!("usage: {usage}")));
        Failure::of(Exit::Usage, vec![problem.help(said("tip: ").unwrap_or("try `--help`"))])
    }
}

impl From<LabError> for Failure {
    fn from(error: LabError) -> Failure {
        Failure::of(Exit::Failed, vec![Problem::new("lab", error.to_string())])
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Failure {
        let (code, help) = match &error {
            PlanError::Unreadable(_) => (
                "plan/unreadable",
                "`piton plan --out FILE` makes one; a site is named with `--site FILE`, and a host by its name alone",
            ),
            PlanError::Schema(_) => ("plan/schema", "make the plan again with this piton"),
            PlanError::Altered { .. } => ("plan/altered", "do not apply it; make the plan again and read it"),
            PlanError::Version { .. } => ("plan/version", "make the plan again with this piton, or use that one"),
        };
        Failure::new(Exit::Usage, code, error.to_string(), help)
    }
}
