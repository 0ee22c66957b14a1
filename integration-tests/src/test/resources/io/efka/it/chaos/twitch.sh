#!/bin/sh
# Notes every signal.
trap 'echo signal >&8' USR1
. ./witness.sh
while :; do sleep 0.1; done
