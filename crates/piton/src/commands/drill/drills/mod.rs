//! The drills, a file each, in the order of their numbers. One line here makes a drill known.

use super::{Drill, Edit, How, Must, Places, Trouble};

macro_rules! drills {
    ($($file:ident),+ $(,)?) => {
        $(mod $file;)+
        pub(super) static ALL: &[&Drill] = &[$(&$file::DRILL),+];
    };
}

drills! {
    new_port_no_rule,
    deny_all_no_ssh,
    allow_wrong_user,
    root_off_no_admin,
    listen_on_mesh_only,
    vpn_only_too_early,
    keys_replaced,
    subnet_overlap,
    filter_before_port,
    syntax_error,
    no_common_cipher,
    pam_broken,
    home_permissions,
    shell_nologin,
    sudo_broken,
    drop_established,
    loopback_drop,
    self_ban,
    agent_killed,
    controller_killed,
    reboot_midway,
    power_cut,
    cut_before_confirm,
    clock_jump,
    disk_full,
    two_controllers,
}

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
