//! `[fail2ban]` and `[updates]`: sections whose values stand for themselves.

use crate::layers::View;
use crate::{Fail2ban, Updates};

pub(super) fn fail2ban(view: &View) -> Fail2ban {
    Fail2ban {
        bantime: view.known("bantime"),
        findtime: view.known("findtime"),
        maxretry: view.known("maxretry"),
        backend: view.known("backend"),
        ssh_maxretry: view.known("ssh_maxretry"),
        ssh_bantime: view.known("ssh_bantime"),
        ignore: view.added("ignore"),
    }
}

pub(super) fn updates(view: &View) -> Updates {
    Updates {
        origins: view.known("origins"),
        auto_reboot: view.known("auto_reboot"),
        fix_interrupted: view.known("fix_interrupted"),
        remove_unused_kernels: view.known("remove_unused_kernels"),
        remove_unused_dependencies: view.known("remove_unused_dependencies"),
    }
}
