//! What the lab is doing, told while it does it.
//!
//! The lab prints nothing; whoever calls it turns these into words, a progress bar or JSON.

use std::fmt;
use std::net::Ipv4Addr;
use std::time::Duration;

use crate::image::Image;

/// One step of the lab's work.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    InstallingPackages { packages: Vec<&'static str> },
    BuildingImage { image: Image, stage: BuildStage },
    ImageReady { image: Image, took: Duration },
    BootingHost { host: String, image: Image },
    HostReady { host: String, address: Ipv4Addr, took: Duration },
    MakingContainerImage { reference: String },
    ContainerImageReady { reference: String, took: Duration },
    MakingPrograms { name: &'static str },
    ProgramsReady { name: &'static str, took: Duration },
}

/// How far the making of an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildStage {
    /// Another process makes the same image, or did and is being checked.
    Waiting,
    Packages,
    Furnishing,
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::InstallingPackages { packages } => {
                write!(formatter, "installing {}", packages.join(", "))
            }
            Event::BuildingImage { image, stage } => match stage {
                BuildStage::Waiting => write!(formatter, "image {image}: waiting for its lock"),
                BuildStage::Packages => write!(formatter, "image {image}: installing its packages, about a minute"),
                BuildStage::Furnishing => write!(formatter, "image {image}: setting it up"),
            },
            Event::ImageReady { image, took } => {
                write!(formatter, "image {image}: ready after {:.1} s", took.as_secs_f64())
            }
            Event::BootingHost { host, image } => write!(formatter, "host {host}: booting {image}"),
            Event::MakingContainerImage { reference } => write!(formatter, "{reference}: being made"),
            Event::ContainerImageReady { reference, took } => {
                write!(formatter, "{reference}: ready after {:.1} s", took.as_secs_f64())
            }
            Event::MakingPrograms { name } => {
                write!(formatter, "programs of {name}: being put into a root of their own")
            }
            Event::ProgramsReady { name, took } => {
                write!(formatter, "programs of {name}: ready after {:.1} s", took.as_secs_f64())
            }
            Event::HostReady { host, address, took } => {
                write!(formatter, "host {host}: answers at {address} after {:.1} s", took.as_secs_f64())
            }
        }
    }
}
