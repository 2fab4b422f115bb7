#!/bin/sh
# Starts the broker with one user per party. A node may append to its own outgoing stream and read its own incoming one,
# nothing else; the hub works on every stream. Nobody else gets in, and nothing is written to disk.
set -eu
acl=${ACL_FILE:-/run/redis/users.acl}
umask 077

hash() { printenv "BROKER_PASSWORD_$(echo "$1" | tr a-z A-Z)" | tr -d '\n' | sha256sum | cut -d ' ' -f 1; }

{
    echo "user default off"
    connect="+ping +hello +auth +client|setname"
    read="+xreadgroup +xread +xack +xpending +xclaim +xinfo|consumers +xgroup|create +xgroup|delconsumer"
    echo "user hub on #$(hash hub) resetchannels -@all $connect ~fed:* +xadd $read +xdel +xlen +xtrim +xinfo|groups"
    for node in $NODES; do
        echo "user node-$node on #$(hash "$node") resetchannels -@all $connect (+xadd %W~fed:out:$node) ($read %RW~fed:in:$node)"
    done
} >"$acl"
exec redis-server --aclfile "$acl" --save '' --appendonly no --maxmemory 256mb --maxmemory-policy noeviction "$@"
