//! The images that lab hosts boot from, each a fresh server as its distribution's cloud image would be.
//!
//! What goes into one is `recipe`; making one is `build`. An image knows no lab: addresses, keys and the package
//! proxy are written into a host when it is made (`furnish`).

mod build;
mod recipe;

use std::fmt;
use std::str::FromStr;

pub(crate) use build::{IMAGES, build_missing, folder, remove_all};
pub(crate) use recipe::{ARCHIVES, DEBIAN_KEYRING};

use crate::error::LabError;

/// A distribution release that a lab host can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Image {
    Debian12,
    Debian13,
    Ubuntu2204,
    Ubuntu2404,
}

impl Image {
    /// Every image, in the order in which they are offered.
    pub const ALL: [Image; 4] = [Image::Debian12, Image::Debian13, Image::Ubuntu2204, Image::Ubuntu2404];

    /// Returns the name as it is written in a site file.
    pub fn name(self) -> &'static str {
        match self {
            Image::Debian12 => "debian-12",
            Image::Debian13 => "debian-13",
            Image::Ubuntu2204 => "ubuntu-22.04",
            Image::Ubuntu2404 => "ubuntu-24.04",
        }
    }

    /// Returns the user besides root that the distribution's cloud image has.
    pub fn login_user(self) -> &'static str {
        match self {
            Image::Debian12 | Image::Debian13 => "debian",
            Image::Ubuntu2204 | Image::Ubuntu2404 => "ubuntu",
        }
    }
}

impl fmt::Display for Image {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Image {
    type Err = LabError;

    fn from_str(name: &str) -> Result<Self, LabError> {
        Image::ALL.into_iter().find(|image| image.name() == name).ok_or_else(|| LabError::UnknownImage {
            name: name.to_owned(),
            known: Image::ALL.map(Image::name).join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_image_is_found_by_its_name() {
        for image in Image::ALL {
            assert_eq!(image.to_string().parse::<Image>().unwrap(), image);
        }
    }

    #[test]
    fn an_unknown_image_names_the_known_ones() {
        let error = "debian-11".parse::<Image>().unwrap_err().to_string();
        assert_eq!(
            error,
            "there is no image `debian-11`; the images are: debian-12, debian-13, ubuntu-22.04, ubuntu-24.04"
        );
    }
}
