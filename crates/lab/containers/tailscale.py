#!/usr/bin/env python3
"""Stands in for Tailscale's container: keeps its state, listens where peers would come, and is asked by `tailscale`.

Without a key and never joined, it is up and waits for somebody to log it in; after a minute it gives up, as the real one does.
"""
import os
import signal
import socket
import sys
import time

sys.path.insert(0, "/usr/lib/piton-lab")
from serve import fail, say, writable

SOCKET = "/tmp/tailscaled.sock"
PATIENCE = 60
if sys.argv[1:]:
    try:
        link = socket.socket(socket.AF_UNIX)
        link.connect(SOCKET)
    except OSError as error:
        fail(f"Logged out: {error}")
    sys.exit(0)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
if os.environ.get("TS_DEST_IP") and os.environ.get("TS_USERSPACE", "true") == "true":
    fail("boot: invalid configuration: TS_DEST_IP is not supported with TS_USERSPACE")
folder = os.environ.get("TS_STATE_DIR", "/var/lib/tailscale")
writable(folder)
state = os.path.join(folder, "tailscaled.state")
if not os.path.exists(state):
    if not os.environ.get("TS_AUTHKEY"):
        say("To authenticate, visit: https://login.invalid/a/1 (TS_AUTHKEY is not set)")
        time.sleep(PATIENCE)
        fail("boot: failed to auth tailscale: nobody logged it in")
    with open(state, "w", encoding="utf-8") as file:
        file.write("{}\n")
peers = [socket.socket(family, socket.SOCK_DGRAM) for family in (socket.AF_INET, socket.AF_INET6)]
peers[1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
peers[0].bind(("0.0.0.0", 41641))
peers[1].bind(("::", 41641))
door = socket.socket(socket.AF_UNIX)
if os.path.exists(SOCKET):
    os.remove(SOCKET)
door.bind(SOCKET)
door.listen()
say("joined nobody: this is a stand-in")
while True:
    door.accept()[0].close()
