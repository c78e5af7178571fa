//! `piton lab drill`: every known way to lose a host, staged on a real one, to see it come back.
//!
//! A drill is one file in [`drills`] and says what is done and what must be true then. [`stage`]
//! has the host, [`carry_out`] does it, [`compare`] and [`access`] see what became of it; this file
//! chooses, repeats and tells. The change itself is made by this very program as a person would
//! start it, since the operator's side is one of the things that a drill kills.

mod access;
mod carry_out;
mod compare;
mod drills;
mod report;
mod stage;
mod trouble;

use crate::arguments::DrillArguments;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::interrupt;
use crate::print::Screen;
use carry_out::Seen;
use stage::Stage;
use std::time::Duration;

/// What must come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Must {
    /// Nothing is touched.
    Refuse,
    /// The host puts itself back.
    Revert,
    /// It ends as wanted all the same.
    Finish,
    /// It is kept, and `piton rollback` makes the host what it was.
    GoBack,
}

/// One realistic way to lose a host.
pub(super) struct Drill {
    pub(super) number: u8,
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) must: Must,
    /// Words that whoever staged it by mistake must read.
    pub(super) says: &'static str,
    pub(super) how: How,
}

impl Drill {
    fn image(&self) -> Option<&'static str> {
        match &self.how {
            How::Change(edit) => edit.image,
            How::During(..) => None,
        }
    }
}

pub(super) enum How {
    /// The site is changed like this, and applied.
    Change(Edit),
    /// A good change is applied, and meanwhile this happens, at each of these places.
    During(Trouble, Places),
}

/// A change of the stage's site file.
pub(super) struct Edit {
    /// Words of the site, and what stands there instead.
    pub(super) replace: &'static [(&'static str, &'static str)],
    /// Added at the end. `{/path}` stands for what the host has at that path now.
    pub(super) append: &'static str,
    /// A shell line that prepares the host; part of what must be there again afterwards.
    pub(super) prepare: &'static str,
    /// What the host has to run for this to be a trouble; any, where nothing is said.
    pub(super) image: Option<&'static str>,
    /// Turns what a `{/path}` stands for into what shall be there: pairs of words.
    pub(super) turn: &'static [(&'static str, &'static str)],
}

impl Edit {
    pub(super) const NONE: Edit = Edit { replace: &[], append: "", prepare: "", image: None, turn: &[] };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    KillHalf,
    KillOperator,
    /// The host's network cable is pulled, and comes back once the host has put itself back.
    CutLink,
    Reboot,
    PowerCut,
    FillDisk,
    /// The machine's wall clock jumps forward by a day, and back by two.
    ClockJump,
    SecondOperator,
    /// Everything under /var/lib/piton is deleted.
    OwnFolderGone,
}

/// Where in a change a trouble comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Places {
    /// Before and after every step.
    Steps,
    /// Between the last step and the confirmation.
    Waiting,
    StepsAndWaiting,
    /// In the middle of it, once.
    Once,
}

/// What came of one drill.
pub(super) struct Outcome {
    drill: &'static Drill,
    runs: Vec<Seen>,
}

impl Outcome {
    pub(super) fn passed(&self) -> bool {
        !self.runs.is_empty() && self.runs.iter().all(|run| run.wrong.is_empty())
    }

    pub(super) fn longest_without_access(&self) -> Duration {
        self.runs.iter().map(|run| run.without_access).max().unwrap_or_default()
    }
}

pub(super) fn run(arguments: &DrillArguments, screen: &Screen) -> Ended {
    if arguments.list {
        screen.answer_or_json(&report::list_json(), report::list(screen.width()));
        return Ok(Exit::Done);
    }
    if arguments.down {
        stage::take_down()?;
        return Ok(Exit::Done);
    }
    let chosen = chosen(arguments)?;
    interrupt::on_interrupt(screen, || "The drills' hosts are still there: `piton lab drill --down`.".to_owned());
    let mut outcomes = Vec::new();
    let mut stages: Vec<Stage> = Vec::new();
    for drill in chosen {
        let image = drill.image().unwrap_or(&arguments.image);
        if !stages.iter().any(|stage| stage.runs(image)) {
            stages.push(Stage::up(image, screen)?);
        }
        let Some(stage) = stages.iter().find(|stage| stage.runs(image)) else { continue };
        let outcome = carry_out::run(stage, drill, arguments.sample.map(usize::from), screen)?;
        report::tell(&outcome, screen);
        outcomes.push(outcome);
    }
    if !arguments.keep {
        stage::take_down()?;
    }
    report::end(&outcomes, screen);
    Ok(if outcomes.iter().all(Outcome::passed) { Exit::Done } else { Exit::Failed })
}

fn chosen(arguments: &DrillArguments) -> Result<Vec<&'static Drill>, Failure> {
    if arguments.all {
        return Ok(drills::ALL.to_vec());
    }
    if arguments.names.is_empty() {
        return Err(Failure::usage("no drill is named", "`piton lab drill --list` names them; `--all` runs them all"));
    }
    let find = |name: &String| {
        let found = drills::ALL.iter().find(|drill| drill.name == name || drill.number.to_string() == *name);
        found
            .copied()
            .ok_or_else(|| Failure::usage(format!("there is no drill `{name}`"), "`piton lab drill --list` names them"))
    };
    arguments.names.iter().map(find).collect()
}
