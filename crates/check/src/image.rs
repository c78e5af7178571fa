//! Image names taken apart, and versions compared.

use std::cmp::Ordering;

/// `ghcr.io/openclaw/openclaw:2026.2.17` in its parts, after variables were put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// Without registry where that is Docker Hub, without `library/`: `postgres`, `grafana/loki`.
    pub(crate) repository: String,
    pub(crate) tag: Option<String>,
    pub(crate) has_digest: bool,
    /// A variable in it has no value that piton can see.
    pub(crate) is_open: bool,
}

impl Image {
    pub(crate) fn parse(text: &str) -> Option<Image> {
        let text = text.trim();
        if text.is_empty() || text.contains(char::is_whitespace) {
            return None;
        }
        let is_open = text.contains('$') || text.contains("{{");
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let last = name.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match name[last..].find(':').map(|colon| last + colon) {
            Some(colon) => (&name[..colon], Some(name[colon + 1..].to_owned())),
            None => (name, None),
        };
        let mut repository = repository.to_ascii_lowercase();
        for prefix in ["docker.io/", "index.docker.io/", "registry-1.docker.io/", "library/"] {
            if let Some(rest) = repository.strip_prefix(prefix) {
                repository = rest.to_owned();
            }
        }
        Some(Image { repository, tag, has_digest: digest.is_some(), is_open })
    }

    /// The version that the tag names; none for `latest`, `main` and the like.
    pub(crate) fn version(&self) -> Option<Version> {
        Version::of_tag(self.tag.as_deref()?)
    }

    /// Says that the tag names no version: what runs is whatever is newest when it is pulled.
    pub(crate) fn is_moving(&self) -> bool {
        let moving = |tag: &str| {
            matches!(tag, "latest" | "stable" | "main" | "master" | "edge" | "nightly" | "dev" | "next" | "beta")
        };
        !self.is_open && !self.has_digest && self.tag.as_deref().is_none_or(moving)
    }
}

/// A version as numbers; `3.6` stands for whatever 3.6 there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version(Vec<u64>);

impl Version {
    /// `18-alpine`, `v3.6.5`, `pg17`, `2026.2.17-1`, `8.0.6-bookworm`.
    pub(crate) fn of_tag(tag: &str) -> Option<Version> {
        let tag = tag.strip_prefix("pg").or_else(|| tag.strip_prefix("main-")).unwrap_or(tag);
        let tag = tag.strip_prefix("latest-pg").unwrap_or(tag);
        let tag = tag.trim_start_matches(['v', 'V']);
        let end = tag.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(tag.len());
        let numbers: Option<Vec<u64>> =
            tag[..end].trim_end_matches('.').split('.').map(|part| part.parse().ok()).collect();
        // A run of hexadecimal letters is a commit, not a version.
        let is_commit = end < tag.len() && tag[end..].starts_with(|letter: char| letter.is_ascii_alphanumeric());
        numbers.filter(|numbers| !numbers.is_empty() && !is_commit).map(Version)
    }

    pub(crate) fn major(&self) -> u64 {
        self.0.first().copied().unwrap_or(0)
    }

    /// Whether this version is surely at least the other: `3` is not surely 3.6.
    pub(crate) fn at_least(&self, other: &str) -> bool {
        self.compare(other).is_some_and(Ordering::is_ge)
    }

    /// Whether this version is surely below the other.
    pub(crate) fn below(&self, other: &str) -> bool {
        self.compare(other).is_some_and(Ordering::is_lt)
    }

    /// None where the shorter one leaves it open.
    fn compare(&self, other: &str) -> Option<Ordering> {
        let other = Version::of_tag(other)?;
        for position in 0..other.0.len() {
            let mine = self.0.get(position)?;
            match mine.cmp(&other.0[position]) {
                Ordering::Equal => {}
                unequal => return Some(unequal),
            }
        }
        Some(Ordering::Equal)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u64::to_string).collect();
        formatter.write_str(&numbers.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let image = Image::parse("docker.io/library/postgres:18-alpine").unwrap();
        assert_eq!((image.repository.as_str(), image.tag.as_deref()), ("postgres", Some("18-alpine")));
        let image = Image::parse("registry:5000/team/app").unwrap();
        assert_eq!((image.repository.as_str(), image.tag), ("registry:5000/team/app", None));
        assert!(Image::parse("redis@sha256:abc").unwrap().has_digest);
        assert!(Image::parse("redis:${TAG}").unwrap().is_open);
    }

    #[test]
    fn versions_are_compared_only_as_far_as_they_go() {
        let version = |tag: &str| Version::of_tag(tag);
        assert!(version("v3.6.5").unwrap().at_least("3.6.0"));
        assert!(!version("3").unwrap().at_least("3.6.0"));
        assert!(!version("3").unwrap().below("3.6.0"));
        assert!(version("2.9.4").unwrap().below("2.10"));
        assert_eq!(version("pg17").unwrap().major(), 17);
        assert_eq!(version("latest"), None);
        assert_eq!(version("8f3a2b1"), None);
    }
}
