#!/bin/sh
# Debian builds Prometheus without the receiver of OTLP, and its flag would stop it.
for word in "$@"; do
    shift
    case $word in
        --web.enable-otlp-receiver) echo "left out in the lab: $word" >&2 ;;
        *) set -- "$@" "$word" ;;
    esac
done
exec prometheus "$@"
