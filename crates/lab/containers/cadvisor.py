#!/usr/bin/env python3
"""Stands in for cAdvisor: its address, its health, and the containers that it sees by their names alone."""
import os
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
from serve import fail, option, serve

for mounted in ("/rootfs", "/sys", "/var/lib/docker"):
    if not os.path.isdir(mounted):
        fail(f"{mounted} is not mounted")


def metrics(_):
    folder = "/var/lib/docker/containers"
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return 200, "".join(f'container_last_seen{{id="{name[:12]}"}} 1\n' for name in names) or "cadvisor_up 1\n"


serve(option(sys.argv, "listen_ip", "0.0.0.0") or "0.0.0.0", int(option(sys.argv, "port", "8080")),
      {"/healthz": (200, "ok"), "/metrics": metrics})
