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
    &[Example {
        name: "two-vps",
        brief: "two hardened servers joined by a mesh",
        files: &[("site.toml", include_str!("../../../examples/two-vps/site.toml"))],
    }]
}
