import.sh
#!/bin/sh
docker exec n8n curl -s http://localhost:5678/healthz
