harden.sh
#!/bin/bash
sed -i 's/^#\?Port .*/Port 2222/' /etc/ssh/sshd_config
systemctl restart ssh
ufw allow 2222/tcp
