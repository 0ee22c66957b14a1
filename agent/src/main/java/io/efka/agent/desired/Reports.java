package io.efka.agent.desired;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.telemetry.OverwriteDetector;
import io.efka.agent.telemetry.RetainedDocument;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.Names;
import io.efka.protocol.Topics;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Publishes the retained reports, one for each name of a document. If somebody else writes or clears one, it is published again; one
 * of a document that this agent does not know, as after a reinstallation, is cleared. Thread-safe; never blocks, and holds no lock
 * while it calls out.
 */
public final class Reports {
    /** Between a report of an unknown document and its clearing: the document may be on its way. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Unknown reports that wait to be cleared; more than that were never published by an agent. */
    private static final int MAX_UNKNOWN = 256;

    private static final byte[] NOTHING = {};

    /** Differs from every report, and from none. */
    private static final byte[] UNPUBLISHED = {0};

    private final String start;
    private final MqttLink link;
    private final Timers timers;

    @GuardedBy("this") private final Map<String, Published> reports = new HashMap<>();

    @GuardedBy("this") private final Set<String> unknown = new HashSet<>();

    @GuardedBy("this") private boolean online;

    public Reports(Topics topics, MqttLink link, Timers timers) {
        this.start = topics.device("reported/");
        this.link = link;
        this.timers = timers;
    }

    private static final class Published {
        private final RetainedDocument document;
        private final OverwriteDetector detector;
        private volatile byte[] content = UNPUBLISHED;

        Published(String topic, MqttLink link, Timers timers, Runnable settled, boolean online) {
            document = new RetainedDocument(topic, link, timers, this::within, settled, online);
            detector = new OverwriteDetector(timers, document::changed);
        }

        private byte[] within(long bytes) {
            byte[] newest = content;
            return detector.publishing(newest.length <= bytes ? newest : shortened(newest));
        }

        private static byte[] shortened(byte[] whole) {
            JsonObject json = JsonParser.parseString(new String(whole, StandardCharsets.UTF_8))
                    .getAsJsonObject();
            for (String key : List.of("drift", "services", "others")) json.remove(key);
            json.addProperty("shortened", true);
            return JsonWriter.bytes(json);
        }
    }

    /** The newest report; the same again is not published. */
    void update(String name, JsonObject report) {
        publish(name, JsonWriter.bytes(report));
    }

    /** There is nothing to report any more. */
    void clear(String name) {
        publish(name, NOTHING);
    }

    private void publish(String name, byte[] content) {
        Published published;
        synchronized (this) {
            published = reports.get(name);
            if (published == null) {
                published = new Published(start + name, link, timers, () -> settled(name), online);
                reports.put(name, published);
            }
            unknown.remove(name);
            if (Arrays.equals(published.content, content)) return;
            published.content = content;
        }
        published.document.changed();
    }

    /** The broker has the newest report. One that is cleared is forgotten: names are made up by whoever publishes documents. */
    private synchronized void settled(String name) {
        Published published = reports.get(name);
        if (published != null && published.content.length == 0) reports.remove(name);
    }

    /** How many names are in mind. */
    synchronized int size() {
        return reports.size() + unknown.size();
    }

    /** This agent speaks for the device; see {@link RetainedDocument#online}. */
    public void online(boolean sessionPresent) {
        for (Published published : setOnline(true)) published.document.online(sessionPresent);
    }

    /** Publishes nothing from now on. */
    public void offline() {
        for (Published published : setOnline(false)) published.document.offline();
    }

    private synchronized List<Published> setOnline(boolean now) {
        online = now;
        return new ArrayList<>(reports.values());
    }

    /** A message arrived; those on other topics are ignored. All on {@code …/reported/+} must be passed, echoes included. */
    public void received(Message message) {
        if (!message.topic().startsWith(start)) return;
        String name = message.topic().substring(start.length());
        if (!Names.isLegal(name)) return;
        Published known;
        synchronized (this) {
            known = reports.get(name);
            if (known == null && (message.payload().length == 0 || unknown.size() >= MAX_UNKNOWN)) return;
            if (known == null && !unknown.add(name)) return;
        }
        if (known != null) known.detector.received(message.payload());
        else timers.schedule(PATIENCE, () -> forget(name));
    }

    private void forget(String name) {
        synchronized (this) {
            if (!unknown.remove(name)) return;
        }
        clear(name);
    }

    /** The topics on which this agent has a report. */
    public synchronized List<String> topics() {
        return reports.entrySet().stream()
                .filter(report -> report.getValue().content.length > 0)
                .map(report -> start + report.getKey())
                .toList();
    }
}
