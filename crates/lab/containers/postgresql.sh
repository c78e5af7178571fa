#!/bin/sh
# Makes the data folder at the first start, with the superuser's password, and becomes PostgreSQL.
set -eu
as_postgres="setpriv --reuid postgres --regid postgres --clear-groups --"
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown -R postgres:postgres "$PGDATA" "${PGDATA%/*}"
    chmod 700 "$PGDATA"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    [ -n "${POSTGRES_PASSWORD:-}" ] || { echo "error: POSTGRES_PASSWORD is not set" >&2; exit 1; }
    umask 077
    printf '%s\n' "$POSTGRES_PASSWORD" > /tmp/password
    chown postgres /tmp/password
    # Words, not one: the variable holds several options.
    # shellcheck disable=SC2086
    $as_postgres initdb --username=postgres --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 \
        ${POSTGRES_INITDB_ARGS:-} -D "$PGDATA"
    rm /tmp/password
    echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
    chown postgres "$PGDATA/pg_hba.conf"
fi
unset POSTGRES_PASSWORD
exec $as_postgres "$@"
