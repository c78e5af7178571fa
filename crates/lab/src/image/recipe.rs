//! What goes into each image, as data.
//!
//! The digest of a recipe names the image made from it, so a changed recipe is a new image. Nothing is done here;
//! `build` follows the recipe.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Image;

/// The package archives that images and hosts use; the lab's package cache forwards to these and no others.
pub(crate) const ARCHIVES: [&str; 3] = [DEBIAN, UBUNTU, UBUNTU_SECURITY];

const DEBIAN: &str = "deb.debian.org";
const UBUNTU: &str = "archive.ubuntu.com";
const UBUNTU_SECURITY: &str = "security.ubuntu.com";

/// The Ubuntu Archive Automatic Signing Key (2018), F6ECB3762474EDA9D21B7022871920D1991BC93C.
///
/// Debian has no package with Ubuntu's keys, and a key fetched together with what it signs proves nothing, so it is
/// kept here. `gpg --show-keys --with-fingerprint` on the file shows the fingerprint, which Ubuntu publishes.
pub(super) const UBUNTU_KEY: &str = include_str!("ubuntu-archive-key.asc");

/// Where Debian's own package puts the keys of its archive.
pub(crate) const DEBIAN_KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Raised by hand when `build` does something else with the same recipe.
const BUILD_REVISION: u32 = 1;

/// A fresh server has these before anyone touches it. What piton installs by itself (ufw, fail2ban, Docker,
/// unattended-upgrades, wireguard-tools) is left out on purpose.
const PACKAGES: &[&str] = &[
    "systemd",
    "systemd-sysv",
    "systemd-timesyncd",
    "dbus",
    "libpam-systemd",
    "openssh-server",
    "iproute2",
    "iputils-ping",
    "procps",
    "python3",
    "python3-apt",
    "sudo",
    "ca-certificates",
    "curl",
    "cron",
    "kmod",
    "less",
    "logrotate",
    "netcat-openbsd",
    "nftables",
    "gnupg",
    "tzdata",
    // Not in a cloud image, but wg-quick falls back to it where the machine's kernel has no WireGuard.
    "wireguard-go",
];

/// These wait for, or drive, hardware that a host in a container does not have.
const MASKED_UNITS: &[&str] = &[
    "console-getty.service",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty@tty1.service",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "systemd-binfmt.service",
    "systemd-networkd-wait-online.service",
    "systemd-udevd-control.socket",
    "systemd-udevd-kernel.socket",
    "systemd-udevd.service",
];

/// Settings of the machine's kernel for which every host gets a stand-in of its own (see the README of this room).
const STAND_INS: &[&str] = &[
    "fs/inotify/max_user_instances",
    "fs/inotify/max_user_watches",
    "fs/protected_fifos",
    "fs/protected_hardlinks",
    "fs/protected_regular",
    "fs/protected_symlinks",
    "fs/suid_dumpable",
    "kernel/core_uses_pid",
    "kernel/dmesg_restrict",
    "kernel/kexec_load_disabled",
    "kernel/kptr_restrict",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/perf_event_paranoid",
    "kernel/pid_max",
    "kernel/printk",
    "kernel/randomize_va_space",
    "kernel/sysrq",
    "kernel/threads-max",
    "kernel/unprivileged_bpf_disabled",
    "kernel/unprivileged_userns_clone",
    "kernel/yama/ptrace_scope",
    // Of `net`, these few are the same in every network namespace, and read-only in all but the machine's.
    "net/core/rmem_default",
    "net/core/rmem_max",
    "net/core/wmem_default",
    "net/core/wmem_max",
    "net/netfilter/nf_conntrack_max",
    "vm/dirty_background_ratio",
    "vm/dirty_ratio",
    "vm/max_map_count",
    "vm/mmap_min_addr",
    "vm/overcommit_memory",
    "vm/swappiness",
    "vm/vfs_cache_pressure",
];

const STAND_IN_LIST: &str = "/usr/lib/piton-lab/stand-ins";

/// Copies each setting's present value and puts the copy over it, afresh at every boot as a kernel's would be.
const STAND_IN_SCRIPT: &str = "#!/bin/sh
# kernel.*, vm.* and fs.* belong to the machine that this lab host runs on. Each file here stands in for one of them,
# so that this host can set it without changing the machine.
set -u
copies=/run/piton-lab/sysctl
while read -r setting; do
    [ -f \"/proc/sys/$setting\" ] || continue
    mkdir -p \"$copies/${setting%/*}\"
    cat \"/proc/sys/$setting\" > \"$copies/$setting\" || continue
    mount --bind \"$copies/$setting\" \"/proc/sys/$setting\"
done < /usr/lib/piton-lab/stand-ins
";

const STAND_IN_UNIT: &str = "[Unit]
Description=Stand-ins for kernel settings that belong to the machine under this lab host
DefaultDependencies=no
Before=systemd-sysctl.service sysinit.target
ConditionVirtualization=container

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/lib/piton-lab/stand-in

[Install]
WantedBy=sysinit.target
";

/// A mirror behind a cache may be older than its signature allows, and a large package takes a while to arrive.
pub(super) const APT_SETTINGS: &str = "Acquire::Check-Valid-Until \"false\";\nAcquire::http::Timeout \"300\";\n";

/// A lab host runs on the machine's kernel; packages that recommend one would each take a minute for nothing.
const NO_KERNELS: &str = "Package: linux-image-* linux-headers-* linux-modules-* initramfs-tools dracut
Pin: release *
Pin-Priority: -1
";

/// Where the stand-in package of the next constant lies in an image.
pub(super) const KERNEL_PACKAGE: &str = "/usr/lib/piton-lab/kernel-package";

/// A server's kernel package says that it brings WireGuard, and Debian's `wireguard` cannot be installed without one.
/// This stands in for it, as wireguard-go stands in for the module.
const KERNEL_PACKAGE_CONTROL: &str = "Package: piton-lab-kernel
Version: 1.0
Architecture: all
Maintainer: piton lab <root@localhost>
Provides: wireguard-modules (= 1.0.20211208)
Description: stand-in for the kernel package of a server
 Lab hosts run on the kernel of the machine under them.
";

/// All that decides how an image turns out.
#[derive(Serialize)]
pub(super) struct Recipe {
    build_revision: u32,
    pub(super) suite: &'static str,
    pub(super) components: &'static str,
    pub(super) sources: Vec<String>,
    pub(super) ubuntu_key: Option<&'static str>,
    pub(super) packages: Vec<&'static str>,
    pub(super) login_user: &'static str,
    pub(super) enabled_units: Vec<&'static str>,
    pub(super) masked_units: Vec<&'static str>,
    pub(super) files: Vec<ImageFile>,
}

/// One file that is written into an image after its packages.
#[derive(Serialize)]
pub(super) struct ImageFile {
    pub(super) path: &'static str,
    pub(super) mode: u32,
    pub(super) content: String,
}

impl Recipe {
    pub(super) fn of(image: Image) -> Recipe {
        let mut recipe = match image {
            Image::Debian12 => debian("bookworm"),
            Image::Debian13 => debian("trixie"),
            Image::Ubuntu2204 => ubuntu("jammy"),
            Image::Ubuntu2404 => ubuntu("noble"),
        };
        if recipe.ubuntu_key.is_some() {
            // Debian has apt in its base by priority, and no syslog daemon: fail2ban's `auth.log` exists on one only.
            recipe.packages.extend(["apt", "adduser", "rsyslog"]);
        }
        if image == Image::Ubuntu2204 {
            // Its package puts the program under another name than the one that wg-quick falls back to.
            recipe.files.push(ImageFile {
                path: "/usr/local/bin/wireguard-go",
                mode: 0o755,
                content: "#!/bin/sh\nexec wireguard \"$@\"\n".to_owned(),
            });
        }
        if image == Image::Ubuntu2404 {
            // Part of the systemd package up to 22.04.
            recipe.packages.push("systemd-resolved");
        }
        recipe.login_user = image.login_user();
        recipe.files.push(ImageFile {
            path: "/etc/sudoers.d/90-cloud-init-users",
            mode: 0o440,
            content: format!("{} ALL=(ALL) NOPASSWD:ALL\n", recipe.login_user),
        });
        recipe
    }

    /// Returns the name of what this recipe makes: the same recipe, the same name.
    pub(super) fn digest(&self) -> String {
        // Serialising plain strings and numbers cannot fail; were it to, the empty recipe would still be one name.
        let text = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(&text).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }
}

fn debian(suite: &'static str) -> Recipe {
    Recipe {
        components: "main",
        sources: vec![
            format!("deb http://{DEBIAN}/debian {suite} main"),
            format!("deb http://{DEBIAN}/debian {suite}-updates main"),
            format!("deb http://{DEBIAN}/debian-security {suite}-security main"),
        ],
        ..bare(suite)
    }
}

fn ubuntu(suite: &'static str) -> Recipe {
    let mut recipe = Recipe {
        components: "main,universe",
        sources: vec![
            format!("deb http://{UBUNTU}/ubuntu {suite} main universe"),
            format!("deb http://{UBUNTU}/ubuntu {suite}-updates main universe"),
            format!("deb http://{UBUNTU_SECURITY}/ubuntu {suite}-security main universe"),
        ],
        ubuntu_key: Some(UBUNTU_KEY),
        ..bare(suite)
    };
    // A well-known trap of real cloud images: sshd takes the first value it reads, so the first of these two holds, and
    // holds against an administrator's `60-hardening.conf` as well.
    for (path, content) in [
        ("/etc/ssh/sshd_config.d/50-cloud-init.conf", "PasswordAuthentication yes\n"),
        ("/etc/ssh/sshd_config.d/60-cloudimg-settings.conf", "PasswordAuthentication no\n"),
    ] {
        recipe.files.push(ImageFile { path, mode: 0o600, content: content.to_owned() });
    }
    recipe
}

fn bare(suite: &'static str) -> Recipe {
    let file = |path, mode, content: &str| ImageFile { path, mode, content: content.to_owned() };
    Recipe {
        build_revision: BUILD_REVISION,
        suite,
        components: "",
        sources: Vec::new(),
        ubuntu_key: None,
        packages: PACKAGES.to_vec(),
        login_user: "",
        enabled_units: vec!["systemd-networkd.service", "piton-lab-stand-ins.service"],
        masked_units: MASKED_UNITS.to_vec(),
        files: vec![
            file("/etc/apt/apt.conf.d/80-piton-lab", 0o644, APT_SETTINGS),
            file("/etc/apt/preferences.d/piton-lab", 0o644, NO_KERNELS),
            file("/usr/lib/piton-lab/kernel-package/DEBIAN/control", 0o644, KERNEL_PACKAGE_CONTROL),
            file("/etc/systemd/system/piton-lab-stand-ins.service", 0o644, STAND_IN_UNIT),
            file("/usr/lib/piton-lab/stand-in", 0o755, STAND_IN_SCRIPT),
            file(STAND_IN_LIST, 0o644, &(STAND_INS.join("\n") + "\n")),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_has_one_digest_and_every_image_its_own() {
        let digests = Image::ALL.map(|image| Recipe::of(image).digest());
        assert_eq!(digests, Image::ALL.map(|image| Recipe::of(image).digest()));
        for (place, digest) in digests.iter().enumerate() {
            assert_eq!(digest.len(), 12);
            assert!(!digests[..place].contains(digest));
        }
    }

    #[test]
    fn a_changed_recipe_has_another_digest() {
        let mut recipe = Recipe::of(Image::Debian12);
        let before = recipe.digest();
        recipe.files[0].mode = 0o600;
        assert_ne!(recipe.digest(), before);
    }

    #[test]
    fn what_piton_installs_is_not_there_beforehand() {
        for image in Image::ALL {
            let recipe = Recipe::of(image);
            for package in ["ufw", "fail2ban", "docker.io", "wireguard-tools", "unattended-upgrades"] {
                assert!(!recipe.packages.contains(&package), "{image} has {package}");
            }
        }
    }

    #[test]
    fn the_ubuntu_key_is_the_one_that_was_reviewed() {
        let digest: String = Sha256::digest(UBUNTU_KEY).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "2a3cc57ab6b47626b496a101c29af6dfe54d54d03d613f2326b9f2a30a15c39b");
    }

    #[test]
    fn every_source_is_an_archive_that_the_package_cache_forwards_to() {
        for image in Image::ALL {
            for source in Recipe::of(image).sources {
                assert!(ARCHIVES.iter().any(|archive| source.contains(&format!("//{archive}/"))), "{source}");
            }
        }
    }
}
