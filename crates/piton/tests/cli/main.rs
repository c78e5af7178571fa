//! piton as a person or a script meets it: the built program, on temporary folders, without hosts.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

mod bench;
mod check;
mod check_files;
mod check_fix;
mod demo;
mod editor;
mod gate;
mod gate_run;
mod help;
mod init;
mod interrupt;
mod plan_file;
mod ports;
mod secrets;
mod site;
