#!/usr/bin/env python3
"""Stands in for cloudflared: its configuration and credentials are read, and a tunnel to nobody is said to be ready."""
import json
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
import ask
from serve import fail, known_keys, option, place, serve, yaml_file

address, port = place(option(sys.argv, "metrics"), 20241)
if sys.argv[-1] == "ready":
    sys.exit(0 if ask.page(f"{address}:{port}", "/ready") == 200 else 1)
path = option(sys.argv, "config") or fail("--config is not given")
tree = yaml_file(path)
known_keys(path, tree, ("tunnel", "credentials-file", "ingress", "originRequest", "warp-routing", "protocol"))
rules = tree.get("ingress") or fail(f"{path}: no ingress rules")
if "hostname" in rules[-1] or "path" in rules[-1]:
    fail(f"{path}: the last ingress rule must match all URLs")
try:
    credentials = json.load(open(tree["credentials-file"], encoding="utf-8"))
except (OSError, KeyError, ValueError) as error:
    fail(f"the credentials cannot be read: {error}")
for wanted in ("AccountTag", "TunnelID", "TunnelSecret"):
    if not credentials.get(wanted):
        fail(f"the credentials have no {wanted}")
serve(address, port, {"/ready": (200, {"status": 200, "readyConnections": 4}), "/metrics": (200, "cloudflared_up 1\n")})
