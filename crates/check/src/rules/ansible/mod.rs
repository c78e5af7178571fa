//! Rules for Ansible and the files around it. One file a rule; `rules/mod.rs` has the list.

pub(super) mod apt_key;
pub(super) mod cfg_callback;
pub(super) mod cfg_result_format;
pub(super) mod lint_offline;
pub(super) mod lint_unknown_key;
pub(super) mod make_yamllint_dot;
pub(super) mod play_name;
pub(super) mod role_name;
pub(super) mod secret_file_mode;
pub(super) mod secret_plaintext;
pub(super) mod yamllint_octal;
