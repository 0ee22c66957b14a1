package io.efka.agent.telemetry;

import com.google.gson.JsonObject;
import io.efka.protocol.json.JsonWriter;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Writes metrics documents. All keys are always there; what cannot be measured is null. Sizes are bytes, and what is
 * counted (network, cpu time, seconds) grows until the counter's owner starts anew.
 */
final class MetricsCodec {
    private MetricsCodec() {}

    /**
     * The machine.
     *
     * @param cpuPercent of all cores together, 100 is everything
     */
    static JsonObject device(Instant at, Meters.Host host, OptionalDouble cpuPercent) {
        var json = new JsonObject();
        json.addProperty("v", 1);
        json.addProperty("at", JsonWriter.timestamp(at));
        json.add("cpu_percent", JsonWriter.value(cpuPercent));
        json.add("load1", JsonWriter.value(host.load1()));
        json.add("memory", sizes(host.memory().total(), host.memory().available()));
        json.add("disk", sizes(host.disk().total(), host.disk().available()));
        var network = new JsonObject();
        new TreeMap<>(host.interfaces()).forEach((name, bytes) -> network.add(name, network(bytes)));
        json.add("network", network);
        json.add("temperature", JsonWriter.value(host.temperature()));
        json.addProperty("uptime_ms", host.uptimeSeconds() * 1000);
        return json;
    }

    /** A service; without a tree it has no process. {@code cpu_percent} 100 is one whole core. */
    static JsonObject service(Instant at, ServiceCounters gauge, long nanos, Optional<Meters.Tree> tree) {
        var json = new JsonObject();
        json.addProperty("v", 1);
        json.addProperty("at", JsonWriter.timestamp(at));
        json.addProperty("service", gauge.status().id().value());
        json.addProperty("state", StatusCodec.word(gauge.status().state()));
        json.add("run", JsonWriter.value(gauge.status().run()));
        json.add("cpu_percent", JsonWriter.value(tree.map(now -> gauge.cpuPercent(nanos, now))));
        json.add("cpu_ms", JsonWriter.value(tree.map(Meters.Tree::cpuMillis)));
        json.add("rss", JsonWriter.value(tree.map(Meters.Tree::rss)));
        json.add("processes", JsonWriter.value(tree.map(Meters.Tree::processes)));
        json.add("threads", JsonWriter.value(tree.map(Meters.Tree::threads)));
        json.add("fds", JsonWriter.value(tree.map(Meters.Tree::fds)));
        json.add("read_bytes", JsonWriter.value(tree.map(Meters.Tree::readBytes)));
        json.add("written_bytes", JsonWriter.value(tree.map(Meters.Tree::writtenBytes)));
        OptionalLong uptime = tree.isPresent() ? gauge.uptimeMillis(nanos) : OptionalLong.empty();
        json.add("uptime_ms", JsonWriter.value(uptime));
        json.addProperty("restarts", gauge.status().restarts());
        json.addProperty("seconds_desired", gauge.secondsDesired(nanos));
        json.addProperty("seconds_as_desired", gauge.secondsAsDesired(nanos));
        return json;
    }

    private static JsonObject sizes(long total, long available) {
        return JsonWriter.object(new TreeMap<>(Map.of("total", total, "available", available)));
    }

    private static JsonObject network(Meters.Network bytes) {
        return JsonWriter.object(new TreeMap<>(Map.of("received", bytes.received(), "sent", bytes.sent())));
    }
}
