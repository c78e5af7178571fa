#!/usr/bin/env python3
"""Stands in for Tempo: its configuration, its address, and a place for traces over OTLP."""
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
from serve import fail, known_keys, option, place, serve, value, writable, yaml_file

KEYS = ("stream_over_http_enabled", "server", "distributor", "ingester", "storage", "overrides", "usage_report",
        "querier", "query_frontend", "metrics_generator", "memberlist", "target", "multitenancy_enabled")
path = option(sys.argv, "config.file") or fail("-config.file is not given")
tree = yaml_file(path)
known_keys(path, tree, KEYS)
writable("/var/tempo")
endpoint = value(tree, "distributor", "receivers", "otlp", "protocols", "http", "endpoint")
if endpoint:
    serve(*place(endpoint, 4318), {"/v1/traces": (200, {})}, forever=False)
server = tree.get("server", {})
ANSWERS = {"/ready": (200, "ready\n"), "/metrics": (200, "tempo_build_info 1\n"), "/api/echo": (200, "echo")}
serve(server.get("http_listen_address", "0.0.0.0"), server.get("http_listen_port", 80), ANSWERS)
