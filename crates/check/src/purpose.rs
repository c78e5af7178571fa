//! What programs are for, going by their image: which ports others are meant to reach, which of them ask for a
//! password of their own, and which need what would be a fault in others.
//!
//! A word here is part of an image's name. What is in no list counts as a program that nobody should reach or trust.

use crate::compose::{Port, Service};
use crate::project::Project;
use piton_config::read::{Kind, Value};

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
    ("cups", &[(631, 631)]),
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
    calibre-web chatwoot check-mk coolify dify directus dokploy dockge dockhand docmost duplicati emby fider firefly
    forgejo freshrss ghost gitea gitlab grafana/grafana headplane hedgedoc hoarder home-assistant
    homeassistant immich-server invoiceninja jellyfin jellyseerr joplin karakeep keycloak khoj komga komodo
    kavita langfuse librechat librenms lidarr linkwarden listmonk litellm maybe mealie memos metabase
    miniflux minio n8n navidrome netbox nextcloud nginx-proxy-manager nginxproxymanager nocodb open-webui
    outline overseerr owncloud paperless-ngx peertube penpot photoprism planka plex portainer/portainer
    posthog prowlarr pterodactyl qbittorrent rabbitmq radarr readarr rocket.chat seafile seerr semaphore
    sonarr stashapp superset tandoor tautulli tubearchivist twenty unifi uptime-kuma vault vaultwarden
    vikunja wallabag wazuh-dashboard whisparr wg-easy wiki wordpress zabbix-web";

/// Pages that a browser runs by itself: whoever reaches them gets what everybody can download.
const STATIC: &str = "
    corentinth/it-tools cyberchef drawio excalidraw/excalidraw b4bz/homer it-tools static-web-server";

/// Programs that only show numbers about a host.
const EXPORTERS: &str = "
    exporter cadvisor promtail mktxp exportarr";

/// Programs that create, replace, watch or find containers: of no use without Docker's socket, and their own
/// documentation mounts it.
const DOCKER: &str = "
    act_runner alloy arcane authentik autoheal autokuma aio- all-in-one beszel cadvisor caprover caddy-docker-proxy
    conflux coolify container-exporter container-status-exporter crowdsec ctop dashdot datadog deunhealth diun
    docker-autocompose docker-cleanup docker-gen docker-volume-backup dockcheck dockercloud/ dockge dockhand dockly doco-cd
    db-auto-backup dokploy games-on-whales/ localstack openhands
    dokku drone/drone ouroboros caddy-gen docker_stats dockerstats dozzle falco filebeat fluent-bit gitlab-runner glance glances headplane homarr homepage
    homelable jenkins komodo lazydocker letsencrypt logspout metricbeat netdata nginx-proxy nginxproxy/ ofelia
    opentelemetry-collector otel-collector periphery portainer/ portracker promtail prunemate runner sablier sencho swag
    telegraf traefik tsdproxy tugtainer vector watchtower wazuh whats-up-docker wud woodpecker yacht";

/// Programs whose own documentation asks for `privileged`.
const PRIVILEGED: &str = "
    alloy archiso beyla buildkit cadvisor cilium dashdot docker-socket-proxy ebpf edgeshark falco fortianalyzer frigate
    home-assistant homeassistant k3s kindest microk8s nfs-server obi openccu otel-lgtm raspberrymatic smartctl-exporter smartctl_exporter packetflix ghostwire gostwire parca-agent pixie
    pyroscope qbittorrentvpn qbittorrent-wireguard rancher retina scrutiny tetragon unraid visionect wmbusmeters";

/// Programs whose own documentation asks for SYS_ADMIN, or for a profile to be off.
const CAPABILITIES: &str = "
    alloy aio- beyla browserless chrome chromium clab collabora containerlab dcgm-exporter ebpf falco fortianalyzer
    kasmweb linuxserver/ matter-js/ matter-server matterjs-server mergerfs milvus music-assistant netbird rocm neko netdata obi playwright process-exporter puppeteer rclone scrutiny selkies
    sockpuppetbrowser tetragon webtop";

/// Programs whose own Compose file runs them, or one of them, as root.
const ROOT: &str =
    "smartctl-exporter smartctl_exporter backrest borgmatic crowdsec duplicati goauthentik restic wg-easy zammad";

/// Programs that keep copies of the host's files, and write there when they bring one back; agents that show them.
const KEEPERS: &str = "backrest borg duplicati kopia portainer/agent restic urbackup veeam";

/// Programs that hand out files of the host: that is what they are for.
const SHARERS: &str = "filebrowser filestash nextcloud nfs samba sftp syncthing webdav";

/// Programs that fetch newer images by themselves, or say that there are some.
const UPDATERS: &str =
    "cup diun dockcheck ouroboros renovate tugtainer watchtower whats-up-docker whatsupdocker getwud/wud";

/// Programs that listen on all addresses of both families unless they are told otherwise: Go's, and Node's without a host.
const BOTH: &str = "
    prom/ prometheus prometheuscommunity/ grafana/ alertmanager blackbox cadvisor caddy exporter forgejo gitea influxdb loki minio n8n
    portainer/ promtail seerr tempo thanos traefik victoriametrics/";

/// Images that stand in front of others.
const PROXIES: &str = "
    bunkerweb caddy cloudflared haproxy lucaslorentz nginx nginx-proxy-manager nginxproxy openresty pangolin swag
    traefik zoraxy";

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
    let named = |word: &str| image.contains(word) || is_open && is_called(service, word.trim_end_matches('/'));
    words.split_ascii_whitespace().any(named)
}

/// Whether a service, or the folder that its file lies in, has this name.
fn is_called(service: &Service, word: &str) -> bool {
    service.name.contains(word) || folder(service) == word
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
        || is_for_peers(service, port)
        || MEANT
            .iter()
            .any(|(word, ports)| named(word) && ports.iter().any(|(first, last)| (*first..=*last).contains(&inside)))
}

/// Whether peers of a torrent come in there: on a port that is published for both protocols.
fn is_for_peers(service: &Service, port: &Port) -> bool {
    let is_torrent = |word: &&str| image(service).contains(*word);
    ["deluge", "qbittorrent", "rtorrent", "transmission"].iter().any(is_torrent)
        && service.ports.iter().any(|other| other.is_udp != port.is_udp && other.container == port.container)
}

/// Whether the program asks for a login of its own.
pub(crate) fn has_login(service: &Service) -> bool {
    is_one_of(service, LOGIN)
}

/// Whether its program is known to listen on IPv6 as well as on IPv4, and is told nothing else.
pub(crate) fn listens_on_both(service: &Service) -> bool {
    let is_registry = service.image.as_ref().is_some_and(|image| image.repository == "registry");
    let told = ["command", "entrypoint"].into_iter().flat_map(|key| service.words(key));
    let narrows = |word: &str| {
        ["127.0.0.1", "localhost:", "listen_ip", "listen-address=0.0.0.0"].iter().any(|sign| word.contains(sign))
    };
    (is_registry || is_one_of(service, BOTH)) && !told.into_iter().any(|(_, word)| narrows(word))
}

/// Whether it hands out a page that is the same for everybody, and keeps nothing.
pub(crate) fn is_static(service: &Service) -> bool {
    is_one_of(service, STATIC)
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

pub(crate) fn runs_as_root(service: &Service) -> bool {
    is_one_of(service, ROOT)
}

pub(crate) fn keeps_files(service: &Service) -> bool {
    is_one_of(service, KEEPERS)
}

pub(crate) fn shares_files(service: &Service) -> bool {
    is_one_of(service, SHARERS)
}

/// Whether something in the project watches for new images.
pub(crate) fn has_updater(project: &Project) -> bool {
    let is_settings = |name: &str| name.trim_start_matches('.').starts_with("renovate");
    project.documents.iter().any(|file| is_settings(file.file_name()))
        || project.services().any(|service| {
            UPDATERS.split_ascii_whitespace().any(|word| {
                let image = image(service);
                // A short word has to be the whole name.
                if word.len() < 4 { image.rsplit('/').next() == Some(word) } else { image.contains(word) }
            })
        })
}

/// Whether it stands in front of others.
pub(crate) fn is_proxy(service: &Service) -> bool {
    is_one_of(service, PROXIES)
}

/// Whether a reverse proxy is there to reach the service by: its labels or variables say so, or a proxy's file names it.
pub(crate) fn is_proxied(project: &Project, service: &Service) -> bool {
    let routed = |text: &str| {
        let name = text.trim_start();
        (name.starts_with("traefik.http.") && !name.contains("middlewares."))
            || name.starts_with("traefik.enable=true")
            || name == "caddy"
            || name.starts_with("caddy=")
            || name.starts_with("caddy_")
            || name.starts_with("swag=")
            || name.starts_with("swag_")
            || name.starts_with("tsdproxy.enable")
    };
    let labels = service.all("labels").into_iter().chain(service.path("deploy.labels"));
    let mut labels = labels.flat_map(|label| {
        let keys = label.entries().into_iter().filter_map(|(key, _)| key.text());
        keys.chain(label.items().filter_map(Value::text)).chain(label.text()).collect::<Vec<_>>()
    });
    let by_variable = || ["VIRTUAL_HOST", "LETSENCRYPT_HOST"].iter().any(|name| service.variable(name).is_some());
    labels.any(routed) || by_variable() || is_named_by_proxy(project, service)
}

/// Whether a Caddyfile, or what configures another proxy, sends somebody to the service.
fn is_named_by_proxy(project: &Project, service: &Service) -> bool {
    let container = service.get("container_name").and_then(Value::text);
    let names: Vec<String> =
        [Some(service.name), container].into_iter().flatten().map(|name| format!("{name}:")).collect();
    let files = [Kind::Caddyfile, Kind::Cloudflared].into_iter().flat_map(|kind| project.of_kind(kind));
    let sends = |text: &str, name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + name.len()..].chars().next();
            before.is_none_or(|letter| letter.is_whitespace() || letter == '/')
                && after.is_some_and(|letter| letter.is_ascii_digit())
        })
    };
    files
        .filter(|file| Project::are_related(file, service.document))
        .any(|file| names.iter().any(|name| sends(&file.text, name)))
}

/// Whether a reverse proxy runs in the same stack, or in the same folder.
pub(crate) fn has_proxy_beside(project: &Project, service: &Service) -> bool {
    let own = service.document.folder();
    project.together(service.document).any(is_proxy)
        || project.of_kind(Kind::Caddyfile).any(|file| file.folder() == own)
}
