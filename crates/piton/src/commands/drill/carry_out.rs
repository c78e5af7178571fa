//! One drill from its beginning to what became of the host.

use super::access::Watch;
use super::stage::Stage;
use super::{Drill, Edit, How, Must, Places, Trouble, compare, trouble};
use crate::failure::Failure;
use crate::print::Screen;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::time::Duration;

/// What was seen of one run of a drill.
pub(super) struct Seen {
    /// Where the trouble came, if it came in the middle.
    pub(super) place: String,
    pub(super) without_access: Duration,
    /// What of it was not as it must be; empty is good.
    pub(super) wrong: Vec<String>,
}

/// How a change ended, as its own last words have it.
struct Ended {
    code: Option<i32>,
    said: String,
}

/// Runs a drill at each of its places, or at a few of them.
pub(super) fn run(
    stage: &Stage,
    drill: &'static Drill,
    sample: Option<usize>,
    screen: &Screen,
) -> Result<super::Outcome, Failure> {
    let site = stage.site()?;
    let mut runs = Vec::new();
    match &drill.how {
        How::Change(edit) => {
            let change = |stage: &Stage| match drill.must {
                Must::GoBack => there_and_back(stage),
                _ => apply(stage, forced(drill)),
            };
            runs.push(once(stage, drill, "", || changed(stage, edit), change)?)
        }
        How::During(trouble, places) => {
            for place in sampled(all_places(stage, *places)?, sample) {
                screen.say(&format!("{}: {place}", drill.name));
                let troubled = |stage: &Stage| during(stage, *trouble, &place);
                runs.push(once(stage, drill, &place, || stage.good_site(), troubled)?);
                stage.write_site(&site)?;
                if runs.last().is_some_and(|run| !run.wrong.is_empty()) || drill.must == Must::Finish {
                    stage.reset(screen)?;
                }
            }
        }
    }
    stage.write_site(&site)?;
    if runs.iter().any(|run| !run.wrong.is_empty()) || drill.must == Must::Finish || prepared(drill) {
        stage.reset(screen)?;
    }
    Ok(super::Outcome { drill, runs })
}

fn prepared(drill: &Drill) -> bool {
    matches!(&drill.how, How::Change(edit) if !edit.prepare.is_empty())
}

fn once(
    stage: &Stage,
    drill: &Drill,
    place: &str,
    site: impl FnOnce() -> Result<String, Failure>,
    change: impl FnOnce(&Stage) -> Result<(Ended, Vec<String>), Failure>,
) -> Result<Seen, Failure> {
    if let How::Change(edit) = &drill.how
        && !edit.prepare.is_empty()
        && let Some(why) = stage.prepare(edit.prepare)?
    {
        return Ok(Seen { place: place.to_owned(), without_access: Duration::ZERO, wrong: vec![why] });
    }
    stage.console("rm -f /run/piton/drill-goes-on")?;
    let site = site()?;
    stage.write_site(&site)?;
    let before = compare::look(stage)?;
    let generation = last_change(stage)?.0;
    let watch = Watch::begin(stage);
    let (ended, mut wrong) = change(stage)?;
    let (after_generation, outcome) = last_change(stage)?;
    let without_access = watch.end();
    wrong.extend(judge(drill, &ended, after_generation != generation, &outcome));
    if drill.must != Must::Finish {
        wrong.extend(compare::differences(&before, &compare::look(stage)?));
        wrong.extend(no_login(stage));
    }
    Ok(Seen { place: place.to_owned(), without_access, wrong })
}

/// The exit code and the host's own journal must both say what the drill says.
fn judge(drill: &Drill, ended: &Ended, began: bool, outcome: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let killed = matches!(drill.how, How::During(Trouble::KillOperator, _));
    let codes: &[i32] = match drill.must {
        Must::Refuse => &[1, 2],
        Must::Revert => &[5, 1],
        Must::Finish | Must::GoBack => &[0],
    };
    if !killed && !ended.code.is_some_and(|code| codes.contains(&code)) {
        wrong.push(format!("it ended with {:?} and not with one of {codes:?}:\n{}", ended.code, ended.said));
    }
    let expected = match drill.must {
        Must::Refuse => began.then_some("undone"),
        Must::Revert => Some("undone"),
        // Of going back, too, the journal says whether that was kept.
        Must::Finish | Must::GoBack => Some("kept"),
    };
    if !ended.said.contains(drill.says) {
        wrong.push(format!("nobody is told of `{}`:\n{}", drill.says, ended.said));
    }
    // What is refused must not even have begun.
    if drill.must == Must::Refuse && began {
        wrong.push(format!("it was begun, and ended as `{outcome}`, where it must be refused:\n{}", ended.said));
    } else if expected.is_some_and(|expected| expected != outcome) {
        wrong.push(format!("the host's journal says `{outcome}`:\n{}", ended.said));
    }
    wrong
}

fn no_login(stage: &Stage) -> Option<String> {
    let says = stage.login().status();
    (!says.as_ref().is_ok_and(std::process::ExitStatus::success)).then(|| format!("the old way in is gone: {says:?}"))
}

/// The site with a drill's edit in it.
fn changed(stage: &Stage, edit: &Edit) -> Result<String, Failure> {
    let mut site = stage.site()?;
    for (from, to) in edit.replace {
        site = site.replace(from, &to.replace("{operator}", &stage.operator()));
    }
    let mut more = edit.append.replace("{operator}", &stage.operator()).replace("{network}", &stage.network());
    while let Some((path, _)) = more.split_once("{/").and_then(|(_, rest)| rest.split_once('}')) {
        let path = path.to_owned();
        let mut content = stage.console(&format!("cat /{path}"))?;
        for (from, to) in edit.turn {
            content = content.replace(from, to);
        }
        more = more.replace(&format!("{{/{path}}}"), &content.replace('\\', "\\\\"));
    }
    // The lab's section is last in the file, and what follows must not fall into it.
    Ok(site + &more)
}

/// A drill that is about the guard goes past the proof, which would refuse several of these changes.
fn forced(drill: &Drill) -> &'static [&'static str] {
    if drill.must == Must::Revert { &["--anyway"] } else { &[] }
}

fn apply(stage: &Stage, more: &[&str]) -> Result<(Ended, Vec<String>), Failure> {
    let ran = stage.piton(&[&["apply", "--lab", "--yes", "--confirm-within", "10"], more].concat())?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    Ok((Ended { code: ran.status.code(), said }, Vec::new()))
}

/// Applies, and when that was kept goes back.
fn there_and_back(stage: &Stage) -> Result<(Ended, Vec<String>), Failure> {
    let (there, wrong) = apply(stage, &[])?;
    if there.code != Some(0) {
        return Ok((there, wrong));
    }
    let ran = stage.piton(&["rollback", "one", "--lab", "--yes"])?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    Ok((Ended { code: ran.status.code(), said: format!("{}\nrolled back:\n{said}", there.said) }, wrong))
}

/// The good change, with something happening to it at one place.
fn during(stage: &Stage, what: Trouble, place: &str) -> Result<(Ended, Vec<String>), Failure> {
    if what == Trouble::FillDisk {
        trouble::small_disk(stage)?;
    }
    let words = ["apply", "--lab", "--yes", "--json", "--confirm-within", "10", "--drill", place];
    let mut command = stage.command(&words)?;
    let failed = |error| Failure::file("start", std::path::Path::new("piton"), &error);
    let mut child = command.spawn().map_err(failed)?;
    let mut lines = Lines::of(&mut child);
    let mut wrong = match lines.until_held() {
        true => trouble::happen(what, stage, &mut child)?,
        false => vec![format!("it never came to {place}")],
    };
    let said = lines.rest();
    let code = child.wait().ok().and_then(|status| status.code());
    if what == Trouble::FillDisk {
        trouble::large_disk(stage)?;
    }
    if said.contains("panicked") {
        wrong.push("it panicked".into());
    }
    Ok((Ended { code, said }, wrong))
}

/// What a running apply prints, line by line.
struct Lines {
    out: Box<dyn BufRead>,
    heard: String,
}

impl Lines {
    fn of(child: &mut Child) -> Lines {
        let out: Box<dyn Read> = match child.stdout.take() {
            Some(out) => Box::new(out),
            None => Box::new(std::io::empty()),
        };
        Lines { out: Box::new(BufReader::new(out)), heard: String::new() }
    }

    fn until_held(&mut self) -> bool {
        loop {
            let mut line = String::new();
            if !matches!(self.out.read_line(&mut line), Ok(1..)) {
                return false;
            }
            self.heard.push_str(&line);
            let event: Value = serde_json::from_str(&line).unwrap_or_default();
            if event.get("event").is_some_and(|event| event == "held") {
                return true;
            }
        }
    }

    fn rest(mut self) -> String {
        // What cannot be read is not there to be told.
        let _ = self.out.read_to_string(&mut self.heard);
        self.heard
    }
}

/// Every place of the good change, as `--drill` names it.
fn all_places(stage: &Stage, places: Places) -> Result<Vec<String>, Failure> {
    let steps = match places {
        Places::Waiting => 0,
        _ => steps_of_good_change(stage)?,
    };
    let boundaries = (0..steps).flat_map(|step| [format!("hold-before:{step}"), format!("hold-after:{step}")]);
    let waiting = matches!(places, Places::Waiting | Places::StepsAndWaiting).then(|| "hold-confirm".to_owned());
    Ok(match places {
        Places::Once => vec!["hold-before:1".to_owned()],
        _ => boundaries.chain(waiting).collect(),
    })
}

fn steps_of_good_change(stage: &Stage) -> Result<usize, Failure> {
    let site = stage.site()?;
    stage.write_site(&stage.good_site()?)?;
    let said = stage.piton(&["plan", "--lab", "--json"]);
    stage.write_site(&site)?;
    let plan: Value = serde_json::from_slice(&said?.stdout).unwrap_or_default();
    let stages = plan.pointer("/hosts/0/stages").and_then(Value::as_array).cloned().unwrap_or_default();
    let steps = |stage: &Value| stage.get("steps").and_then(Value::as_array).map_or(0, Vec::len);
    Ok(stages.iter().map(steps).sum())
}

/// So many of them, spread evenly with the first and the last; all where nothing is said.
fn sampled(places: Vec<String>, count: Option<usize>) -> Vec<String> {
    let Some(count) = count.filter(|count| *count < places.len()) else { return places };
    let last = places.len() - 1;
    let chosen: BTreeSet<usize> = (0..count).map(|number| number * last / count.saturating_sub(1).max(1)).collect();
    places.into_iter().enumerate().filter(|(number, _)| chosen.contains(number)).map(|(_, place)| place).collect()
}

/// The generation and the outcome of the host's newest change, once it has ended.
fn last_change(stage: &Stage) -> Result<(u64, String), Failure> {
    stage.console(trouble::UNTIL_CLOSED)?;
    // Past the network: the drill may have taken that away.
    let newest = stage.console("cd /var/lib/piton/journal && n=$(ls | tail -n 1) && echo $n && tail -n 1 $n/log")?;
    let mut lines = newest.lines();
    let generation = lines.next().and_then(|line| line.trim().parse().ok()).unwrap_or(0);
    let record: Value = lines.next().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let outcome = record.get("outcome").and_then(Value::as_str).unwrap_or("open");
    Ok((generation, outcome.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_the_first_and_the_last_place() {
        let places: Vec<String> = (0..21).map(|number| number.to_string()).collect();
        assert_eq!(sampled(places.clone(), Some(3)), ["0", "10", "20"]);
        assert_eq!(sampled(places.clone(), Some(1)), ["0"]);
        assert_eq!(sampled(places.clone(), None), places);
        assert_eq!(sampled(places.clone(), Some(30)), places);
    }
}
