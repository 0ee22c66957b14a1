package io.efka.it.bench;

import com.google.gson.JsonObject;

/**
 * A service that talks, in Python because a small process starts quickly and twenty of them leave the machine to what is
 * measured. It says what it is called to say: {@code go} has it publish whole numbers as data {@code n}, from 0 on and
 * later from where it stopped, written every 10 ms; {@code report} answers how many it has said and how long the last
 * {@code go} took; anything else is answered at once.
 */
final class Talker {
    private static final String TEXT = """
            #!/usr/bin/env python3
            import json, os, socket, threading, time

            channel = socket.socket(socket.AF_UNIX)
            channel.connect(os.environ["EFKA_CHANNEL"])
            lock, told = threading.Lock(), {"said": 0, "took_ms": 0, "done": True}

            def say(text):
                with lock: channel.sendall(text.encode())

            def count(rate, amount):
                begun, first, said = time.monotonic(), told["said"], 0
                while said < amount:
                    due = min(amount, int((time.monotonic() - begun) * rate) + 1)
                    numbers = range(first + said, first + due)
                    say("".join('{"type":"data","name":"n","value":%d}\\n' % n for n in numbers))
                    said = due
                    time.sleep(0.01)
                told.update(said=first + said, took_ms=int((time.monotonic() - begun) * 1000), done=True)

            say(json.dumps({"type": "attach", "service": os.environ["EFKA_SERVICE"],
                            "token": os.environ["EFKA_TOKEN"]}) + "\\n")
            say('{"type":"ready"}\\n')
            for line in map(json.loads, channel.makefile(encoding="utf-8")):
                if line["type"] != "call": continue
                answer = told if line["name"] == "report" else {}
                if line["name"] == "go":
                    told.update(done=False)
                    threading.Thread(target=count, args=(line["args"]["rate"], line["args"]["amount"])).start()
                say(json.dumps({"type": "result", "id": line["id"], "value": answer}) + "\\n")
            """;

    private Talker() {}

    /** Ready when its channel is. */
    static Script script(String service) {
        JsonObject more = new JsonObject();
        more.addProperty("ready", "channel");
        return new Script(service, TEXT, more);
    }
}
