//! Addresses that one program is given of another one, and localhost, which in a container is the container itself.

/// Host and port of an address with or without a scheme; the host is empty where only the port is written.
pub(crate) fn host_and_port(address: &str) -> Option<(&str, u16)> {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, port) = bare.rsplit_once(':')?;
    let is_host = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_[]:".contains(&byte));
    Some((host, port.split('/').next()?.parse().ok()?)).filter(|_| is_host)
}

pub(crate) fn is_localhost(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// What to write in a container's file instead of localhost.
pub(crate) const BY_NAME: &str =
    "the service by its name; a program on the host by host.docker.internal, with `extra_hosts`";
