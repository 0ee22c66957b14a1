package io.efka.fleet.logs;

import io.efka.protocol.FleetTopics;
import io.efka.protocol.FleetTopics.Source;
import java.util.Optional;

/**
 * One stream of one service.
 *
 * @param stream {@code stdout} or {@code stderr}
 */
public record StreamId(String device, String service, String stream) implements Comparable<StreamId> {
    /** Whose output comes on the topic; empty if it is none. */
    static Optional<StreamId> of(FleetTopics topics, String topic) {
        Optional<Source> source = topics.parse(topic);
        if (source.isEmpty() || source.get().service().isEmpty()) return Optional.empty();
        String leaf = source.get().leaf();
        if (!leaf.equals("stdout") && !leaf.equals("stderr")) return Optional.empty();
        return Optional.of(
                new StreamId(source.get().device(), source.get().service().get(), leaf));
    }

    /** {@code gate7/camera}. */
    public String serviceName() {
        return device + "/" + service;
    }

    @Override
    public int compareTo(StreamId other) {
        int byName = serviceName().compareTo(other.serviceName());
        return byName != 0 ? byName : stream.compareTo(other.stream);
    }
}
