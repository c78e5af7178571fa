reset.sh
#!/bin/sh
iptables -F
iptables -P INPUT DROP
