#!/bin/sh
# Stands for a program that takes pictures.
n=0
while :; do
  n=$((n + 1))
  echo "picture $n"
  sleep 1
done
