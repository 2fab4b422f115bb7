#!/bin/sh
# Runs once, in the container, on an empty PostgreSQL: a role and a database per party, closed to the others.
set -eu
for party in $PARTIES; do
    password=$(printenv "DB_PASSWORD_$(echo "$party" | tr a-z A-Z)")
    psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -v party="$party" -v password="$password" <<'SQL'
CREATE ROLE :"party" LOGIN PASSWORD :'password';
CREATE DATABASE :"party" OWNER :"party";
REVOKE CONNECT ON DATABASE :"party" FROM PUBLIC;
SQL
done
