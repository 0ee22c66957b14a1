package io.efka.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.TestBroker;
import io.efka.it.proxy.BrokerProxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * A device, a broker, and a proxy between them that can misbehave. The watching operator is connected to the broker
 * itself.
 */
final class ProxiedDevice implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TestBroker broker;
    private final BrokerProxy proxy;
    private final Device device;

    /** @param broker a started one, which is closed with this */
    ProxiedDevice(TestBroker broker, String device) {
        this.broker = broker;
        this.proxy = new BrokerProxy(broker.port());
        this.device = new Device(broker, device, proxy.uri());
    }

    TestBroker broker() {
        return broker;
    }

    BrokerProxy proxy() {
        return proxy;
    }

    Device device() {
        return device;
    }

    /** A service that runs the lines {@code before} and then writes a numbered line so many times a second. */
    static Bundle ticker(String id, int perSecond, String... before) {
        String loop = "i=0; while :; do i=$((i+1)); echo \"tick $i\"; sleep " + 1.0 / perSecond + "; done";
        String[] script = Arrays.copyOf(before, before.length + 1);
        script[before.length] = loop;
        return Bundle.script(id, script).with("output", "{\"linger\":\"10ms\"}");
    }

    void awaitOutput(String service, String wanted) {
        Await.until(
                () -> service + " says \"" + wanted + "\"; the agent's log:\n"
                        + device.agent().log(),
                LIMIT,
                () -> output(service).text().contains(wanted));
    }

    OutputAccount output(String service) {
        return OutputAccount.of(device, service, "stdout");
    }

    JsonObject ping() {
        try {
            return Device.ok(device.ask("ping", ""));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the agent's log:\n" + String.join("\n", log()), e);
        }
    }

    /** Sends pings until one is answered: where the session was lost, those sent before the agent has subscribed are lost. */
    void awaitPing() {
        int before = pingsAnswered();
        Await.until(() -> "a ping answered; the agent's log:\n" + String.join("\n", log()), LIMIT, () -> {
            device.watcher().publish(device.topic("cmd/ping"), "");
            return Await.within(Duration.ofSeconds(1), () -> pingsAnswered() > before);
        });
    }

    private int pingsAnswered() {
        return (int) device.watcher().all(device.topic("reply")).stream()
                .filter(reply -> reply.json().get("command").getAsString().equals("ping"))
                .count();
    }

    /** Connections since the agent started, as it reports them. */
    int connections() {
        return Device.ok(device.ask("info", ""))
                .getAsJsonObject("info")
                .getAsJsonObject("broker")
                .get("connections")
                .getAsInt();
    }

    List<String> log() {
        return device.agent().log().lines().toList();
    }

    /** Lines of the log at WARN or above that contain this. */
    List<String> complaints(String about) {
        return log().stream()
                .filter(line -> line.contains("WARN") || line.contains("ERROR"))
                .filter(line -> line.contains(about))
                .toList();
    }

    void awaitComplaint(String about) {
        Await.until(
                () -> "a complaint with \"" + about + "\" in the log:\n" + String.join("\n", log()),
                LIMIT,
                () -> complaints(about).stream().findAny().isPresent());
    }

    void assertNoStackTrace() {
        assertThat(log()).as("no stack trace").noneMatch(line -> line.startsWith("\tat "));
    }

    @Override
    public void close() {
        // First the link is made good again: an agent that cannot end then has a fault of its own.
        proxy.calm();
        proxy.reset();
        try (broker;
                proxy) {
            device.close();
        }
    }
}
