//! Rules for shell scripts, and for the commands in other files. One file a rule; `rules/mod.rs` has the list.

pub(super) mod agent_skip_permissions;
pub(super) mod apt_transport_https;
pub(super) mod dig;
pub(super) mod docker_build_devnull;
pub(super) mod docker_commit;
pub(super) mod firewall_flush;
pub(super) mod fw_not_persisted;
pub(super) mod insecure_tls;
pub(super) mod lxd_forward;
pub(super) mod make_apply;
pub(super) mod n8n_exec_curl;
pub(super) mod n8n_login;
pub(super) mod patch_no_trap;
pub(super) mod rm_unset;
pub(super) mod sed_insert_continuation;
pub(super) mod ssh_restart_before_ufw;
pub(super) mod ssh_service_name;
pub(super) mod tmp_mode;
pub(super) mod vault_ttl;
