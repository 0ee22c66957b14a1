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
 * Writes metrics documents. All keys are always present; what cannot be measured is null. Sizes are in bytes. Counters
 * (network, CPU time, seconds) grow until the machine, the run or the agent starts again.
 */
final class MetricsCodec {
    private MetricsCodec() {}

    /**
     * The document of the machine.
     *
     * @param cpuPercent share of all cores together; 100 is all of them
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

    /** The document of a service; without a tree it has no process. {@code cpu_percent} 100 is one whole core. */
    static JsonObject service(Instant at, ServiceCounters counters, long nanos, Optional<Meters.Tree> tree) {
        var json = new JsonObject();
        json.addProperty("v", 1);
        json.addProperty("at", JsonWriter.timestamp(at));
        json.addProperty("service", counters.status().id().value());
        json.addProperty("state", StatusCodec.word(counters.status().state()));
        json.add("run", JsonWriter.value(counters.status().run()));
        json.add("cpu_percent", JsonWriter.value(tree.map(now -> counters.cpuPercent(nanos, now))));
        json.add("cpu_ms", JsonWriter.value(tree.map(Meters.Tree::cpuMillis)));
        json.add("rss", JsonWriter.value(tree.map(Meters.Tree::rss)));
        json.add("processes", JsonWriter.value(tree.map(Meters.Tree::processes)));
        json.add("threads", JsonWriter.value(tree.map(Meters.Tree::threads)));
        json.add("fds", JsonWriter.value(tree.map(Meters.Tree::fds)));
        json.add("read_bytes", JsonWriter.value(tree.map(Meters.Tree::readBytes)));
        json.add("written_bytes", JsonWriter.value(tree.map(Meters.Tree::writtenBytes)));
        OptionalLong uptime = tree.isPresent() ? counters.uptimeMillis(nanos) : OptionalLong.empty();
        json.add("uptime_ms", JsonWriter.value(uptime));
        json.addProperty("restarts", counters.status().restarts());
        json.addProperty("seconds_desired", counters.secondsDesired(nanos));
        json.addProperty("seconds_as_desired", counters.secondsAsDesired(nanos));
        return json;
    }

    private static JsonObject sizes(long total, long available) {
        return JsonWriter.object(new TreeMap<>(Map.of("total", total, "available", available)));
    }

    private static JsonObject network(Meters.Network bytes) {
        return JsonWriter.object(new TreeMap<>(Map.of("received", bytes.received(), "sent", bytes.sent())));
    }
}
