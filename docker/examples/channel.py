#!/usr/bin/env python3
"""A service that talks to its agent: data, calls, a configuration and a graceful end. No library needed."""
import json, os, random, socket, threading, time

def serve(channel, config={"every_s": 1}):
    def say(**line): channel.sendall(json.dumps(line).encode() + b"\n")

    def measure():
        while channel.fileno() >= 0:
            say(type="alive")
            say(type="data", name="temperature", value=round(20 + random.random(), 2), retain=True)
            time.sleep(config["every_s"])

    say(type="attach", service=os.environ["EFKA_SERVICE"], token=os.environ["EFKA_TOKEN"])
    for line in map(json.loads, channel.makefile(encoding="utf-8")):
        kind, bad = line["type"], line.get("config", {}).get("every_s", 1) <= 0
        if kind in ("attached", "config") and not bad: config.update(line["config"])
        if kind == "config": say(type="result", id=line["id"], error="every_s must be more than 0" if bad else None)
        if kind == "attached": say(type="ready"), threading.Thread(target=measure, daemon=True).start()
        if kind == "call": say(type="result", id=line["id"], value={"name": line["name"], "args": line["args"]})
        if kind == "stop": os._exit(0)

while True:  # an agent that is started again is found at the same place, and knows the same token
    with socket.socket(socket.AF_UNIX) as channel:
        try: channel.connect(os.environ["EFKA_CHANNEL"]), serve(channel)
        except OSError: pass
    time.sleep(1)
