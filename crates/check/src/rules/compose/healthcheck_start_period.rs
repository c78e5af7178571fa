use crate::rules::prelude::*;

rule! {
    /// A gateway that builds its sandboxes at the first start is given too little time for it.
    ///
    /// Under Sysbox the OpenClaw gateway starts a Docker of its own and builds its sandbox images, which takes minutes. Until
    /// `start_period` is over failures do not count; after it the container is unhealthy in the middle of its first build.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw-gateway:
    ///     image: openclaw:local
    ///     runtime: sysbox-runc
    ///     healthcheck: { test: [CMD, node, healthcheck.mjs], interval: 30s, retries: 3, start_period: 30s }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw-gateway:
    ///     image: openclaw:local
    ///     runtime: sysbox-runc
    ///     healthcheck: { test: [CMD, node, healthcheck.mjs], interval: 30s, retries: 3, start_period: 300s }
    /// ```
    ///
    /// Fix: safe. Source: moby `daemon/health.go` (within the start period failures do not count; the default is 0); read
    /// 2026-11-28; one production deployment whose first build took 3 to 5 minutes.
    RULE = "compose-healthcheck-start-period", Info, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let sysbox = service.get("runtime").and_then(Value::text) == Some("sysbox-runc");
    if !sysbox || !service.is("openclaw") || service.health().is_none() {
        return;
    }
    match service.path("healthcheck.start_period") {
        Some(period) if period.literal().and_then(seconds).is_some_and(|length| length < 300) => {
            report
                .at(period, "the first start builds images, which takes longer than this")
                .safe_fix("300s", vec![Edit::replace(period, "300s")]);
        }
        Some(_) => {}
        None => {
            let place = service.get("healthcheck").unwrap_or(service.key);
            report.at(place, "the first start builds images, and no time is given for that").help("start_period: 300s");
        }
    }
}

/// `1m30s` in seconds; nothing for what is no duration.
fn seconds(text: &str) -> Option<u64> {
    let mut total = 0;
    let mut number = String::new();
    let mut letters = text.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '0'..='9' => number.push(letter),
            'h' | 'm' | 's' => {
                let factor = match letter {
                    'h' => 3600,
                    'm' if letters.peek() == Some(&'s') => return Some(total),
                    'm' => 60,
                    _ => 1,
                };
                total += number.parse::<u64>().ok()?.checked_mul(factor)?;
                number.clear();
            }
            _ => return None,
        }
    }
    number.is_empty().then_some(total)
}
