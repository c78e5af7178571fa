//! The operator's own word: `[[gate.environment]]` and `[[gate.rule]]` in a piton.toml.
//!
//! The caller says whose file it is. The operator's own may loosen; one that lies in a project may
//! only tighten, since whoever clones a repository would else bring in their own rules. Nothing
//! loosens the protection of the gate itself.

use crate::effect::Effect;
use crate::judgement::Verdict;
use crate::policy::{Belongs, Environment, Override, Policy, Site};
use serde_json::{Value, json};
use std::fmt;
use toml_edit::{Item, Table};

/// What is wrong in a settings file, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingsProblem {
    pub line: usize,
    pub what: String,
    pub help: String,
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "line {}: {}; {}", self.line, self.what, self.help)
    }
}

impl std::error::Error for SettingsProblem {}

const ENVIRONMENT_KEYS: &[&str] = &["name", "hosts", "paths", "sites"];
const RULE_KEYS: &[&str] = &["verdict", "effect", "environment", "host", "path", "command", "until", "because"];

/// Reads a settings file on top of a policy. `now` is `2026-01-31T12:00:00Z`; rules that have ended are left out.
pub fn settings(text: &str, is_operators: bool, now: &str, policy: &mut Policy) -> Result<(), SettingsProblem> {
    // The spans are only there before the document may be changed.
    let document = text.parse::<toml_edit::Document<String>>().map_err(|error| SettingsProblem {
        line: line_of(text, error.span().map(|span| span.start)),
        what: error.message().to_owned(),
        help: "write it as TOML".to_owned(),
    })?;
    let reader = Reader { text, is_operators, now };
    let Some(gate) = document.as_table().get("gate") else { return Ok(()) };
    let Some(gate) = gate.as_table() else {
        return Err(reader.problem(gate, "`gate` is no table", "write [[gate.rule]] or [[gate.environment]]"));
    };
    for (key, item) in gate {
        let Some(tables) = item.as_array_of_tables() else {
            return Err(reader.problem(
                item,
                &format!("`gate.{key}` is not known"),
                "there are [[gate.rule]] and [[gate.environment]]",
            ));
        };
        for table in tables {
            match key {
                "environment" => reader.environment(table, policy)?,
                "rule" => reader.rule(table, policy)?,
                other => {
                    let what = format!("`gate.{other}` is not known");
                    return Err(reader.problem(item, &what, "there are [[gate.rule]] and [[gate.environment]]"));
                }
            }
        }
    }
    Ok(())
}

struct Reader<'a> {
    text: &'a str,
    is_operators: bool,
    now: &'a str,
}

type Read<T> = Result<T, SettingsProblem>;

impl Reader<'_> {
    fn problem(&self, item: &Item, what: &str, help: &str) -> SettingsProblem {
        SettingsProblem {
            line: line_of(self.text, item.span().map(|span| span.start)),
            what: what.to_owned(),
            help: help.to_owned(),
        }
    }

    fn known_keys(&self, table: &Table, keys: &[&str]) -> Read<()> {
        match table.iter().find(|(key, _)| !keys.contains(key)) {
            Some((key, item)) => Err(self.problem(
                item,
                &format!("`{key}` is not known here"),
                &format!("there are {}", keys.join(", ")),
            )),
            None => Ok(()),
        }
    }

    fn text(&self, table: &Table, key: &str) -> Read<Option<String>> {
        let Some(item) = table.get(key) else { return Ok(None) };
        match item.as_str() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(self.problem(item, &format!("`{key}` is no text"), "put it in quotes")),
        }
    }

    /// A text that must be one of some names.
    fn named<T>(&self, table: &Table, key: &str, read: fn(&str) -> Option<T>, names: &str) -> Read<Option<T>> {
        let Some(text) = self.text(table, key)? else { return Ok(None) };
        match (read(&text), table.get(key)) {
            (Some(value), _) => Ok(Some(value)),
            (None, Some(item)) => {
                Err(self.problem(item, &format!("`{text}` is not known"), &format!("write one of {names}")))
            }
            (None, None) => Ok(None),
        }
    }

    fn environment(&self, table: &Table, policy: &mut Policy) -> Read<()> {
        self.known_keys(table, ENVIRONMENT_KEYS)?;
        let environment = self.named(table, "name", Environment::from_name, "prod, stage, dev, lab")?;
        let Some(environment) = environment else {
            return Err(SettingsProblem {
                line: line_of(self.text, table.span().map(|span| span.start)),
                what: "an environment without a name".to_owned(),
                help: "add name = \"prod\", \"stage\", \"dev\" or \"lab\"".to_owned(),
            });
        };
        if !["hosts", "paths", "sites"].iter().any(|key| table.contains_key(key)) {
            return Err(SettingsProblem {
                line: line_of(self.text, table.span().map(|span| span.start)),
                what: "an environment that says of nothing that it belongs there".to_owned(),
                help: "add hosts = [\"prod-*\"], paths = [\"/srv\"] or sites = [\"~/site\"]".to_owned(),
            });
        }
        // Any other name may be one that the operator's rules let more pass in.
        if environment != Environment::Production && !self.is_operators {
            return Ok(());
        }
        for host in self.list(table, "hosts")? {
            policy.belongs.push(Belongs { environment, host: Some(host), path: None });
        }
        for path in self.list(table, "paths")? {
            policy.belongs.push(Belongs { environment, host: None, path: Some(path) });
        }
        for site in self.list(table, "sites")? {
            policy.sites.push(Site { environment, path: site });
        }
        Ok(())
    }

    fn list(&self, table: &Table, key: &str) -> Read<Vec<String>> {
        let Some(item) = table.get(key) else { return Ok(Vec::new()) };
        let texts = item.as_array().map(|array| array.iter().map(|cell| cell.as_str().map(str::to_owned)).collect());
        texts
            .flatten()
            .ok_or_else(|| self.problem(item, &format!("`{key}` is no list of texts"), "write [\"a\", \"b\"]"))
    }

    fn rule(&self, table: &Table, policy: &mut Policy) -> Read<()> {
        self.known_keys(table, RULE_KEYS)?;
        let verdict = self.named(table, "verdict", Verdict::from_name, "allow, ask, deny")?;
        let effects: Vec<&str> = crate::MEANINGS.iter().map(|meaning| meaning.name).collect();
        let effect = self.named(table, "effect", Effect::from_name, &effects.join(", "))?;
        let environment = self.named(table, "environment", Environment::from_name, "prod, stage, dev, lab")?;
        let until = self.text(table, "until")?;
        let rule_line = table.span().map(|span| span.start);
        let Some(verdict) = verdict else {
            return Err(SettingsProblem {
                line: line_of(self.text, rule_line),
                what: "a rule without a verdict".to_owned(),
                help: "add verdict = \"allow\", \"ask\" or \"deny\"".to_owned(),
            });
        };
        if let Some(until) = &until {
            if !is_instant(until) {
                let item = table.get("until").unwrap_or(&Item::None);
                return Err(self.problem(item, "`until` is no instant", "write it as \"2026-01-31T12:00:00Z\""));
            }
            if until.as_str() <= self.now {
                return Ok(());
            }
        }
        if effect == Some(Effect::GuardTampering) && verdict < Verdict::Deny {
            let item = table.get("effect").unwrap_or(&Item::None);
            return Err(self.problem(
                item,
                "the gate does not let itself be tampered with",
                "take the rule out; `piton gate uninstall` is yours, on your own terminal",
            ));
        }
        let change = Override {
            verdict,
            effect,
            environment,
            host: self.text(table, "host")?,
            path: self.text(table, "path")?,
            command: self.text(table, "command")?,
            because: self.text(table, "because")?,
        };
        let tightens = verdict > Verdict::Allow && effect.is_none_or(|effect| verdict >= effect.meaning().on_host);
        let says_where = change.effect.is_some()
            || change.host.is_some()
            || change.path.is_some()
            || change.command.is_some()
            || environment.is_some();
        if !says_where && verdict == Verdict::Allow {
            return Err(SettingsProblem {
                line: line_of(self.text, rule_line),
                what: "a rule that allows everything".to_owned(),
                help: "say which effect, environment, host, path or command it is about".to_owned(),
            });
        }
        if self.is_operators || tightens {
            policy.overrides.push(change);
        }
        Ok(())
    }
}

/// The schema of `[gate]` in a piton.toml, for editors.
pub fn settings_schema() -> Value {
    let effects: Vec<&str> = crate::MEANINGS.iter().map(|meaning| meaning.name).collect();
    let texts = |about: &str| json!({ "type": "array", "items": { "type": "string" }, "description": about });
    let text = |about: &str| json!({ "type": "string", "description": about });
    let environments = json!(["prod", "production", "stage", "staging", "dev", "development", "lab"]);
    let environment = json!({
        "type": "object", "additionalProperties": false, "required": ["name"],
        "properties": {
            "name": { "enum": environments },
            "hosts": texts("Hosts, as ssh is given them; `*` stands for anything"),
            "paths": texts("Folders of this machine, with what is below them; `*` stands for anything"),
            "sites": texts("Site folders: all their hosts, and the folder itself"),
        },
    });
    let rule = json!({
        "type": "object", "additionalProperties": false, "required": ["verdict"],
        "properties": {
            "verdict": { "enum": ["allow", "ask", "deny"] },
            "effect": { "enum": effects, "description": "Without it, deny and ask hold for every command that fits" },
            "environment": { "enum": environments },
            "host": text("Where the command runs or goes to; `*` stands for anything"),
            "path": text("A folder that it runs in or a path that it names, with what is below"),
            "command": text("The first words of the command; with `*`, all of it"),
            "until": text("When the rule ends: 2026-01-31T12:00:00Z"),
            "because": text("Why, for whoever reads it"),
        },
    });
    json!({
        "type": "object", "additionalProperties": false,
        "description": "What the operator says about the commands of coding agents.",
        "properties": {
            "environment": { "type": "array", "items": environment },
            "rule": { "type": "array", "items": rule },
        },
    })
}

/// `2026-01-31T12:00:00Z`, which compares as text.
fn is_instant(text: &str) -> bool {
    let shape = "0000-00-00T00:00:00Z";
    text.len() == shape.len()
        && text
            .bytes()
            .zip(shape.bytes())
            .all(|(given, wanted)| if wanted == b'0' { given.is_ascii_digit() } else { given == wanted })
}

fn line_of(text: &str, at: Option<usize>) -> usize {
    at.map_or(1, |at| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-06-01T12:00:00Z";

    fn read(text: &str, is_operators: bool) -> Result<Policy, SettingsProblem> {
        let mut policy = Policy::default();
        settings(text, is_operators, NOW, &mut policy).map(|()| policy)
    }

    #[test]
    fn a_rule_ends_when_it_says() {
        let rule =
            |until: &str| format!("[[gate.rule]]\nverdict = \"allow\"\neffect = \"deploy\"\nuntil = \"{until}\"\n");
        assert_eq!(read(&rule("2026-06-01T13:00:00Z"), true).unwrap().overrides.len(), 1);
        assert_eq!(read(&rule("2026-06-01T11:00:00Z"), true).unwrap().overrides.len(), 0);
        let problem = read(&rule("tomorrow"), true).unwrap_err();
        assert_eq!((problem.line, problem.what.as_str()), (4, "`until` is no instant"));
    }

    #[test]
    fn a_project_may_tighten_and_not_loosen() {
        let loosens = "[[gate.rule]]\nverdict = \"allow\"\neffect = \"deploy\"\n[[gate.environment]]\nname = \"lab\"\nhosts = [\"*\"]\n";
        let policy = read(loosens, false).unwrap();
        assert!(policy.overrides.is_empty() && policy.belongs.is_empty());
        let tightens = "[[gate.rule]]\nverdict = \"deny\"\neffect = \"deploy\"\n[[gate.environment]]\nname = \"prod\"\nhosts = [\"*\"]\n";
        let policy = read(tightens, false).unwrap();
        assert_eq!((policy.overrides.len(), policy.belongs.len()), (1, 1));
    }

    #[test]
    fn a_name_that_is_no_environment_is_told_and_so_is_one_without_a_place() {
        let problem = read("[[gate.environment]]\nname = \"prd\"\nhosts = [\"a\"]\n", true).unwrap_err();
        assert_eq!((problem.line, problem.what.as_str()), (2, "`prd` is not known"));
        assert!(read("[[gate.environment]]\nname = \"production\"\n", true).is_err());
        assert_eq!(
            read("[[gate.environment]]\nname = \"production\"\nhosts = [\"a\"]\n", true).unwrap().belongs.len(),
            1
        );
    }

    #[test]
    fn the_schema_has_every_key_that_is_read() {
        let schema = settings_schema();
        for (table, keys) in [("environment", ENVIRONMENT_KEYS), ("rule", RULE_KEYS)] {
            let known = schema["properties"][table]["items"]["properties"].as_object().unwrap();
            assert_eq!(known.len(), keys.len(), "{table}");
            assert!(keys.iter().all(|key| known.contains_key(*key)), "{table}");
        }
    }

    #[test]
    fn nobody_loosens_the_guard_or_everything() {
        assert!(read("[[gate.rule]]\nverdict = \"allow\"\neffect = \"guard-tampering\"\n", true).is_err());
        assert!(read("[[gate.rule]]\nverdict = \"allow\"\n", true).is_err());
        assert!(read("[gate]\nrules = 1\n", true).is_err());
    }
}
