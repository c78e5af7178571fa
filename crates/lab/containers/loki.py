#!/usr/bin/env python3
"""Stands in for Loki: its configuration, its addresses, and logs that are counted and not kept."""
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
import ask
from serve import fail, known_keys, option, serve, value, writable, yaml_file

KEYS = ("auth_enabled", "server", "common", "ingester", "memberlist", "schema_config", "limits_config", "compactor",
        "ruler", "analytics", "storage_config", "query_range", "frontend", "table_manager", "distributor", "target")
if "-health" in sys.argv:
    sys.exit(0 if ask.page("127.0.0.1:3100", "/ready") == 200 else 1)
path = option(sys.argv, "config.file") or fail("-config.file is not given")
tree = yaml_file(path)
known_keys(path, tree, KEYS)
if value(tree, "limits_config", "retention_period") and not value(tree, "compactor", "retention_enabled"):
    fail("CONFIG ERROR: a retention period without compactor.retention_enabled deletes nothing")
writable(value(tree, "common", "path_prefix", otherwise="/loki"))
taken = {"lines": 0}


def push(request):
    taken["lines"] += 1
    return 204, ""


ANSWERS = {
    "/ready": (200, "ready\n"), "/loki/api/v1/push": push, "/otlp/v1/logs": push,
    "/metrics": lambda _: (200, f"loki_distributor_lines_received_total {taken['lines']}\n"),
    "/loki/api/v1/labels": (200, {"status": "success", "data": []}),
}
server = tree.get("server", {})
grpc = server.get("grpc_listen_port", 9095)
serve(server.get("grpc_listen_address", "0.0.0.0"), grpc, {}, forever=False)
serve(server.get("http_listen_address", "0.0.0.0"), server.get("http_listen_port", 3100), ANSWERS)
