#!/bin/bash
set -euo pipefail
ufw allow 222/tcp
sed -i 's/^#\?Port .*/Port 222/' /etc/ssh/sshd_config
systemctl restart ssh
