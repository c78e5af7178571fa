#!/usr/bin/env python3
"""Stands in for LiteLLM: its configuration with the forms that stop the real one, its database, cache and key."""
import os
import time
import urllib.parse
import sys

sys.path.insert(0, "/usr/lib/piton-lab")
import ask
from serve import fail, option, say, serve, value, yaml_file

path = option(sys.argv, "config") or fail("--config is not given")
tree = yaml_file(path)


def named(text):
    """`os.environ/NAME` is the variable's value."""
    return os.environ.get(text[11:], "") if isinstance(text, str) and text.startswith("os.environ/") else text


key = named(value(tree, "general_settings", "master_key")) or fail("no master key")
if not key.startswith("sk-") or key == "sk-1234":
    fail("UnsafeMasterKeyError: the master key must begin with sk- and be no example")
fallbacks = value(tree, "litellm_settings", "fallbacks", otherwise=[])
if not isinstance(fallbacks, list) or any(len(it) != 1 for it in fallbacks):
    fail("fallbacks: each item must have exactly one key")
models = [model["model_name"] for model in tree.get("model_list") or []]
database = urllib.parse.urlsplit(named(value(tree, "general_settings", "database_url")) or fail("no database"))
for attempt in range(30):
    try:
        ask.postgresql(database.hostname, database.port or 5432, database.username,
                       urllib.parse.unquote(database.password or ""), database.path[1:])
        break
    except OSError as error:
        say(f"database: {error}")
        time.sleep(1)
else:
    fail("the database does not let it in")
cache = value(tree, "litellm_settings", "cache_params", otherwise={})
if cache.get("type") == "redis":
    try:
        ask.redis(named(cache["host"]), int(named(cache["port"])), named(cache["password"]))
    except OSError as error:
        fail(f"cache: {error}")
say(f"{len(models)} models")


def with_key(answer):
    return lambda request: answer if request.headers.get("Authorization") == f"Bearer {key}" else (401, "no key\n")


ANSWERS = {
    "/health/liveliness": (200, '"I am alive!"'), "/health/readiness": (200, {"status": "healthy", "db": "connected"}),
    "/v1/models": with_key((200, {"data": [{"id": name} for name in models]})),
    "/metrics": (200, "litellm_up 1\n"), "/metrics/": (200, "litellm_up 1\n"),
}
serve(option(sys.argv, "host", "0.0.0.0"), int(option(sys.argv, "port", "4000")), ANSWERS)
