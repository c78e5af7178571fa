#!/usr/bin/env python3
"""Stands in for Promtail: its configuration, its address, where it got to, and one line to Loki at its start."""
import http.client
import json
import os
import time
import urllib.parse
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
from serve import fail, known_keys, option, say, serve, value, yaml_file

KEYS = ("server", "positions", "clients", "scrape_configs", "limits_config", "target_config", "global", "tracing")
path = option(sys.argv, "config.file") or fail("-config.file is not given")
tree = yaml_file(path)
known_keys(path, tree, KEYS)
positions = value(tree, "positions", "filename", otherwise="/tmp/positions.yaml")
try:
    open(positions, "a", encoding="utf-8").close()
except OSError as error:
    fail(f"cannot write its positions: {error}")
for client in tree.get("clients") or fail(f"{path}: at least one client config must be provided"):
    address = urllib.parse.urlsplit(client["url"])
    line = [[str(time.time_ns()), "begun"]]
    body = json.dumps({"streams": [{"stream": {"job": "promtail"}, "values": line}]})
    try:
        link = http.client.HTTPConnection(address.netloc, timeout=4)
        link.request("POST", address.path, body, {"Content-Type": "application/json"})
        say(f"sent a line to {client['url']}: {link.getresponse().status}")
    except OSError as error:
        say(f"{client['url']} does not answer yet: {error}")
server = tree.get("server", {})
ANSWERS = {"/ready": (200, "Ready\n"), "/metrics": (200, "promtail_build_info 1\n")}
serve(server.get("http_listen_address", "0.0.0.0"), server.get("http_listen_port", 80), ANSWERS)
