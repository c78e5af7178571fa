build.sh
#!/bin/sh
docker build -t tool -f - /dev/null
