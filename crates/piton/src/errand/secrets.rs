//! The values that hosts need, opened once for a run, and handed to each host only as far as its stacks have marks of.
//!
//! A lab has secrets of its own, made on the spot and sealed to the lab's key: a rehearsal never sees the real ones.

use super::Ground;
use crate::commands::made_for;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Screen;
use crate::sealed_file::{NAME, SealedFile};
use piton_catalog::{NeededSecret, secret_needs};
use piton_config::Problem;
use piton_host::session::{Session, SessionError};
use piton_host::system::SecretValues;
use piton_plan::Resource;
use piton_plan::stack::Made;
use piton_secrets::Secrets;
use std::path::PathBuf;

/// With what the secrets of a run are opened.
pub(crate) enum Unlocking {
    /// The operator's private keys, or the usual ones where none is named.
    Operator(Vec<PathBuf>),
    /// The key that the lab made.
    Lab { key: PathBuf },
}

/// Every secret that the site needs; one that is missing is an error at the line that needs it.
pub(crate) fn unlock(ground: &Ground, screen: &Screen) -> Result<Secrets, Failure> {
    if ground.site.services.is_empty() {
        return Ok(Secrets::default());
    }
    let needs = secret_needs(&ground.site).map_err(|found| ground.folder.explain(Failure::catalog(found)))?;
    if needs.is_empty() {
        return Ok(Secrets::default());
    }
    let secrets = match &ground.unlocking {
        Unlocking::Operator(identity) => SealedFile::of(&ground.folder, identity, screen)?.read()?,
        Unlocking::Lab { key } => of_lab(key.with_file_name(NAME), key, &needs)?,
    };
    let missing: Vec<Problem> = needs.iter().filter(|it| is_missing(it, &secrets)).map(problem).collect();
    match missing.is_empty() {
        true => Ok(secrets),
        false => Err(ground.folder.explain(Failure::of(Exit::Usage, missing))),
    }
}

/// What is not there is made, also what in earnest only the operator can give, and what could be left out: a rehearsal is
/// there to try it all.
fn of_lab(path: PathBuf, key: &std::path::Path, needs: &[NeededSecret]) -> Result<Secrets, Failure> {
    let file = SealedFile::of_lab(path, key)?;
    let before = file.read()?;
    let mut secrets = before.clone();
    for needed in needs.iter().filter(|it| before.get(&it.need.name).is_none()) {
        let made = if needed.need.made == Made::ByOperator { Made::Password } else { needed.need.made };
        made_for(&needed.need.name, made, &mut secrets)?;
    }
    if secrets != before {
        file.write(&secrets)?;
    }
    Ok(secrets)
}

fn is_missing(needed: &NeededSecret, secrets: &Secrets) -> bool {
    !needed.need.optional && secrets.get(&needed.need.name).is_none()
}

fn problem(needed: &NeededSecret) -> Problem {
    let need = &needed.need;
    let help = match need.made {
        Made::ByOperator => format!("`piton secrets set {}` takes it from stdin", need.name),
        _ => "`piton secrets generate` makes it".to_owned(),
    };
    let what = format!("the secret `{}` is not set", need.name);
    Problem::new("secrets/missing", what).at(&needed.origin, "needs it").note(need.about.clone()).help(help)
}

/// Hands a host the values that the stacks among these resources have marks of.
pub(crate) fn hand_over<'a>(
    mut session: Session,
    secrets: &Secrets,
    resources: impl Iterator<Item = &'a Resource>,
) -> Result<Session, SessionError> {
    let mut values = SecretValues::default();
    for resource in resources {
        let Resource::Stack(stack) = resource else { continue };
        for need in &stack.secrets {
            // One that may be missing reads as empty.
            values.insert(&need.name, secrets.get(&need.name).map_or("", |value| value.reveal()));
        }
    }
    if !values.is_empty() {
        session.give(values)?;
    }
    Ok(session)
}
