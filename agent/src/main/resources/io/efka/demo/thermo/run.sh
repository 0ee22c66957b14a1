#!/bin/sh
# A thermometer that talks over its channel: java, jar.
exec "$1" -XX:+UseSerialGC -Xmx8m -Xss256k -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
  -cp "$2" io.efka.demo.SensorSample
