//! The host's time zone.

use super::Kind;
use crate::Difference;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeZone {
    /// A name under /usr/share/zoneinfo: `UTC`, `Europe/Paris`.
    pub zone: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub zone: Option<String>,
}

impl Kind for TimeZone {
    type Observed = Observed;
    const NAME: &'static str = "time_zone";

    fn name(&self) -> String {
        "host".into()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        match &seen.zone {
            Some(zone) if is_utc(zone) && is_utc(&self.zone) => Vec::new(),
            Some(zone) => Difference::between("zone", zone, &self.zone).into_iter().collect(),
            None => vec![Difference::add("zone", &self.zone)],
        }
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.zone.is_none()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { zone: Some(self.zone.clone()) }
    }

    fn packages(&self) -> &'static [&'static str] {
        &["tzdata"]
    }
}

/// The zone without an offset has many names, and Debian's installer and its cloud images choose different ones.
fn is_utc(zone: &str) -> bool {
    matches!(zone.strip_prefix("Etc/").unwrap_or(zone), "UTC" | "UCT" | "Universal" | "Zulu")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(seen: &str, wanted: &str) -> usize {
        TimeZone { zone: wanted.into() }.differences(&Observed { zone: Some(seen.into()) }).len()
    }

    #[test]
    fn another_name_of_utc_is_no_change() {
        assert_eq!(changes("Etc/UTC", "UTC"), 0);
        assert_eq!(changes("UTC", "Etc/Universal"), 0);
        assert_eq!(changes("Etc/UTC", "Europe/Paris"), 1);
        assert_eq!(changes("Etc/GMT", "UTC"), 1);
    }
}
