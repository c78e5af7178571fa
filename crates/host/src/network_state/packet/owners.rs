//! Whose a chain or a table is: programs that keep their own rules, and change them at any time.

/// How the chains and native tables of programs begin that follow containers, machines or peers.
const PREFIXES: [&str; 12] = [
    "DOCKER", "docker", "KUBE-", "kube-", "CNI-", "cali-", "cilium", "FLANNEL", "NETAVARK", "netavark", "LIBVIRT",
    "libvirt",
];
const MORE: [&str; 4] = ["ts-", "incus", "lxd", "podman"];

pub(super) fn has_owner(name: &str) -> bool {
    PREFIXES.iter().chain(&MORE).any(|prefix| name.starts_with(prefix))
}
