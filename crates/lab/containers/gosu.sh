#!/bin/sh
# gosu USER PROGRAM…: becomes that user, and then the program.
user=$1
shift
HOME=$(getent passwd "$user" | cut -d: -f6)
export HOME
exec setpriv --reuid "$user" --regid "$user" --init-groups -- "$@"
