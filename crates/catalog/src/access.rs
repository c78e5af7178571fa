//! `[access]`: the admin, who gets in by key and becomes root, and the service user, who owns the
//! applications and can do neither.
//!
//! Users of the site's own are `extras.rs`'s; who may log in at all is `ssh.rs`'s AllowUsers.

use crate::context::Context;
use crate::docker;
use piton_config::Access;
use piton_plan::kind::{AuthorizedKeys, Sudoers, User};
use piton_plan::{Mode, Resource};
use std::collections::BTreeSet;

/// Memberships that are as good as root. `docker` is one too, but there are service users that
/// run containers by hand; who is in that group is `docker.users`' to say.
const ROOT_GROUPS: [&str; 7] = ["admin", "disk", "lxd", "root", "shadow", "sudo", "wheel"];

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let Some(access) = &context.settings().access else { return Vec::new() };
    let mut wanted = vec![admin(context, access).into(), sudo_without_password(&access.admin).into()];
    if !access.keys.is_empty() {
        wanted.push(keys(access).into());
    }
    wanted.extend(access.service.as_ref().map(|name| service(context, access, name).into()));
    wanted
}

fn admin(context: &Context, access: &Access) -> User {
    User {
        name: access.admin.value.clone(),
        uid: None,
        shell: "/bin/bash".into(),
        home: home(&access.admin),
        home_mode: Mode(0o750),
        groups: docker::groups(context, &access.admin),
        forbidden_groups: docker::forbidden_groups(context, &access.admin),
    }
}

/// The service user has a shell, since applications are tended by `sudo su - NAME`; without a key,
/// a password and a place in AllowUsers it is no way in.
fn service(context: &Context, access: &Access, name: &str) -> User {
    let mut forbidden_groups: BTreeSet<String> = ROOT_GROUPS.map(str::to_owned).into();
    forbidden_groups.extend(docker::forbidden_groups(context, name));
    User {
        name: name.to_owned(),
        uid: None,
        shell: "/bin/bash".into(),
        home: home(name),
        home_mode: Mode(*access.service_home_mode),
        groups: docker::groups(context, name),
        forbidden_groups,
    }
}

fn keys(access: &Access) -> AuthorizedKeys {
    AuthorizedKeys {
        user: access.admin.value.clone(),
        home: home(&access.admin),
        keys: access.keys.iter().map(|key| key.value.clone()).collect(),
        exclusive: *access.exclusive_keys,
    }
}

fn home(user: &str) -> String {
    format!("/home/{user}")
}

/// Lets a user become root without a password: it has none, it logs in by key.
pub(crate) fn sudo_without_password(user: &str) -> Sudoers {
    sudo(user, &[format!("{user} ALL=(ALL) NOPASSWD:ALL")])
}

/// A user's file under /etc/sudoers.d.
pub(crate) fn sudo(user: &str, lines: &[String]) -> Sudoers {
    Sudoers { name: format!("90-piton-{user}"), content: lines.iter().map(|line| format!("{line}\n")).collect() }
}
