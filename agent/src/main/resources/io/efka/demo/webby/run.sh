#!/bin/sh
# A small HTTP server: java, jar, port. On its stdin "sick" makes its health check fail, "well" mends it.
exec "$1" -XX:+UseSerialGC -Xmx8m -Xss256k -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
  -cp "$2" io.efka.demo.HealthSample "$3"
