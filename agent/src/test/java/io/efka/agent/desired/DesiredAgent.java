package io.efka.agent.desired;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.telemetry.Events;
import io.efka.mqtt.FakeLink;
import io.efka.mqtt.Message;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics;
import io.efka.protocol.Topics.GroupId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/** An agent on a device, and the broker with what is retained there. It is killed and started again. Not thread-safe. */
final class DesiredAgent {
    static final String OWN = "efka/dev1/desired/";
    static final String ALL = "efka/group/all/desired/";
    static final String ROOF = "efka/group/roof/desired/";

    final FakeDevice device = new FakeDevice();
    final InMemoryDocuments store = new InMemoryDocuments();
    final FakeTimers timers = new FakeTimers();
    final List<String> events = new ArrayList<>();
    private final Map<String, String> retained = new java.util.TreeMap<>();
    private FakeLink link = FakeLink.connected();
    private Life life = new Life();
    private boolean isOnline;

    /** What a kill takes away: nothing of an earlier life reaches the device or the store. */
    private static final class Life implements Executor {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private boolean isRunning;
        private boolean isOver;

        @Override
        public void execute(Runnable task) {
            if (isOver) return;
            tasks.add(task);
            if (isRunning) return;
            isRunning = true;
            try {
                for (Runnable next = tasks.poll(); next != null && !isOver; next = tasks.poll()) next.run();
            } finally {
                isRunning = false;
            }
        }
    }

    private static final List<GroupId> GROUPS = List.of(new GroupId("roof"));

    private DeviceId id = Samples.DEVICE;
    private DesiredState agent = begin(GROUPS);

    private DesiredState begin(List<GroupId> groups) {
        life = new Life();
        link = FakeLink.connected();
        link.acknowledgeAtOnce();
        var topics = new Topics("efka", id, groups);
        Events heard = new Events() {
            @Override
            public void device(String kind, Map<String, ?> fields) {
                events.add(fields.get("source") + "/" + fields.get("name") + " " + fields.get("state"));
            }

            @Override
            public void service(ServiceId id, String kind, Map<String, ?> fields) {}
        };
        var ports = new DesiredPorts(store, device, device, new Reports(topics, link, timers), heard, timers);
        Set<String> keys = Set.of("release", "start", "on_failure", "manifest", "files");
        var started = new DesiredState(topics, ZoneOffset.UTC, ports, keys, life, Runnable::run);
        isOnline = false;
        started.start();
        return started;
    }

    private void kill() {
        life.isOver = true;
        device.isDead = true;
        store.isDead = true;
    }

    /** kill -9 at one of the next saves, before or behind it. */
    void killAtSave(int number, boolean isBefore) {
        store.killAt = number;
        store.isKilledBefore = isBefore;
        store.kill = this::kill;
    }

    /** kill -9, and the next agent. */
    void restart() {
        restart(GROUPS);
    }

    void restart(List<GroupId> groups) {
        kill();
        device.forgetHeld();
        device.isDead = false;
        store.isDead = false;
        store.killAt = 0;
        agent = begin(groups);
    }

    /** The next agent has another name. */
    void restartAs(String name) {
        id = new DeviceId(name);
        restart();
    }

    void goOnline() {
        isOnline = true;
        agent.online(true);
        retained.forEach((topic, text) -> agent.received(message(topic, text)));
    }

    void goOffline() {
        isOnline = false;
        agent.offline();
    }

    void end() {
        agent.end();
    }

    void changed(ServiceId service) {
        agent.changed(service);
    }

    /** A person publishes a document, retained; the device gets it if it is there. */
    void publish(String topic, String text) {
        if (text.isEmpty()) retained.remove(topic);
        else retained.put(topic, text);
        if (isOnline) agent.received(message(topic, text));
    }

    void deliver(Message message) {
        agent.received(message);
    }

    static Message message(String topic, String text) {
        return new Message(topic, text.getBytes(StandardCharsets.UTF_8), 1, true, Message.Properties.NONE);
    }

    static String document(long revision, String rest) {
        return "{\"v\":1,\"revision\":" + revision + "," + rest + "}";
    }

    void pass(Duration time) {
        timers.advance(time);
    }

    /** The newest report of a name. */
    JsonObject report(String name) {
        List<Message> all = reports(name);
        if (all.isEmpty()) throw new AssertionError("no report of " + name);
        String text = new String(all.get(all.size() - 1).payload(), StandardCharsets.UTF_8);
        return text.isEmpty() ? new JsonObject() : JsonParser.parseString(text).getAsJsonObject();
    }

    /** What this life has published about a name. */
    List<Message> reports(String name) {
        return link.publishedOn("efka/" + id + "/reported/" + name);
    }

    boolean needs(ServiceId service, String release) {
        return agent.needs(service, release);
    }

    /** Whether this life of the agent has published a report that is not empty. */
    boolean isReported(String name) {
        return link.publishedOn("efka/" + id + "/reported/" + name).stream()
                .anyMatch(report -> report.payload().length > 0);
    }

    String state(String name) {
        return report(name).has("state") ? report(name).get("state").getAsString() : "";
    }

    String error(String name) {
        return report(name).get("error").isJsonNull()
                ? ""
                : report(name).getAsJsonObject("error").get("message").getAsString();
    }

    JsonArray drift(String name) {
        return report(name).getAsJsonArray("drift");
    }

    FakeLink link() {
        return link;
    }
}
