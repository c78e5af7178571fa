//! The example sites, embedded, for `piton init --from NAME`.

/// A site to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    pub name: &'static str,
    /// What it is, in one line.
    pub brief: &'static str,
    /// Paths in the site's folder and their content.
    pub files: &'static [(&'static str, &'static str)],
}

/// Lists the examples; the first one is the one to begin with.
pub fn examples() -> &'static [Example] {
    &[
        Example {
            name: "two-vps",
            brief: "two hardened servers joined by a mesh, with nothing on them yet",
            files: &[("site.toml", include_str!("../../../examples/two-vps/site.toml"))],
        },
        Example {
            name: "two-vps-stack",
            brief: "the same with an agent gateway on one, and on the other what watches it",
            files: &[("site.toml", include_str!("../../../examples/two-vps-stack/site.toml"))],
        },
        Example {
            name: "single-vps",
            brief: "agents, models, workflows and their databases on one server, administered through a VPN",
            files: &[("site.toml", include_str!("../../../examples/single-vps/site.toml"))],
        },
    ]
}
