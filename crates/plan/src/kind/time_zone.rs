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
