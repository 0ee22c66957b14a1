#!/bin/sh
# A service that talks to its agent: data, calls and a graceful end, with socat or the nc of OpenBSD.
say() { printf '%s\n' "$1" >&3; }
id_of() { printf '%s' "$1" | sed 's/.*"id":"\([^"]*\)".*/\1/'; }
connect() { if command -v socat >/dev/null; then socat - "UNIX-CONNECT:$1"; else nc -U "$1"; fi; }
measure() { while sleep 1; do
  say '{"type":"alive"}'
  say "{\"type\":\"data\",\"name\":\"load\",\"value\":$(cut -d ' ' -f 1 /proc/loadavg),\"retain\":true}"
done; }
fifo=$(mktemp -u) && mkfifo -m 600 "$fifo" && exec 3<>"$fifo" && rm "$fifo"
while :; do
  say "{\"type\":\"attach\",\"service\":\"$EFKA_SERVICE\",\"token\":\"$EFKA_TOKEN\"}"
  connect "$EFKA_CHANNEL" <&3 2>/dev/null | {
    while read -r line; do
      case $line in
        *'"type":"attached"'*) say '{"type":"ready"}'; measure & pid=$! ;;
        *'"type":"call"'*) say "{\"type\":\"result\",\"id\":\"$(id_of "$line")\",\"value\":\"$(uname -r)\"}" ;;
        *'"type":"config"'*) say "{\"type\":\"result\",\"id\":\"$(id_of "$line")\",\"error\":\"not here\"}" ;;
        *'"type":"stop"'*) kill $$ ;;
      esac
    done
    [ -z "$pid" ] || kill "$pid" 2>/dev/null
  }
  sleep 1
done
