#!/bin/sh
# Works for a while, then ends as no service should. Its process id decides how long and how.
echo "crashy works, as process $$"
sleep $((5 + $$ % 15))
echo "crashy gives up" >&2
exit $((1 + $$ % 3))
