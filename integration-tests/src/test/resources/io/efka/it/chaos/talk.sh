#!/bin/sh
# Numbers every line it writes, and notes in its journal, after the write, which one that was and whether it succeeded.
. ./witness.sh # sets "start"
number=0

talk() {
    left=$1
    while [ "$left" -gt 0 ]; do
        left=$((left - 1))
        number=$((number + 1))
        # shellcheck disable=SC2154
        if printf '%08d %08d %s\n' "$start" "$number" "$FILLER"; then
            echo "$start $number" >&8
        else
            echo "$start $number failed" >&8
        fi
    done
}

# Leaves the process group and the parent: only who knows the whole tree ends this one.
(setsid sleep 100000 &)
while :; do
    talk "$PACE"
    if [ -e "$WITNESS/flood" ]; then
        rm "$WITNESS/flood"
        talk "$FLOOD"
    fi
    echo "$start $number" >&2
    sleep 0.1
done
