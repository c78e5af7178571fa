//! Kernel parameters, under /proc/sys.

use super::{Fault, FaultCode, System};
use rustix::io::Errno;
use std::fs::File;
use std::io::Write;

impl System {
    /// The live value of a parameter, its blanks made single spaces; none if this kernel lacks it.
    pub fn sysctl(&self, name: &str) -> Result<Option<String>, Fault> {
        match self.read_text(&path(name)?) {
            Ok(value) => Ok(value.as_deref().map(normal)),
            // Some can only be written (`net.ipv4.route.flush`).
            Err(fault) if fault.code == FaultCode::NotPermitted => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Sets the live value of a parameter.
    pub fn set_sysctl(&self, name: &str, value: &str) -> Result<(), Fault> {
        let place = self.path(&path(name)?);
        // One write, since the kernel takes each as a whole value.
        let written = File::options().write(true).open(&place).and_then(|mut file| file.write_all(value.as_bytes()));
        written.map_err(|error| {
            let what = format!("cannot set the kernel parameter {name} to `{value}`");
            match error.raw_os_error().map(Errno::from_raw_os_error) {
                Some(Errno::NOENT) => Fault::new(FaultCode::Unsupported, what)
                    .because("this kernel does not have it")
                    .help("load the module that brings it, or take it out of the site"),
                Some(Errno::ROFS | Errno::ACCESS | Errno::PERM) => Fault::new(FaultCode::Unsupported, what)
                    .because(error)
                    .help("in a container it is the parent's to set: take it out of the site for this host"),
                Some(Errno::INVAL) => {
                    Fault::new(FaultCode::Refused, what).because("the kernel does not take this value")
                }
                _ => Fault::new(FaultCode::FileSystem, what).because(error),
            }
        })
    }
}

/// A value as it is compared: the kernel writes tabs where people write spaces.
pub(crate) fn normal(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a parameter lies. As for sysctl(8), whichever of `.` and `/` comes first separates, and
/// the other stands for a dot in a name: `net.ipv4.conf.eth0/100.forwarding`.
pub(crate) fn path(name: &str) -> Result<String, Fault> {
    let slash_first = name.chars().find(|letter| matches!(letter, '.' | '/')) == Some('/');
    let swapped = |letter: char| match letter {
        '.' => '/',
        '/' => '.',
        other => other,
    };
    let path = if slash_first { name.to_owned() } else { name.chars().map(swapped).collect() };
    match path.split('/').all(|part| !part.is_empty() && part != "..") {
        true => Ok(format!("/proc/sys/{path}")),
        false => Err(Fault::new(FaultCode::Unsupported, format!("`{name}` is not the name of a kernel parameter"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_where_sysctl_finds_them() {
        assert_eq!(path("net.ipv4.ip_forward").unwrap(), "/proc/sys/net/ipv4/ip_forward");
        assert_eq!(path("net.ipv4.conf.eth0/100.forwarding").unwrap(), "/proc/sys/net/ipv4/conf/eth0.100/forwarding");
        assert_eq!(path("net/ipv4/conf/eth0.100/forwarding").unwrap(), "/proc/sys/net/ipv4/conf/eth0.100/forwarding");
        assert_eq!(path("net/ipv4/ip_forward").unwrap(), "/proc/sys/net/ipv4/ip_forward");
        assert!(path("net...ipv4").is_err());
        assert!(path("../etc/x").is_err());
    }

    #[test]
    fn blanks_in_values_do_not_matter() {
        assert_eq!(normal("4096\t131072\t6291456\n"), "4096 131072 6291456");
    }
}
