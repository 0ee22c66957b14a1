package io.efka.it.faults;

import static io.efka.it.faults.ProxiedDevice.ticker;
import static io.efka.it.proxy.Match.fromBroker;
import static io.efka.it.proxy.Match.publish;
import static io.efka.it.proxy.PacketType.CONNACK;
import static io.efka.it.proxy.PacketType.PUBACK;
import static io.efka.it.proxy.PacketType.PUBLISH;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.Watcher;
import io.efka.it.proxy.Announcement;
import io.efka.it.proxy.Quirk;
import io.efka.it.proxy.Quirks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Test;

/**
 * A few faults of the link at a time, chosen by chance, and then calm: within a minute all is well again, and nothing was
 * lost or done twice. {@code -Defka.seed=…} repeats the choice of a run that failed, {@code -Defka.rounds=…} makes it longer.
 */
class LinkCombinationsIT {
    private static final Duration WELL_AGAIN = Duration.ofSeconds(60);
    private static final Duration WEATHER = Duration.ofSeconds(6);
    private static final Duration BETWEEN_COMMANDS = Duration.ofMillis(200);
    private static final String OUTPUT = "efka/+/svc/+/stdout";
    private static final String REPLIES = "efka/+/reply";

    private final long seed =
            Long.getLong("efka.seed", ThreadLocalRandom.current().nextLong(1_000_000));
    private final Random random = new Random(seed);
    private int sent;

    @Test
    void afterAnyCombinationOfFaultsAllIsAsBefore() throws IOException {
        System.out.println("[link] -Dit.test=LinkCombinationsIT -Defka.seed=" + seed);
        try (var proxied = new ProxiedDevice(Brokers.start(), "combined")) {
            Device device = proxied.device().start();
            device.run(ticker("ticker", 50));
            device.run(Bundle.script("listener", "while read line; do echo \"$line\" >>got; done"));
            for (int round = 0; round < Integer.getInteger("efka.rounds", 3); round++) weather(proxied);
            proxied.proxy().calm();

            String run = "seed " + seed + "; the log:\n" + device.agent().log();
            assertAnswersSoon(proxied, run);
            assertOutputGoesOn(proxied, run);
            assertCommandsTookEffectOnce(proxied, run);
        }
    }

    /** One to three faults at once for some seconds, while commands are sent. */
    private void weather(ProxiedDevice proxied) {
        List<Map.Entry<String, Supplier<List<Quirk>>>> all = new ArrayList<>(faults().entrySet());
        Collections.shuffle(all, random);
        var chosen = all.subList(0, 1 + random.nextInt(3));
        System.out.println("[link] " + chosen.stream().map(Map.Entry::getKey).toList());
        chosen.forEach(fault -> fault.getValue().get().forEach(proxied.proxy()::add));
        long end = System.nanoTime() + WEATHER.toNanos();
        while (System.nanoTime() < end) {
            sendInput(proxied.device(), ++sent);
            Await.within(BETWEEN_COMMANDS, () -> false);
        }
        proxied.proxy().calm();
    }

    private Map<String, Supplier<List<Quirk>>> faults() {
        var faults = new LinkedHashMap<String, Supplier<List<Quirk>>>();
        faults.put(
                "acknowledgements of output lost",
                () -> List.of(Quirks.drop(fromBroker(PUBACK).about(OUTPUT)).times(20)));
        faults.put(
                "acknowledgements of replies lost",
                () -> List.of(Quirks.drop(fromBroker(PUBACK).about(REPLIES)).times(4)));
        faults.put("commands late", () -> List.of(Quirks.delay(fromBroker(PUBLISH), Duration.ofMillis(300))));
        faults.put(
                "output over quota",
                () -> List.of(Quirks.publishRefused(publish(OUTPUT), Quirks.QUOTA_EXCEEDED)
                        .times(5)));
        faults.put(
                "replies refused",
                () -> List.of(Quirks.publishRefused(publish(REPLIES), Quirks.UNSPECIFIED)
                        .times(2)));
        faults.put("cut again and again", () -> List.of(Quirks.cutEvery(Duration.ofMillis(1_500))));
        faults.put(
                "cut after output",
                () -> List.of(Quirks.cutAfter(publish(OUTPUT)).after(30).times(3)));
        faults.put(
                "cut before a reply",
                () -> List.of(Quirks.cutBefore(publish(REPLIES)).times(2)));
        faults.put("half open", Quirks::halfOpen);
        faults.put(
                "subscriptions refused",
                () -> List.of(
                        Quirks.subscriptionRefused(filter -> true, Quirks.UNSPECIFIED),
                        Quirks.cutEvery(WEATHER.dividedBy(2))));
        faults.put(
                "no answer to CONNECT",
                () -> List.of(Quirks.drop(fromBroker(CONNACK)), Quirks.cutEvery(WEATHER.dividedBy(2))));
        faults.put("nobody listens", () -> List.of(Quirks.connectionRefused()));
        faults.put(
                "five messages at once",
                () -> List.of(
                        Quirks.announce(Announcement.RECEIVE_MAXIMUM, 5),
                        Quirks.receiveMaximum(5),
                        Quirks.cutEvery(WEATHER.dividedBy(2))));
        faults.put(
                "small packets",
                () -> List.of(
                        Quirks.announce(Announcement.MAXIMUM_PACKET_SIZE, 3_000),
                        Quirks.packetSizeLimit(3_000),
                        Quirks.cutEvery(WEATHER.dividedBy(2))));
        faults.put("small messages, unannounced", () -> List.of(Quirks.messageSizeLimit(2_000)));
        return faults;
    }

    private static void sendInput(Device device, int number) {
        var properties = new MqttProperties();
        properties.setCorrelationData(id(number).getBytes(StandardCharsets.UTF_8));
        byte[] payload = ("{\"text\":\"" + number + "\\n\"}").getBytes(StandardCharsets.UTF_8);
        device.watcher().publish(device.topic("listener", "cmd/input"), payload, false, properties);
    }

    private static String id(int number) {
        return "input-" + number;
    }

    private static void assertAnswersSoon(ProxiedDevice proxied, String run) {
        long begun = System.nanoTime();
        proxied.device().watcher().publish(proxied.device().topic("cmd/ping"), "{\"id\":\"well\"}");
        Await.until(
                () -> "a ping answered; " + run,
                WELL_AGAIN,
                () -> replies(proxied.device()).containsKey("well"));
        System.out.println("[link] answers after " + Duration.ofNanos(System.nanoTime() - begun));
        String topic = proxied.device().topic("status");
        try (var eye = new Watcher(proxied.broker(), topic)) {
            assertThat(eye.awaitJson(topic, s -> true).get("online").getAsBoolean())
                    .as(run)
                    .isTrue();
        }
    }

    private static void assertOutputGoesOn(ProxiedDevice proxied, String run) throws IOException {
        String logs = Device.ok(proxied.device().ask("ticker", "logs", "{\"lines\":1}"))
                .get("text")
                .getAsString();
        Await.until(
                () -> "output up to " + logs + "; " + run,
                WELL_AGAIN,
                () -> proxied.output("ticker").text().contains(logs));
        assertThat(proxied.output("ticker").missing())
                .as("bytes lost without a word; " + run)
                .isZero();
    }

    /** Where the reply is a success: once. Where it is an error: at most once. Without a reply: a fault. */
    private void assertCommandsTookEffectOnce(ProxiedDevice proxied, String run) throws IOException {
        Device device = proxied.device();
        Await.until(() -> "a reply to each of " + sent + " inputs; " + run, WELL_AGAIN, () -> {
            Map<String, JsonObject> replies = replies(device);
            for (int i = 1; i <= sent; i++) if (!replies.containsKey(id(i))) return false;
            return true;
        });
        var effects = new HashMap<String, Integer>();
        for (String line : Files.readAllLines(device.workDir("listener").resolve("got"))) {
            effects.merge(line, 1, Integer::sum);
        }
        Map<String, JsonObject> replies = replies(device);
        for (int i = 1; i <= sent; i++) {
            JsonObject reply = replies.get(id(i));
            int times = effects.getOrDefault(Integer.toString(i), 0);
            boolean isRight = reply.get("ok").getAsBoolean() ? times == 1 : times <= 1;
            assertThat(isRight)
                    .as("%s took effect %d times: %s; %s", id(i), times, reply, run)
                    .isTrue();
        }
    }

    private static Map<String, JsonObject> replies(Device device) {
        var replies = new HashMap<String, JsonObject>();
        for (Watcher.Seen seen : device.watcher().all(device.topic("reply"))) {
            JsonObject reply = seen.json();
            if (reply.has("id")) replies.put(reply.get("id").getAsString(), reply);
        }
        return replies;
    }
}
