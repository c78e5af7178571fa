#!/bin/bash
# {{ service.name }}: made by piton. Root runs it by /etc/cron.d/openclaw-backup: the files belong to 1000, and the service user is another.
set -euo pipefail
home={{ values.home }}
target="$home/backups"
mkdir -p "$target"
# What is not there yet is no reason to keep nothing.
cd /
existing=()
for path in "$home/openclaw.json" "$home/credentials" "$home/workspace" "{{ service.directory }}/.env"{{ ' "' ~ service.directory ~ '/promtail-positions"' if here("promtail") else "" }}; do
  [ -e "$path" ] && existing+=("${path#/}")
done
file="$target/openclaw_backup_$(date +%Y%m%d_%H%M%S).tar.gz"
umask 077
tar -czf "$file" "${existing[@]}"
chown -R 1000:1000 "$target"
find "$target" -name 'openclaw_backup_*.tar.gz' -mtime +30 -delete
