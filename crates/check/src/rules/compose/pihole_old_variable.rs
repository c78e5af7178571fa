use crate::rules::prelude::*;

rule! {
    /// Pi-hole is set by a variable that it does not read any more.
    ///
    /// Since version 6 the image reads `FTLCONF_…` only. With `WEBPASSWORD` the password that its owner chose is not in force:
    /// the image makes a random one and says so in its log. The same goes for upstream servers and where it listens.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   pihole:
    ///     image: pihole/pihole:2026.07.2
    ///     environment: { WEBPASSWORD: "${PIHOLE_PASSWORD}", PIHOLE_DNS_: "9.9.9.9" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   pihole:
    ///     image: pihole/pihole:2026.07.2
    ///     environment: { FTLCONF_webserver_api_password: "${PIHOLE_PASSWORD}", FTLCONF_dns_upstreams: "9.9.9.9" }
    ///   old:
    ///     image: pihole/pihole:2024.07.0
    ///     environment: { WEBPASSWORD: "${PIHOLE_PASSWORD}" }
    /// ```
    ///
    /// Told once a file, with the other places below. A reviewer of real files named it. Source:
    /// <https://docs.pi-hole.net/docker/upgrading/v5-v6>, "Changed Environment Variables" (2024.07.0 was the last with
    /// version 5); read 2026-11-28.
    RULE = "pihole-old-variable", Warning, High, Look::Service(check)
}

/// What was, and what is.
const RENAMED: [(&str, &str); 14] = [
    ("WEBPASSWORD", "FTLCONF_webserver_api_password"),
    ("PIHOLE_DNS_", "FTLCONF_dns_upstreams"),
    ("DNSMASQ_LISTENING", "FTLCONF_dns_listeningMode"),
    ("DNSSEC", "FTLCONF_dns_dnssec"),
    ("DNS_BOGUS_PRIV", "FTLCONF_dns_bogusPriv"),
    ("DNS_FQDN_REQUIRED", "FTLCONF_dns_domainNeeded"),
    ("CUSTOM_CACHE_SIZE", "FTLCONF_dns_cache_size"),
    ("INTERFACE", "FTLCONF_dns_interface"),
    ("QUERY_LOGGING", "FTLCONF_dns_queryLogging"),
    ("REV_SERVER", "FTLCONF_dns_revServers"),
    ("WEB_PORT", "FTLCONF_webserver_port"),
    ("WEBTHEME", "FTLCONF_webserver_interface_theme"),
    ("DHCP_ACTIVE", "FTLCONF_dhcp_active"),
    ("PIHOLE_DOMAIN", "FTLCONF_dns_domain"),
];

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(image) = service.image.as_ref().filter(|image| image.repository == "pihole/pihole") else { return };
    let is_new = image.is_moving() || service.version().is_some_and(|version| version.major() >= 2025);
    if !is_new {
        return;
    }
    for (old, new) in RENAMED {
        let Some(variable) = service.variable(old).filter(|_| service.variable(new).is_none()) else { continue };
        let what =
            if old == "WEBPASSWORD" { "this password is not in force, a random one is" } else { "nothing reads it" };
        report
            .at(variable.place, format!("Pi-hole has no {old} since version 6: {what}"))
            .related(service.image_place(), "this image")
            .help(new);
    }
}
