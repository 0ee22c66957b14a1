package io.efka.it.browser;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.it.Watcher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** What somebody could publish who may publish anything, on every topic that the page reads. */
final class HostileMessages {
    /** Names of devices, services, groups and documents; a broker takes any but those with +, #, / or a control character. */
    static final List<String> IDS = List.of(
            "<img src=x onerror=alert(1)>",
            "\"><svg onload=alert(1)>",
            "' onmouseover='alert(1)",
            "javascript:alert(1)",
            "__proto__",
            "constructor",
            "hasOwnProperty",
            "..",
            "%2e%2e%2fx",
            "%",
            "?show=services&q=x",
            "{{7*7}}${7*7}",
            "\u202Egnp.exe",
            " ",
            "😀\u0301\u0301\u0301",
            "x".repeat(400));

    /** What a field may have where text is expected. */
    private static final List<String> TEXTS = List.of(
            "<img src=x onerror=alert(1)>",
            "</script><a href=\"javascript:alert(1)\">",
            "\u001b[31mred\u001b]8;;http://x/\u0007link\u001b[2J",
            "\u202Eright to left\u202C\u2066\u0000\u0007\r\n",
            "javascript:alert(1)",
            "https://evil.example/x.png");

    /** Names that documents of the protocol have, and those that every object of JavaScript has. */
    private static final List<String> FIELDS = List.of(
                    "device service desired health pid run since restarts crash_loop next_attempt_at release autostart next_run_at",
                    "version host os java session started_at boot_at at from to name stream bytes count why resource command ok",
                    "revision devices steps policy plan memory rss cpu uptime lines value missing more __proto__ constructor toString")
            .stream()
            .flatMap(line -> Stream.of(line.split(" ")))
            .toList();

    /** Those of the objects within them. */
    private static final List<String> INNER = List.of("kind message code release state by reason until id".split(" "));

    private final Watcher broker;

    /** @param broker whose client may publish all */
    HostileMessages(Watcher broker) {
        this.broker = broker;
    }

    /** Publishes all of it. What a new subscriber should get is retained, under a name of its own for each kind. */
    void publish() {
        for (String id : IDS) {
            everywhere(id, id, plausible(id).toString().getBytes(StandardCharsets.UTF_8));
        }
        payloads().forEach((name, payload) -> everywhere(name, name, payload));
    }

    private void everywhere(String device, String service, byte[] payload) {
        String top = "efka/" + device;
        String below = top + "/svc/" + service;
        for (String topic : List.of(
                top + "/status",
                below + "/status",
                top + "/desired/" + service,
                top + "/reported/" + service,
                "efka/group/" + device + "/desired/" + service,
                below + "/data/" + service)) {
            broker.publish(topic, payload, true, new MqttProperties());
        }
        sendLive(device, service, payload);
    }

    /** Again what only reaches whoever is there: events, metrics, output and replies. */
    void publishLive() {
        for (String id : IDS) {
            sendLive(id, id, plausible(id).toString().getBytes(StandardCharsets.UTF_8));
        }
        payloads().forEach((name, payload) -> sendLive(name, name, payload));
    }

    private void sendLive(String device, String service, byte[] payload) {
        String top = "efka/" + device;
        String below = top + "/svc/" + service;
        var properties = new MqttProperties();
        properties.setUserProperties(List.of(
                new UserProperty("offset", "-1"),
                new UserProperty("offset", "<img src=x>"),
                new UserProperty("__proto__", "x"),
                new UserProperty("run", TEXTS.get(0))));
        properties.setCorrelationData(new byte[] {(byte) 0xff, 0, 1});
        for (String topic : List.of(
                top + "/event",
                top + "/metrics",
                top + "/reply/" + service,
                below + "/event",
                below + "/metrics",
                below + "/stdout",
                below + "/stderr")) {
            broker.publish(topic, payload, false, properties);
        }
    }

    /** A document that looks right, with hostile text wherever text may be. Mosquitto 2.0.11 sends more than 4 KB slowly. */
    private static JsonObject plausible(String id) {
        var document = new JsonObject();
        int next = 0;
        for (String field : FIELDS) document.addProperty(field, TEXTS.get(next++ % TEXTS.size()));
        document.addProperty("v", 1);
        document.addProperty("online", true);
        document.addProperty("state", "running");
        document.addProperty("event", "state");
        document.add("groups", list(id, TEXTS.get(0)));
        document.add("warnings", list(TEXTS.get(0), TEXTS.get(2)));
        document.add("waiting_for", list(id));
        for (String part :
                List.of("cause", "deploy", "error", "last_exit", "exit", "rollout", "host", "agent", "schedule")) {
            var inner = new JsonObject();
            for (String field : INNER) inner.addProperty(field, TEXTS.get(next++ % TEXTS.size()));
            document.add(part, inner);
        }
        var holds = new JsonArray();
        holds.add(document.getAsJsonObject("cause").deepCopy());
        document.add("holds", holds);
        var services = new JsonObject();
        services.add(id, document.getAsJsonObject("deploy").deepCopy());
        services.addProperty("running", 1e300);
        document.add("services", services);
        return document;
    }

    private static JsonArray list(String... texts) {
        var list = new JsonArray();
        for (String text : texts) list.add(text);
        return list;
    }

    /** Whole payloads, by names of their own. */
    private static Map<String, byte[]> payloads() {
        var payloads = new LinkedHashMap<String, byte[]>();
        var types = new ArrayList<JsonElement>(List.of(
                new JsonPrimitive("z".repeat(40)),
                new JsonPrimitive(-1e308),
                new JsonPrimitive(true),
                JsonNull.INSTANCE,
                new JsonArray(),
                new JsonObject(),
                list("a", "b")));
        for (int i = 0; i < types.size(); i++) {
            var document = new JsonObject();
            for (String field : FIELDS) document.add(field, types.get(i));
            document.addProperty("online", true);
            payloads.put("type-" + i, bytes(document.toString()));
            payloads.put("bare-" + i, bytes(types.get(i).toString()));
        }
        payloads.put("huge", bytes("{\"online\":true,\"host\":\"" + "y".repeat(20_000) + "\"}"));
        payloads.put("deep", bytes("{\"online\":true,\"services\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}"));
        payloads.put(
                "polluting",
                bytes(
                        "{\"online\":true,\"__proto__\":{\"polluted\":1},\"constructor\":{\"prototype\":{\"polluted\":1}}}"));
        payloads.put("no-utf8", new byte[] {'{', '"', (byte) 0xc3, (byte) 0x28, (byte) 0xff, '"', ':', '1', '}'});
        payloads.put("cut-off", bytes("{\"online\":true,\"host\":\"" + TEXTS.get(0)));
        payloads.put("binary", new byte[] {0, 1, 2, 3, (byte) 0xff, (byte) 0xfe, 27, 91, 50, 74});
        payloads.put(
                "times",
                bytes("{\"online\":true,\"started_at\":\"+275761-01-01T00:00:00Z\",\"at\":\"-1\",\"since\":1e400}"));
        return payloads;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Devices, which are also their services, that have been published. */
    static List<String> names() {
        return Stream.concat(IDS.stream(), payloads().keySet().stream()).toList();
    }
}
