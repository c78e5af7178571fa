#!/usr/bin/env python3
"""Stands in for Tailscale's container: keeps its state, listens where peers would come, and is asked by `tailscale`."""
import os
import signal
import socket
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
from serve import fail, say, writable

SOCKET = "/tmp/tailscaled.sock"
if sys.argv[1:]:
    try:
        link = socket.socket(socket.AF_UNIX)
        link.connect(SOCKET)
    except OSError as error:
        fail(f"tailscaled does not answer: {error}")
    sys.exit(0)
if not os.environ.get("TS_AUTHKEY"):
    fail("there is no key to join with: TS_AUTHKEY is not set")
writable(os.environ.get("TS_STATE_DIR", "/var/lib/tailscale"))
peers = [socket.socket(family, socket.SOCK_DGRAM) for family in (socket.AF_INET, socket.AF_INET6)]
peers[1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
peers[0].bind(("0.0.0.0", 41641))
peers[1].bind(("::", 41641))
door = socket.socket(socket.AF_UNIX)
if os.path.exists(SOCKET):
    os.remove(SOCKET)
door.bind(SOCKET)
door.listen()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
say("joined nobody: this is a stand-in")
while True:
    door.accept()[0].close()
