//! `[services.NAME]`, `[stacks.NAME]`, `[networks.NAME]` and `[edge]`: the programs that run on the hosts.

use super::{Form, Key, Layering, REQUIRED, Section};
use crate::kind::Kind;

const fn key(
    name: &'static str,
    kind: Kind,
    otherwise: &'static str,
    example: &'static str,
    brief: &'static str,
    details: &'static str,
) -> Key {
    Key { name, kind, layering: Layering::Replaces, otherwise, brief, details, example }
}

pub(crate) const SERVICES: Section = Section {
    name: "services",
    form: Form::Named,
    brief: "One service: a program of the catalog, or of your own, placed on a host",
    details: "Those of the catalog are the folders of `crates/catalog/services`; a folder `services/NAME` beside the site file adds to them. All that the \
              catalog says of a service can be said anew here.",
    keys: &[
        key(
            "is",
            Kind::Name,
            "the name itself",
            "\"redis\"",
            "Which service of the catalog it is",
            "Needed only where one host has two of a kind, or where you want another name.",
        ),
        key(
            "on",
            Kind::OneOrMore(&Kind::Name),
            "the host, if the site has only one",
            "\"observe\"",
            "The host it runs on",
            "A list where each of several hosts has one: node-exporter.",
        ),
        key(
            "stack",
            Kind::Name,
            "as the service's phase says: `infra` or `apps`",
            "\"monitoring\"",
            "The compose project it belongs to",
            "Services of one stack come and go together. See [stacks.NAME].",
        ),
        key(
            "domain",
            Kind::Domain,
            "none: it has no page for people",
            "\"n8n.example.org\"",
            "The name under which the edge serves it",
            "A word without a dot is a subdomain of `edge.domain`.",
        ),
        key(
            "path",
            Kind::UrlPath,
            "/",
            "\"/grafana\"",
            "The path under which it is served",
            "Few programs can: n8n and the pages of LiteLLM and Qdrant cannot.",
        ),
        key(
            "access",
            Kind::Choice(&["vpn", "public"]),
            "as the service says",
            "\"public\"",
            "Who may open its page through the edge",
            "`vpn` is the range of `edge.vpn`; everybody else gets 403.",
        ),
        key(
            "values",
            Kind::Table,
            "as the service says",
            "{ retention = \"30d\" }",
            "What the service lets you choose",
            "Each service's README lists its values with their defaults.",
        ),
        key(
            "env",
            Kind::Variables,
            "none",
            "{ LOG_LEVEL = \"info\" }",
            "Further variables of its containers",
            "`secret:NAME` in place of a value is a reference to a secret; it goes into a file that only root reads.",
        ),
        key(
            "templates",
            Kind::Templates,
            "the service's own",
            "{ \"openclaw.json\" = \"overrides/openclaw.json\" }",
            "Your own files in place of the service's templates",
            "Written in the same template language, from the site's folder. A service may also take further ones: workflows, \
             skills, dashboards.",
        ),
        key(
            "override",
            Kind::Table,
            "none",
            "{ containers = { redis = { memory = \"1g\" } } }",
            "Anything else of the service's own file, said anew",
            "Laid over service.toml: tables are merged, everything else is replaced.",
        ),
    ],
};

pub(crate) const STACKS: Section = Section {
    name: "stacks",
    form: Form::Named,
    brief: "Where a compose project lies, and what its containers share",
    details: "A stack that is not written down lies in /opt/SITE/STACK.",
    keys: &[
        key(
            "directory",
            Kind::Path,
            "/opt/SITE/STACK",
            "\"/home/openclaw/monitoring\"",
            "The folder of the project",
            "Its compose file, configuration and data lie below it.",
        ),
        key(
            "network",
            Kind::Choice(&["bridge", "host"]),
            "bridge",
            "\"host\"",
            "`host`: its containers use the host's own network",
            "Then programs listen where they are allowed to be reached: on loopback, or on the mesh address.",
        ),
        key(
            "owner",
            Kind::User,
            "the service user of [access], else root",
            "\"openclaw\"",
            "Who owns the folder and the files that no container owns",
            "The user must exist by then.",
        ),
    ],
};

pub(crate) const NETWORKS: Section = Section {
    name: "networks",
    form: Form::Named,
    brief: "A Docker network, made before the stacks that join it",
    details: "Services say by name which networks they join; on a host without that network they go without.",
    keys: &[
        key(
            "subnet",
            Kind::Range,
            REQUIRED,
            "\"172.20.1.0/24\"",
            "Its addresses",
            "The first one is the host's, and is how the host appears to containers. It must not overlap another network.",
        ),
        key(
            "internal",
            Kind::Bool,
            "false",
            "true",
            "No way out to the internet",
            "Programs that call model providers need one more network.",
        ),
        key(
            "name",
            Kind::Name,
            "SITE_NAME, where NAME is this table's",
            "\"openclaw-gateway-net\"",
            "What Docker calls it",
            "Give one where other projects join it too.",
        ),
        key(
            "on",
            Kind::OneOrMore(&Kind::Name),
            "every host with a service that joins it",
            "\"openclaw\"",
            "The hosts that have it",
            "Elsewhere services that would join it use the other networks they name.",
        ),
    ],
};

pub(crate) const EDGE: Section = Section {
    name: "edge",
    form: Form::Once,
    brief: "How people and webhooks reach the services that have a page",
    details: "The edge itself is a service: `caddy` with certificates of its own, or `cloudflared` without any open port.",
    keys: &[
        key(
            "domain",
            Kind::Domain,
            "none: each service says its whole domain",
            "\"example.org\"",
            "The domain that the services' subdomains stand under",
            "Its DNS is yours: piton changes no zone.",
        ),
        key(
            "email",
            Kind::Text,
            "none",
            "\"ops@example.org\"",
            "The address that the certificate authority writes to",
            "It warns there before a certificate ends.",
        ),
        key(
            "vpn",
            Kind::Range,
            "the mesh's range",
            "\"100.64.0.0/10\"",
            "The range from which pages with `access = \"vpn\"` can be opened",
            "Clients must resolve those names to `vpn_address`: over the internet they come from a public address and are refused.",
        ),
        key(
            "vpn_address",
            Kind::IpAddress,
            "the host's mesh address",
            "\"100.64.0.1\"",
            "The edge's own address in the VPN",
            "Headscale hands it out for every name that only the VPN may open.",
        ),
        key(
            "dns",
            Kind::Choice(&["ovh", "cloudflare"]),
            "none: certificates are had over HTTP",
            "\"ovh\"",
            "The DNS provider through which certificates are had",
            "Needs the provider's keys as secrets, and an image of Caddy that holds its module.",
        ),
        key(
            "vpn_only",
            Kind::Choice(&["off", "prepared", "on"]),
            "off",
            "\"prepared\"",
            "No public way in but webhooks through a tunnel",
            "`prepared` gets certificates over DNS and closes port 80; `on` then closes 443 to all but the VPN. `on` is refused \
             until the certificates that `prepared` gets are there and valid.",
        ),
    ],
};
