#!/bin/bash
# {{ service.name }}: made by piton. Runs as root in the container, which Sysbox makes nobody on the host; ends as node.
set -u
home=/home/node/.openclaw

# 1. Locks of a gateway that did not end by itself would keep this one from starting.
rm -f "$home"/gateway.*.lock

# 2. The gateway rewrites its file, and not always for its owner alone.
[ -f "$home/openclaw.json" ] && chmod 600 "$home/openclaw.json"

# 3. Sysbox shows the host's 1000 as 1002: what sandboxes sign in with must be theirs.
chown -R 1000:1000 /home/node/.claude-sandbox

# 4. A Docker of its own, for sandboxes.
dockerd --host=unix:///var/run/docker.sock --storage-driver=overlay2 --log-level=warn >/var/log/dockerd.log 2>&1 &
ready=no
for _ in $(seq 30); do
  if docker info >/dev/null 2>&1; then
    ready=yes
    break
  fi
  sleep 1
done

# 5. The images of sandboxes, once. Built and never committed: a committed container keeps what was done in it.
built() { docker image inspect "$1" >/dev/null 2>&1; }
if [ "$ready" = yes ]; then
  built openclaw-sandbox || docker build -t openclaw-sandbox -f /app/sandbox/Dockerfile /app/sandbox
  built openclaw-sandbox-common:bookworm-slim || (cd /app && bash scripts/sandbox-common-setup.sh)
{% if values.browser %}
  built openclaw-sandbox-browser:bookworm-slim || (cd /app && bash scripts/sandbox-browser-setup.sh)
{% endif %}
  # From standard input: a nested Docker refuses /dev/null as a context.
  built openclaw-sandbox-claude:bookworm-slim || printf '%s\n' \
    'FROM openclaw-sandbox-common:bookworm-slim' 'USER root' \
    'RUN npm install -g @anthropic-ai/claude-code' 'USER 1000' |
    docker build -t openclaw-sandbox-claude:bookworm-slim -
else
  echo "dockerd did not come up in 30 s: agents have no sandboxes; see /var/log/dockerd.log" >&2
fi

# 6. node from here on. gosu starts no shell in between, so signals arrive.
exec gosu node "$@"
