//! `piton apply`: a plan, a question, and exactly that plan.

use super::plan;
use crate::arguments::ApplyArguments;
use crate::checking::SiteFindings;
use crate::errand::{Ground, Survey, hand_over, prove, target, unlock};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::interrupt;
use crate::print::progress::Progress;
use crate::print::{Screen, json, plan as view, report};
use piton_host::fleet::{self, ApplyOptions, HostReport, Target};
use piton_host::session::{Session, SessionError};
use piton_plan::{HostPlan, Plan};
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
    interrupt::on_interrupt(screen, || {
        "The hosts are putting back what was not finished; wait with `piton apply --wait`, or look with `piton history`."
            .into()
    });
    let survey = match plan {
        Some(plan) => saved(&ground, plan, hosts, screen)?,
        None => plan::make(&ground, hosts, screen)?,
    };
    apply(&ground, survey, arguments, screen)
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

fn apply(ground: &Ground, survey: Survey, arguments: &ApplyArguments, screen: &Screen) -> Ended {
    let plan = &survey.plan;
    if plan.is_empty() {
        return nothing_to_do(survey, screen);
    }
    if !screen.is_json() {
        screen.answer(plan::words(&survey, screen.width(), arguments.diff));
    }
    let proven = proven(plan, &survey.shown, arguments)?;
    let changes = plan.hosts.iter().any(|host| !host.is_empty());
    if changes && !arguments.yes && !agreed(&survey, arguments, screen)? {
        screen.say("Nothing was changed.");
        return Ok(Exit::Done);
    }
    let sessions = lay_images(plan, survey.sessions, ground, screen);
    let options = ApplyOptions {
        stop_on_failure: ground.site.stop_on_failure,
        wait: arguments.wait,
        guard: arguments.guard.guarding(),
    };
    let exit = carry_out(&proven, sessions, &ground.errand, options, screen);
    // A saved plan knows of hosts that did not answer then; nothing was planned for them.
    Ok(exit.worse(plan::left_over(plan)))
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
    let plan = proven.plan();
    let began = Instant::now();
    let hosts: Vec<String> = sessions.iter().map(|(target, _)| target.host.clone()).collect();
    let progress = Progress::begin(screen, &hosts, "beginning");
    let reports = fleet::apply(proven, sessions, errand, options, &|host, event| progress.hear(host, &event));
    progress.end();
    // The summary of what Ctrl-C cut short is that of the thread that heard it.
    interrupt::wait_if_interrupted();
    let exit = Exit::of_all(&reports);
    tell(plan, &reports, exit, began, screen);
    exit
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
    let text = std::fs::read_to_string(file).map_err(|error| Failure::file("read", file, &error))?;
    let plan = Plan::read(&text, env!("CARGO_PKG_VERSION"))?;
    if plan.site != ground.site.name {
        let what = format!("the plan is for site `{}`, this is site `{}`", plan.site, ground.site.name);
        return Err(Failure::usage(what, "name the site with `--site`"));
    }
    Ok(plan)
}

/// A saved plan with a session for each of its hosts that has something to do.
fn saved(ground: &Ground, plan: Plan, hosts: &[String], screen: &Screen) -> Result<Survey, Failure> {
    if plan.site_digest != ground.digest() {
        screen.say("note: the site has changed since this plan was made; the plan is applied as it was approved");
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
    Ok(Survey { plan, sessions, shown, unreached: Vec::new(), interrupted: Vec::new() })
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

    #[test]
    fn a_word_with_a_dot_or_a_slash_is_a_plan() {
        let words = ["plan.json".to_owned(), "observe".to_owned()];
        let (file, hosts) = file_and_hosts(&words);
        assert_eq!((file, hosts), (Some("plan.json".into()), &words[1..]));
        let words = ["observe".to_owned(), "openclaw".to_owned()];
        assert_eq!(file_and_hosts(&words), (None, &words[..]));
    }
}
