#!/bin/bash
apt-get update && apt-get install -y apt-transport-https
until dig +short db.example.org; do sleep 1; done
sed -i 's/^#\?Port .*/Port 2222/' /etc/ssh/sshd_config
systemctl restart sshd
ufw allow 2222/tcp
ufw allow 443/tcp
cloudflared service install
iptables -F
iptables -A INPUT -p tcp --dport 80 -j ACCEPT
chmod 755 /tmp
curl -k https://vault.example.org/v1/sys/health
vault token create -ttl=8760h
lxc network forward create lxdbr0 0.0.0.0
claude --dangerously-skip-permissions -p "fix it"
systemctl restart nginx
