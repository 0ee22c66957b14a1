# Sourced by every sample. Takes the service's lock, which its whole tree holds; numbers this start; opens the journal.
exec 9>>"$WITNESS/lock"
flock -n 9 || echo "$EFKA_RUN" >>"$WITNESS/violations"
echo "$EFKA_RUN" >>"$WITNESS/starts"
start=$(wc -l <"$WITNESS/starts")
start=$((start))
exec 8>>"$WITNESS/journal"
