package io.efka.fleet.events;

import io.efka.fleet.view.Document;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened.
 *
 * @param service empty: to the device itself
 * @param document as it was published
 */
public record FleetEvent(String device, Optional<String> service, Document document) {
    /** The event in a message; empty if it has none. */
    static Optional<FleetEvent> of(FleetTopics topics, Message message) {
        return topics.parse(message.topic())
                .filter(source -> source.leaf().equals("event"))
                .flatMap(source -> Document.parse(message.payload())
                        .map(document -> new FleetEvent(source.device(), source.service(), document)));
    }

    /** An event of a device's answer. */
    static FleetEvent of(String device, Document document) {
        return new FleetEvent(device, document.text("service"), document);
    }

    public Optional<Instant> at() {
        return document.instant("at");
    }

    /** {@code gate7}, {@code gate7/camera}. */
    public String name() {
        return device + service.map(one -> "/" + one).orElse("");
    }

    /** What it is called: {@code state}. */
    public String kind() {
        return document.text("event").orElse("event");
    }
}
