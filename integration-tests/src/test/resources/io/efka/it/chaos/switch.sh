#!/bin/sh
# Does nothing but be there, with a grandchild that left its process group.
. ./witness.sh
(setsid sleep 100000 &)
while :; do sleep 1; done
