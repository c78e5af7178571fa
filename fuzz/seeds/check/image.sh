image.sh
#!/bin/sh
docker commit app acme/app:new
