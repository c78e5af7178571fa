login.sh
#!/bin/sh
curl -s http://127.0.0.1:5678/rest/login -d '{"email":"me@example.org","password":"x"}'
