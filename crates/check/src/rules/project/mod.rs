//! Rules that need several files at once. One file a rule; `rules/mod.rs` has the list.

pub(super) mod ci_action_branch;
pub(super) mod ci_build_image;
pub(super) mod ci_forgejo_port;
pub(super) mod ci_template_injection;
pub(super) mod f2b_ssh_port_mismatch;
pub(super) mod lxd_ci_runner_disk_mount;
pub(super) mod lxd_privileged;
pub(super) mod network_not_external;
pub(super) mod sshd_port_not_in_firewall;
pub(super) mod ufw_wireguard_port;
pub(super) mod wg_listen_port_mismatch;

use piton_config::read::Document;

/// The folder that stands for the host of a file, to find what belongs to it; none for the top, where
/// files of many hosts may lie.
fn host_folder(document: &Document) -> Option<String> {
    let folder = document.folder();
    let folder = folder.strip_suffix("sshd_config.d").unwrap_or(folder).trim_end_matches('/');
    let top = folder.trim_end_matches("/ssh").trim_end_matches("/etc");
    (!top.is_empty() && top != "ssh" && top != "etc").then(|| format!("{top}/"))
}
