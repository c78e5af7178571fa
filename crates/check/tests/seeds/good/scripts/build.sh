#!/bin/bash
set -euo pipefail
trap 'git checkout -- Dockerfile' EXIT
sed -i 's/USER node/USER 1000/' Dockerfile
docker build -t acme/app:1.4.2 .
