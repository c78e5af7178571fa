#!/usr/bin/env python3
"""Stands in for n8n: its variables, its database, a page, and webhooks that answer what they were sent."""
import os
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
import ask
from serve import fail, say, serve, writable

wanted = ("DB_TYPE", "DB_POSTGRESDB_HOST", "DB_POSTGRESDB_PASSWORD", "N8N_ENCRYPTION_KEY")
for name in wanted:
    os.environ.get(name) or fail(f"{name} is not set")
# `n8n import:workflow …` and the like are taken and do nothing.
if sys.argv[1:] and sys.argv[1] != "start":
    sys.exit(0)
writable("/home/node/.n8n")


def ready(_):
    try:
        ask.postgresql(os.environ["DB_POSTGRESDB_HOST"], int(os.environ.get("DB_POSTGRESDB_PORT", 5432)),
                       os.environ["DB_POSTGRESDB_USER"], os.environ["DB_POSTGRESDB_PASSWORD"],
                       os.environ["DB_POSTGRESDB_DATABASE"])
        return 200, {"status": "ok"}
    except OSError as error:
        say(f"database: {error}")
        return 503, {"status": "error"}


serve(os.environ.get("N8N_LISTEN_ADDRESS") or "0.0.0.0", int(os.environ.get("N8N_PORT") or 5678),
      {"/healthz": (200, {"status": "ok"}), "/healthz/readiness": ready, "/metrics": (200, "n8n_up 1\n"),
       "/": (200, "n8n\n"), "*": lambda request: (200, request.body) if request.path.startswith("/webhook") else (404, "")})
