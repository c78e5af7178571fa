#!/usr/bin/env python3
"""Stands in for Qdrant: its configuration, its key, its two ports, and collections that are only names."""
import json
import os
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
from serve import fail, say, serve, value, writable, yaml_file

FILE = "/qdrant/config/production.yaml"
tree = yaml_file(FILE)
key = os.environ.get("QDRANT__SERVICE__API_KEY", "")
storage = value(tree, "storage", "storage_path", otherwise="./storage")
writable(storage)
names = os.path.join(storage, "collections.json")
address = value(tree, "service", "host", otherwise="0.0.0.0")


def collections(request):
    if key and request.headers.get("api-key") != key:
        return 401, "Must provide an API key or an Authorization bearer token\n"
    known = json.load(open(names, encoding="utf-8")) if os.path.exists(names) else []
    if request.command == "PUT":
        known.append(request.path.rsplit("/", 1)[1])
        json.dump(known, open(names, "w", encoding="utf-8"))
    return 200, {"result": {"collections": [{"name": name} for name in known]}, "status": "ok"}


ANSWERS = {"/healthz": (200, "healthz check passed"), "/readyz": (200, "all shards are ready"), "*": collections}
serve(address, value(tree, "service", "grpc_port", otherwise=6334), {}, forever=False)
serve(address, value(tree, "service", "http_port", otherwise=6333), ANSWERS)
