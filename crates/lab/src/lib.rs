//! The lab: throwaway hosts, booted for real with systemd, on which a site is rehearsed.
//!
//! A host is an overlay over a cached image, booted by systemd-nspawn on a bridge of the lab's own. It has its own
//! addresses, sshd, firewall, users and services; it shares the machine's kernel and nothing else. This room prints
//! nothing and knows no site: it is told host names and images, and reports through [`Event`]s.
//!
//! Begin with [`Lab`]. What is written where: `record`. What runs: `supervise`. What an image holds: `image`; images of
//! containers: `containers`; programs to ask about files: `programs`. What a lab host cannot do as a server can: the
//! README of this room.

mod cgroup;
mod command;
mod console;
pub mod containers;
mod error;
mod event;
mod files;
mod furnish;
mod image;
mod lab;
mod network;
mod package_cache;
pub mod programs;
mod ready;
mod record;
mod requirements;
mod supervise;

pub use error::LabError;
pub use event::{BuildStage, Event};
pub use image::Image;
pub use lab::{HostSpec, HostState, Lab, LabHost};
pub use supervise::supervise;

/// Capabilities that a server's root has and a lab host's has not, as far as containers ask for them.
pub const MISSING_CAPABILITIES: &[&str] = &["SYSLOG", "SYS_MODULE", "SYS_RAWIO", "SYS_TIME", "SYS_RESOURCE"];

/// Devices that a server has and a lab host has not: the kernel's log is the machine's.
pub const MISSING_DEVICES: &[&str] = &["/dev/kmsg"];

/// Is told each step of the lab's work, from several threads.
pub type Progress<'a> = dyn Fn(Event) + Sync + 'a;
