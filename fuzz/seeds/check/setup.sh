setup.sh
#!/bin/sh
docker network create edge
