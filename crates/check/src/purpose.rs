//! What programs are for, going by their image: which ports others are meant to reach, which of them ask for a
//! password of their own, and which need what would be a fault in others.
//!
//! A word here is part of an image's name. What is in no list counts as a program that nobody should reach or trust.

use crate::compose::{Port, Service};
use piton_config::read::Value;

/// Ports that are there for others: agents, devices, players and peers call them.
const MEANT: &[(&str, &[(u16, u16)])] = &[
    ("syncthing", &[(22000, 22000)]),
    ("qbittorrent", &[(6881, 6999)]),
    ("deluge", &[(6881, 6999)]),
    ("transmission", &[(51413, 51413)]),
    ("bitcomet", &[(6881, 6999)]),
    ("rtorrent", &[(50000, 51413)]),
    ("slskd", &[(50300, 50300)]),
    ("wazuh-manager", &[(1514, 1515)]),
    ("wazuh.manager", &[(1514, 1515)]),
    ("frigate", &[(8554, 8555)]),
    ("go2rtc", &[(8554, 8555)]),
    ("mediamtx", &[(1, u16::MAX)]),
    ("livekit", &[(7880, 7881)]),
    ("lyrion", &[(3483, 3483), (9000, 9000)]),
    ("logitechmediaserver", &[(3483, 3483), (9000, 9000)]),
    ("mosquitto", &[(1883, 1883), (8883, 8883), (9001, 9001)]),
    ("emqx", &[(1883, 1883), (8083, 8084), (8883, 8883)]),
    ("unifi", &[(6789, 6789), (8080, 8080), (8843, 8843), (8880, 8880)]),
    ("omada", &[(8043, 8043), (8088, 8088), (8843, 8843), (29811, 29817)]),
    ("ftp", &[(20, 21), (21000, 21999), (30000, 40999)]),
    ("nfs", &[(111, 111), (2049, 2049)]),
    ("samba", &[(139, 139), (445, 445)]),
    ("iperf", &[(5201, 5201)]),
    ("teleport", &[(3022, 3026), (3080, 3080)]),
    ("mumble", &[(64738, 64738)]),
    ("teamspeak", &[(10011, 10011), (30033, 30033)]),
    ("rustdesk", &[(21114, 21119)]),
    ("headscale", &[(8080, 8080)]),
    ("netbird", &[(10000, 10000), (33073, 33073)]),
    ("vaultwarden", &[(3012, 3012)]),
    ("plex", &[(8324, 8324), (32400, 32400), (32469, 32469)]),
    ("lldap", &[(3890, 3890), (6360, 6360)]),
    ("openldap", &[(389, 389), (636, 636), (1389, 1389), (1636, 1636)]),
    ("protonmail-bridge", &[(25, 25), (143, 143), (1025, 1025), (1143, 1143)]),
    ("i2p", &[(1, u16::MAX)]),
    ("tor", &[(9001, 9001), (9030, 9030)]),
    ("bitcoin", &[(8333, 8333)]),
    ("monero", &[(18080, 18080)]),
    ("minecraft", &[(1, u16::MAX)]),
    ("steamcmd", &[(1, u16::MAX)]),
    ("cs16", &[(1, u16::MAX)]),
    ("cs2", &[(1, u16::MAX)]),
    ("valheim", &[(1, u16::MAX)]),
    ("factorio", &[(34197, 34197)]),
    ("terraria", &[(7777, 7777)]),
    ("palworld", &[(1, u16::MAX)]),
    ("satisfactory", &[(1, u16::MAX)]),
];

/// Ports of any program that exist to be called by others: syslog, MQTT, OTLP's neighbours are not among them.
const MEANT_OF_ALL: [u16; 9] = [22, 25, 53, 80, 443, 514, 601, 6514, 1883];

/// Programs that ask for a login of their own before they show or do anything.
const LOGIN: &str = "
    adguardhome airsonic archivebox atuin authelia authentik baserow bazarr beszel booklore bookstack
    calibre-web chatwoot check-mk coolify dify directus dockge dockhand docmost duplicati emby fider firefly
    forgejo freshrss ghost gitea gitlab grafana/grafana headplane hedgedoc hoarder home-assistant
    homeassistant immich-server invoiceninja jellyfin jellyseerr joplin karakeep keycloak khoj komga komodo
    kavita langfuse librechat librenms lidarr linkwarden listmonk litellm maybe mealie memos metabase
    miniflux minio n8n navidrome netbox nextcloud nginx-proxy-manager nginxproxymanager nocodb open-webui
    outline overseerr owncloud paperless-ngx peertube penpot photoprism planka plex portainer/portainer
    posthog prowlarr pterodactyl qbittorrent rabbitmq radarr readarr rocket.chat seafile seerr semaphore
    sonarr stashapp superset tandoor tautulli tubearchivist twenty unifi uptime-kuma vault vaultwarden
    vikunja wallabag wazuh-dashboard whisparr wg-easy wiki wordpress zabbix-web";

/// Programs that only show numbers about a host.
const EXPORTERS: &str = "
    exporter cadvisor promtail mktxp exportarr";

/// Programs that create, replace, watch or find containers: of no use without Docker's socket, and their own
/// documentation mounts it.
const DOCKER: &str = "
    act_runner alloy authentik autoheal autokuma aio- all-in-one beszel cadvisor caprover caddy-docker-proxy
    coolify container-exporter container-status-exporter crowdsec ctop dashdot datadog deunhealth diun
    docker-autocompose docker-cleanup docker-gen docker-volume-backup dockcheck dockge dockhand dockly
    dokku drone/drone ouroboros caddy-gen docker_stats dockerstats dozzle falco filebeat fluent-bit gitlab-runner glances homarr homepage
    homelable komodo lazydocker letsencrypt logspout metricbeat netdata nginx-proxy ofelia
    opentelemetry-collector otel-collector periphery portainer/ portracker promtail runner sencho swag
    telegraf traefik tugtainer vector watchtower wazuh whats-up-docker wud woodpecker yacht";

/// Programs whose own documentation asks for `privileged`.
const PRIVILEGED: &str = "
    alloy beyla buildkit cadvisor cilium dashdot ebpf edgeshark falco frigate home-assistant homeassistant
    k3s kindest microk8s nfs-server obi otel-lgtm packetflix ghostwire gostwire parca-agent pixie pyroscope rancher retina
    scrutiny tetragon unraid";

/// Programs whose own documentation asks for SYS_ADMIN, or for a profile to be off.
const CAPABILITIES: &str = "
    alloy aio- beyla browserless chrome chromium collabora ebpf falco kasmweb linuxserver/ mergerfs neko
    netdata obi playwright puppeteer rclone scrutiny selkies tetragon webtop";

/// Programs that share memory between their processes, and say so: the servers of models.
const SHARED_MEMORY: &str = "
    vllm sglang tensorrt triton text-generation-inference pytorch tgi lmdeploy nvidia/";

/// The name of the image; where a template leaves it open, what is written there.
fn image<'s>(service: &'s Service) -> &'s str {
    let written = || service.get("image").and_then(Value::text).unwrap_or_default();
    service.image.as_ref().map_or_else(written, |image| image.repository.as_str())
}

/// Tunnels, whose documentation lists SYS_MODULE.
const TUNNELS: &str =
    "wireguard wg-easy wg_easy tailscale gluetun openvpn gerbil zerotier netbird netmaker firezone wg";

fn is_one_of(service: &Service, words: &str) -> bool {
    let image = image(service);
    // Where a variable or a template names the image, the service and its folder still may.
    let is_open = image.is_empty() || image.contains(['$', '{']);
    let named =
        |word: &str| image.contains(word) || is_open && (service.name.contains(word) || folder(service) == word);
    words.split_whitespace().any(named)
}

/// The folder that a service's file lies in; that of the role, where it is a role's template.
fn folder<'s>(service: &'s Service) -> &'s str {
    let folder = service.document.folder().trim_end_matches("/templates");
    folder.rsplit('/').next().unwrap_or_default()
}

/// Whether others are meant to reach this port.
pub(crate) fn is_meant(service: &Service, port: &Port) -> bool {
    let Some(inside) = port.container.as_ref().map(|range| *range.start()) else { return false };
    let named = |word: &str| image(service).contains(word) || image(service).is_empty() && service.name.contains(word);
    MEANT_OF_ALL.contains(&inside)
        || MEANT
            .iter()
            .any(|(word, ports)| named(word) && ports.iter().any(|(first, last)| (*first..=*last).contains(&inside)))
}

/// Whether the program asks for a login of its own.
pub(crate) fn has_login(service: &Service) -> bool {
    is_one_of(service, LOGIN)
}

/// Whether the program shows numbers about the host, and nothing else.
pub(crate) fn is_exporter(service: &Service) -> bool {
    is_one_of(service, EXPORTERS)
}

pub(crate) fn needs_docker(service: &Service) -> bool {
    is_one_of(service, DOCKER)
}

pub(crate) fn needs_privileges(service: &Service) -> bool {
    is_one_of(service, PRIVILEGED) || service.variable("ENABLE_OBI").is_some()
}

/// Whether the program's documentation asks for such a capability, as everything does that mounts by FUSE.
pub(crate) fn needs_capabilities(service: &Service) -> bool {
    let fuse =
        service.all("devices").into_iter().any(|device| device.text().is_some_and(|text| text.contains("/dev/fuse")));
    fuse || is_one_of(service, CAPABILITIES) || is_one_of(service, PRIVILEGED)
}

pub(crate) fn is_tunnel(service: &Service) -> bool {
    is_one_of(service, TUNNELS)
}

pub(crate) fn shares_memory(service: &Service) -> bool {
    is_one_of(service, SHARED_MEMORY)
}
