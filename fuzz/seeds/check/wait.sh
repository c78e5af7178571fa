wait.sh
#!/bin/sh
apt-get update
until dig +short db.example.org | grep -q .; do sleep 1; done
