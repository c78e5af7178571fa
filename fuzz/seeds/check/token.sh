token.sh
#!/bin/sh
vault token create -policy=app -ttl=8760h
