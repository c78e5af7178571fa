deploy.sh
#!/bin/sh
systemctl restart caddy
