forward.sh
#!/bin/sh
iptables -I FORWARD -i lxdbr0 -j ACCEPT
