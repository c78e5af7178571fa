#!/usr/bin/env python3
"""Stands in for Headscale: `serve` and `health`, its configuration and its two addresses."""
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
import ask
from serve import fail, place, serve, value, writable, yaml_file

FILE = "/etc/headscale/config.yaml"
tree = yaml_file(FILE)
for wanted in ("server_url", "noise", "prefixes", "database", "dns"):
    if wanted not in tree:
        fail(f"{FILE}: {wanted} is not set")
address, port = place(tree.get("listen_addr"), 8080)
if sys.argv[1:2] == ["health"]:
    inside = "127.0.0.1" if address == "0.0.0.0" else address
    sys.exit(0 if ask.page(f"{inside}:{port}", "/health") == 200 else 1)
if sys.argv[1:2] != ["serve"]:
    fail(f"unknown command {sys.argv[1:]}")
writable("/var/lib/headscale")
address_metrics, port_metrics = place(tree.get("metrics_listen_addr"), 9090)
serve(address_metrics, port_metrics, {"/metrics": (200, "headscale_up 1\n")}, forever=False)
serve(address, port, {"/health": (200, {"status": "pass"}), "/key": (200, {"publicKey": "mkey:00"})})
