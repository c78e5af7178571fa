//! piton as a person or a script meets it: the built program, on temporary folders, without hosts.

mod bench;
mod demo;
mod help;
mod init;
mod interrupt;
mod plan_file;
mod site;
