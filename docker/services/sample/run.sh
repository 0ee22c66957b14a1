#!/bin/sh
# Counts every second, for as long as it is kept running.
n=0
while :; do
    n=$((n + 1))
    echo "number $n from $(hostname)"
    sleep 1
done
