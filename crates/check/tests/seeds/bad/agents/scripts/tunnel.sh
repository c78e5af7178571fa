#!/bin/bash
ufw default allow incoming
ufw allow 443/tcp
cloudflared service install
