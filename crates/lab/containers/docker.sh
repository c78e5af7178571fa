#!/bin/sh
# Stands in for the Docker within the gateway's container: it answers, and has every image.
exit 0
