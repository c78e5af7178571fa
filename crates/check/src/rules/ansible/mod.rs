//! Rules for Ansible and the files around it. One file a rule; `rules/mod.rs` has the list.

pub(super) mod apt_key;
pub(super) mod cfg_callback;
pub(super) mod cfg_host_key;
pub(super) mod cfg_result_format;
pub(super) mod data_dir_owner;
pub(super) mod fact_injected;
pub(super) mod hardening_not_last;
pub(super) mod lint_extra_vars;
pub(super) mod lint_offline;
pub(super) mod lint_unknown_key;
pub(super) mod make_yamllint_dot;
pub(super) mod play_name;
pub(super) mod role_name;
pub(super) mod secret_file_mode;
pub(super) mod secret_plaintext;
pub(super) mod shell_no_bash;
pub(super) mod yamllint_octal;
