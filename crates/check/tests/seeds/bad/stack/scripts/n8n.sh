#!/bin/sh
docker exec n8n curl -s http://localhost:5678
curl -X POST http://127.0.0.1:5678/rest/login -d '{"email":"a@example.org","password":"x"}'
curl -X DELETE http://127.0.0.1:5678/rest/workflows/orders
docker exec n8n n8n import:workflow --input=/flows/orders.json
docker exec gateway-openclaw-1 node dist/index.js health
docker exec stack-openclaw-1 node dist/index.js health
docker exec gateway openclaw devices list
tar czf /srv/backup/openclaw.tgz /home/node/.openclaw/openclaw.json
systemctl restart caddy
