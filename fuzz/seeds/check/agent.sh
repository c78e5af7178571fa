agent.sh
#!/bin/sh
claude --dangerously-skip-permissions -p "tidy up the firewall"
