#!/bin/sh
# Complains on stderr, and says on stdout that it did.
while :; do
  echo "grumbler: it is $(date +%H:%M:%S) and nobody has listened" >&2
  echo "complained"
  sleep 3
done
