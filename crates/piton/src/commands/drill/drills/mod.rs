//! The drills, a file each. One line in the list makes a drill known.

mod agent_killed;
mod allow_wrong_user;
mod allowed_ips_hijack;
mod clock_jump;
mod controller_killed;
mod cut_before_confirm;
mod default_route_gone;
mod deny_all_no_ssh;
mod disk_full;
mod drop_established;
mod files_not_in_force;
mod filter_before_port;
mod filter_flushed;
mod filter_taken_along;
mod foreign_filter;
mod health_gate;
mod home_permissions;
mod keys_replaced;
mod listen_on_mesh_only;
mod loopback_drop;
mod new_port_no_rule;
mod next_boot;
mod no_common_cipher;
mod own_folder_gone;
mod pam_broken;
mod power_cut;
mod profile_ends;
mod reboot_midway;
mod root_off_no_admin;
mod self_ban;
mod shell_nologin;
mod socket_forgotten;
mod subnet_overlap;
mod sudo_broken;
mod syntax_error;
mod two_controllers;
mod vpn_only_too_early;

use super::{Drill, Edit, How, Must, Places, Trouble};

/// In the order of their numbers.
pub(super) static ALL: &[&Drill] = &[
    &new_port_no_rule::DRILL,
    &deny_all_no_ssh::DRILL,
    &allow_wrong_user::DRILL,
    &root_off_no_admin::DRILL,
    &listen_on_mesh_only::DRILL,
    &vpn_only_too_early::DRILL,
    &keys_replaced::DRILL,
    &subnet_overlap::DRILL,
    &allowed_ips_hijack::DRILL,
    &filter_before_port::DRILL,
    &socket_forgotten::DRILL,
    &syntax_error::DRILL,
    &no_common_cipher::DRILL,
    &pam_broken::DRILL,
    &home_permissions::DRILL,
    &shell_nologin::DRILL,
    &sudo_broken::DRILL,
    &default_route_gone::DRILL,
    &drop_established::DRILL,
    &loopback_drop::DRILL,
    &self_ban::DRILL,
    &agent_killed::DRILL,
    &controller_killed::DRILL,
    &reboot_midway::DRILL,
    &power_cut::DRILL,
    &cut_before_confirm::DRILL,
    &clock_jump::DRILL,
    &disk_full::DRILL,
    &two_controllers::DRILL,
    &health_gate::DRILL,
    &foreign_filter::DRILL,
    &filter_flushed::DRILL,
    &filter_taken_along::DRILL,
    &next_boot::DRILL,
    &own_folder_gone::DRILL,
    &profile_ends::DRILL,
    &files_not_in_force::DRILL,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_listed_under_its_own_name_and_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands/drill/drills");
        let files = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name());
        let names = files.filter_map(|name| name.to_str()?.strip_suffix(".rs").map(|name| name.replace('_', "-")));
        let mut files: Vec<String> = names.filter(|name| name != "mod").collect();
        files.sort();
        let mut listed: Vec<String> = ALL.iter().map(|drill| drill.name.to_owned()).collect();
        listed.sort();
        assert_eq!(files, listed);
        assert!(ALL.windows(2).all(|pair| pair[0].number < pair[1].number));
    }
}
