#!/bin/sh
# Says something twice a second.
count=0
while :; do
  count=$((count + 1))
  echo "line $count from chatty"
  sleep 0.5
done
