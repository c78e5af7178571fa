//! `piton apply`: a plan, a question, and exactly that plan.

use super::plan;
use crate::arguments::ApplyArguments;
use crate::checking::SiteFindings;
use crate::errand::{Ground, Survey, hand_over, prove, target, unlock};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::interrupt;
use crate::plain_file::{LARGEST_MADE, read_text};
use crate::print::progress::Progress;
use crate::print::{Screen, json, plan as view, report};
use piton_host::fleet::{self, ApplyOptions, HostOutcome, HostReport, Target};
use piton_host::session::{Session, SessionError};
use piton_host::system::FaultCode;
use piton_plan::{Aim, HostPlan, Plan};
use piton_reach::{Proven, Shown};
use std::path::{Path, PathBuf};
use std::time::Instant;

type Sessions = Vec<(Target, Result<Session, SessionError>)>;

pub(super) fn run(arguments: &ApplyArguments, screen: &Screen) -> Ended {
    let (file, hosts) = file_and_hosts(&arguments.words);
    let mut ground = Ground::prepare(&arguments.site, "piton apply")?;
    ground.errand.drill = arguments.drill;
    ground.destroy_data = arguments.destroy_data;
    let plan = file.as_deref().map(|file| read(&ground, file)).transpose()?;
    let found = match &plan {
        Some(plan) if plan.site_digest != ground.digest() => SiteFindings::of_plan(&ground.folder, plan)?,
        _ => SiteFindings::of(&ground.folder)?,
    };
    if found.errors().next().is_some() {
        return Err(Failure::findings(&found));
    }
    interrupt::on_interrupt(screen, || match interrupt::is_anything_changed() {
        true => "The hosts are putting back what was not finished; `piton history` shows how far they are.".into(),
        false => "Nothing was changed.".into(),
    });
    if let Some(plan) = plan {
        let survey = saved(&ground, plan, hosts, screen)?;
        return apply(&ground, survey, arguments, false, screen).map(Applied::exit);
    }
    let mut rounds = ROUNDS;
    loop {
        rounds -= 1;
        let survey = plan::make(&ground, hosts, screen)?;
        match apply(&ground, survey, arguments, arguments.wait && rounds > 0, screen)? {
            Applied::Ended(exit) => return Ok(exit),
            Applied::Outdated => screen.say("note: while this waited, somebody else changed the hosts; planning anew"),
        }
    }
}

/// Whoever waits for others may have to plan anew after each; more of them in a row than this are told instead.
const ROUNDS: usize = 5;

/// How carrying out a plan went.
enum Applied {
    Ended(Exit),
    /// Others changed the hosts while this waited for them, and nothing else went wrong.
    Outdated,
}

impl Applied {
    fn exit(self) -> Exit {
        match self {
            Applied::Ended(exit) => exit,
            Applied::Outdated => Exit::Failed,
        }
    }
}

/// Whether all that went wrong is that the plan had become too old.
fn is_outdated(reports: &[HostReport]) -> bool {
    let is_stale =
        |outcome: &HostOutcome| matches!(outcome, HostOutcome::Refused { because } if because.code == FaultCode::Stale);
    let is_fine = |outcome: &HostOutcome| Exit::of(outcome) == Exit::Done || matches!(outcome, HostOutcome::Untouched);
    reports.iter().any(|report| is_stale(&report.outcome))
        && reports.iter().all(|report| is_stale(&report.outcome) || is_fine(&report.outcome))
}

/// The first word is a saved plan when it looks like a file; the others are hosts.
fn file_and_hosts(words: &[String]) -> (Option<PathBuf>, &[String]) {
    match words {
        [first, rest @ ..] if first.contains(['/', '.']) || Path::new(first).is_file() => {
            (Some(PathBuf::from(first)), rest)
        }
        hosts => (None, hosts),
    }
}

fn apply(
    ground: &Ground,
    survey: Survey,
    arguments: &ApplyArguments,
    may_plan_anew: bool,
    screen: &Screen,
) -> Result<Applied, Failure> {
    let plan = &survey.plan;
    if plan.is_empty() {
        return nothing_to_do(survey, screen).map(Applied::Ended);
    }
    if !screen.is_json() {
        screen.answer(plan::words(&survey, screen.width(), arguments.diff));
    }
    let proven = proven(plan, &survey.shown, arguments)?;
    let changes = plan.hosts.iter().any(|host| !host.is_empty());
    if changes && !arguments.yes && !agreed(&survey, arguments, screen)? {
        screen.say("Nothing was changed.");
        return Ok(Applied::Ended(Exit::Done));
    }
    let sessions = lay_images(plan, survey.sessions, ground, screen);
    let options = ApplyOptions {
        stop_on_failure: ground.site.stop_on_failure,
        wait: arguments.wait,
        guard: arguments.guard.guarding(),
    };
    let began = Instant::now();
    let reports = reports(&proven, sessions, &ground.errand, options, screen);
    if may_plan_anew && is_outdated(&reports) {
        return Ok(Applied::Outdated);
    }
    let exit = Exit::of_all(&reports);
    tell(plan, &reports, exit, began, screen);
    note_pins(ground, plan, exit, screen)?;
    // A saved plan knows of hosts that did not answer then; nothing was planned for them.
    Ok(Applied::Ended(exit.worse(plan::left_over(plan))))
}

/// What was pulled now is what everybody pulls from now on. What was put back is nobody's to keep.
fn note_pins(ground: &Ground, plan: &Plan, exit: Exit, screen: &Screen) -> Result<(), Failure> {
    let mut pins = ground.pins.clone();
    if exit == Exit::Done && pins.note(plan)? > 0 {
        screen.say(&format!("{} has what the names of images led to; commit it.", pins.file()));
    }
    Ok(())
}

/// Sends the images that hosts lack, before anything is changed.
fn lay_images(plan: &Plan, sessions: Sessions, ground: &Ground, screen: &Screen) -> Sessions {
    let hosts: Vec<String> = sessions.iter().map(|(target, _)| target.host.clone()).collect();
    let progress = Progress::begin(screen, &hosts, "looking for images");
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    let sent = fleet::lay_images(sessions, plan, &ground.archives, ground.errand.jobs, &|host, sent, of| {
        progress.host(host, &format!("sending images: {} of {} MiB", mib(sent), mib(of)));
    });
    progress.end();
    sent
}

/// The plan as one that may be applied; a refusal is the end, unless somebody says "anyway".
fn proven<'a>(plan: &'a Plan, shown: &[Shown], arguments: &ApplyArguments) -> Result<Proven<'a>, Failure> {
    match arguments.anyway {
        true => Ok(Proven::anyway(plan)),
        false => Proven::of(plan, shown).map_err(|refusals| Failure::reach(&refusals)),
    }
}

/// Carries a plan out and tells how it went.
pub(super) fn carry_out(
    proven: &Proven,
    sessions: Sessions,
    errand: &fleet::Errand,
    options: ApplyOptions,
    screen: &Screen,
) -> Exit {
    let began = Instant::now();
    let reports = reports(proven, sessions, errand, options, screen);
    let exit = Exit::of_all(&reports);
    tell(proven.plan(), &reports, exit, began, screen);
    exit
}

fn reports(
    proven: &Proven,
    sessions: Sessions,
    errand: &fleet::Errand,
    options: ApplyOptions,
    screen: &Screen,
) -> Vec<HostReport> {
    interrupt::hosts_are_changing();
    let hosts: Vec<String> = sessions.iter().map(|(target, _)| target.host.clone()).collect();
    let progress = Progress::begin(screen, &hosts, "beginning");
    let reports = fleet::apply(proven, sessions, errand, options, &|host, event| progress.hear(host, &event));
    progress.end();
    // The summary of what Ctrl-C cut short is that of the thread that heard it.
    interrupt::wait_if_interrupted();
    reports
}

fn tell(plan: &Plan, reports: &[HostReport], exit: Exit, began: Instant, screen: &Screen) {
    match screen.is_json() {
        true => screen.event(&json::applied(&plan.id, reports, exit)),
        false => screen.answer(report::view(reports, began.elapsed(), screen.width())),
    }
}

fn nothing_to_do(survey: Survey, screen: &Screen) -> Ended {
    match screen.is_json() {
        true => screen.event(&json::applied(&survey.plan.id, &[], Exit::Done)),
        false => screen.answer(plan::nothing_to_do(&survey.plan)),
    }
    // Dropped and not closed, as after a plan: a goodbye would cost a round trip for each host.
    Ok(Exit::Done)
}

fn agreed(survey: &Survey, arguments: &ApplyArguments, screen: &Screen) -> Result<bool, Failure> {
    if arguments.no_input || !screen.can_ask() {
        let help = "read the plan, then say `--yes`; or save it with `piton plan --out FILE` and apply that";
        return Err(Failure::usage("nobody is here to agree to the plan", help));
    }
    let plan = &survey.plan;
    loop {
        match screen.ask("Apply this?  [y]es  [n]o  [d]iff  [s]ave  ").as_deref() {
            Some("y" | "yes") => return Ok(true),
            Some("n" | "no" | "") | None => return Ok(false),
            Some("d" | "diff") => screen.answer(view::view(plan, &survey.shown, screen.width(), true)),
            Some("s" | "save") => {
                let path = PathBuf::from(format!("plan-{}.json", plan.short_id()));
                plan::save(plan, &path)?;
                screen.say(&format!("Saved as {}.", path.display()));
            }
            Some(_) => screen.say("Answer with y, n, d or s."),
        }
    }
}

/// Reads a saved plan of this site.
fn read(ground: &Ground, file: &Path) -> Result<Plan, Failure> {
    let text = read_text(file, LARGEST_MADE).map_err(|error| Failure::file("read", file, &error))?;
    let plan = Plan::read(&text, env!("CARGO_PKG_VERSION"))?;
    if plan.site != ground.site.name {
        let what = format!("the plan is for site `{}`, this is site `{}`", plan.site, ground.site.name);
        return Err(Failure::usage(what, "name the site with `--site`"));
    }
    aims_here(ground, &plan)?;
    Ok(plan)
}

/// A plan is carried out on the machines that it was made for, and on no others: neither on a server what was
/// planned for its stand-in, nor at an address that was given to another machine since.
fn aims_here(ground: &Ground, plan: &Plan) -> Result<(), Failure> {
    let refused = |code, what: String, help: &str| Err(Failure::new(Exit::Usage, code, what, help));
    match (plan.aim, ground.aim) {
        (Aim::Lab, Aim::Hosts) => {
            let what = "the plan was made for the lab, not for the real hosts".to_owned();
            return refused(
                "plan/for-the-lab",
                what,
                "say `--lab` as well; or make one for the hosts: `piton plan --out FILE`",
            );
        }
        (Aim::Hosts, Aim::Lab) => {
            let what = "the plan was made for the real hosts, not for the lab".to_owned();
            return refused(
                "plan/for-the-hosts",
                what,
                "leave out `--lab`; or make one for it: `piton plan --lab --out FILE`",
            );
        }
        _ => {}
    }
    for planned in &plan.hosts {
        let now =
            ground.site.hosts.iter().find(|host| host.name == planned.host).map(|host| host.address.value.as_str());
        let made_for = &planned.login.address;
        let what = match now {
            Some(address) if address == made_for => continue,
            Some(address) => {
                format!("the plan was made for {} at {made_for}, and the site has it at {address}", planned.host)
            }
            None => format!("the plan is for {} at {made_for}, and the site has no such host", planned.host),
        };
        return refused("plan/elsewhere", what, "make the plan again, and read it: `piton plan --out FILE`");
    }
    Ok(())
}

/// A saved plan with a session for each of its hosts that has something to do.
fn saved(ground: &Ground, plan: Plan, hosts: &[String], screen: &Screen) -> Result<Survey, Failure> {
    if plan.site_digest != ground.digest() {
        let changed = match plan.aim {
            Aim::Hosts => "the site has",
            Aim::Lab => "the site or its lab has",
        };
        screen.say(&format!("note: {changed} changed since this plan was made; it is applied as it was approved"));
    }
    if let Some(stranger) = hosts.iter().find(|name| !plan.hosts.iter().any(|host| &host.host == *name)) {
        return Err(Failure::usage(format!("the plan has no host `{stranger}`"), "`piton show FILE` names them"));
    }
    let wanted = |host: &&HostPlan| !host.is_empty() && (hosts.is_empty() || hosts.contains(&host.host));
    let targets: Vec<Target> = plan.hosts.iter().filter(wanted).map(|host| way_to(ground, host)).collect();
    let names: Vec<String> = targets.iter().map(|target| target.host.clone()).collect();
    let secrets = unlock(ground, screen)?;
    let progress = Progress::begin(screen, &names, "connecting");
    let greeted = fleet::greet(&targets, &ground.errand, |_| false);
    progress.end();
    let sessions = greeted.into_iter().map(|(host, session)| {
        let steps = plan.hosts.iter().filter(|plan| plan.host == host).flat_map(HostPlan::steps);
        session.and_then(|session| hand_over(session, &secrets, steps.map(|step| &step.resource)))
    });
    let sessions = targets.into_iter().zip(sessions).collect();
    let (sessions, shown) = prove(&plan, sessions, ground.errand.jobs);
    Ok(Survey { plan, sessions, shown, unreached: Vec::new(), interrupted: Vec::new(), unpinned: Vec::new() })
}

/// The plan says how a host is reached afterwards; until then the site's first way may be the one.
fn way_to(ground: &Ground, plan: &HostPlan) -> Target {
    let host = ground.site.hosts.iter().find(|host| host.name == plan.host);
    let first = host.and_then(|host| target(host).first);
    Target { host: plan.host.clone(), login: plan.login.clone(), first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_host::system::Fault;

    #[test]
    fn a_plan_that_others_made_old_is_made_anew_and_no_other_failure_is_passed_over() {
        let report = |outcome| HostReport { host: "one".into(), steps: 1, outcome };
        let refused = |code| report(HostOutcome::Refused { because: Fault::new(code, "no") });
        let kept = || report(HostOutcome::Kept { by: "root@one".into() });
        assert!(is_outdated(&[refused(FaultCode::Stale)]));
        assert!(is_outdated(&[kept(), refused(FaultCode::Stale), report(HostOutcome::Untouched)]));
        assert!(!is_outdated(&[kept()]));
        assert!(!is_outdated(&[refused(FaultCode::Stale), refused(FaultCode::Refused)]));
        assert!(!is_outdated(&[refused(FaultCode::Stale), report(HostOutcome::Reverted { because: "no".into() })]));
    }

    #[test]
    fn a_word_with_a_dot_or_a_slash_is_a_plan() {
        let words = ["plan.json".to_owned(), "observe".to_owned()];
        let (file, hosts) = file_and_hosts(&words);
        assert_eq!((file, hosts), (Some("plan.json".into()), &words[1..]));
        let words = ["observe".to_owned(), "openclaw".to_owned()];
        assert_eq!(file_and_hosts(&words), (None, &words[..]));
    }
}
