#!/usr/bin/env python3
"""Stands in for Grafana: what is provisioned is read and complained about, and its health is told."""
import glob
import json
import os
import urllib.parse
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
from serve import fail, say, serve, writable, yaml_file

writable("/var/lib/grafana")
if not os.environ.get("GF_SECURITY_ADMIN_PASSWORD"):
    fail("GF_SECURITY_ADMIN_PASSWORD is not set")
uids = set()
for path in glob.glob("/etc/grafana/provisioning/datasources/*.yml"):
    for source in yaml_file(path).get("datasources") or []:
        if not source.get("uid") or source["uid"] in uids:
            fail(f"{path}: the datasource {source.get('name')} has no uid of its own")
        if source.get("type") == "postgres" and not source.get("user"):
            fail(f"{path}: {source['name']} has no user")
        uids.add(source["uid"])
boards = []
for path in glob.glob("/etc/grafana/provisioning/dashboards/*.yml"):
    for provider in yaml_file(path).get("providers") or []:
        for board in glob.glob(provider["options"]["path"] + "/**/*.json", recursive=True):
            boards.append(json.load(open(board, encoding="utf-8"))["title"])
say(f"{len(uids)} datasources, {len(boards)} dashboards")
root = urllib.parse.urlsplit(os.environ.get("GF_SERVER_ROOT_URL", "")).path.rstrip("/")
below = root if os.environ.get("GF_SERVER_SERVE_FROM_SUB_PATH") == "true" else ""
HEALTH = (200, {"database": "ok", "version": "stand-in"})
BOARDS = (200, [{"title": title} for title in sorted(boards)])
address = os.environ.get("GF_SERVER_HTTP_ADDR", "0.0.0.0") or "0.0.0.0"
serve(address, int(os.environ.get("GF_SERVER_HTTP_PORT", 3000)),
      {f"{below}/api/health": HEALTH, f"{below}/api/search": BOARDS, f"{below}/": (200, "Grafana\n"),
       "/metrics": (200, "grafana_build_info 1\n")})
