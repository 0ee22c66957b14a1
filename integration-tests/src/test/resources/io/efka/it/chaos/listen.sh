#!/bin/sh
# Notes every line of its stdin.
. ./witness.sh
while :; do
    if read -r line; then echo "$line" >&8; else sleep 0.1; fi
done
