#!/bin/bash
set -e
sed -i 's/USER node//' Dockerfile
sed -i '/^USER node/i RUN apt-get update && \
    apt-get install -y ffmpeg' Dockerfile
docker build -t app:local .
docker build -t box -f - /dev/null
docker commit box box:1
git checkout -- Dockerfile
