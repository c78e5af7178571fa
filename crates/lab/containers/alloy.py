#!/usr/bin/env python3
"""Stands in for Alloy: `run` and `validate`, braces that match, files that are there, and its address."""
import os
import re
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
from serve import fail, option, place, serve, writable

path = sys.argv[-1]
try:
    text = open(path, encoding="utf-8").read()
except OSError as error:
    fail(str(error))
bare = re.sub(r'"[^"\n]*"|//[^\n]*', "", text)
if bare.count("{") != bare.count("}") or bare.count("[") != bare.count("]"):
    fail(f"{path}: a brace is missing")
for named in re.findall(r'bearer_token_file\s*=\s*"([^"]+)"', text):
    if not os.access(named, os.R_OK):
        fail(f"{named} cannot be read")
if sys.argv[1:2] == ["validate"]:
    sys.exit(0)
if sys.argv[1:2] != ["run"]:
    fail(f"unknown command {sys.argv[1:]}")
if "discovery.docker" in text and not os.access("/var/run/docker.sock", os.R_OK | os.W_OK):
    fail("Docker's socket cannot be opened")
writable(option(sys.argv, "storage.path", "/var/lib/alloy/data"))
ANSWERS = {"/-/ready": (200, "Alloy is ready.\n"), "/metrics": (200, "alloy_build_info 1\n")}
serve(*place(option(sys.argv, "server.http.listen-addr"), 12345), ANSWERS)
