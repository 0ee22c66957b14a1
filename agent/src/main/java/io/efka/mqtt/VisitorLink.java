package io.efka.mqtt;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The connection of a program that looks at one thing after the other: what it subscribes to changes while it is
 * connected. Thread-safe; never blocks.
 */
public interface VisitorLink extends MqttLink {
    /**
     * Subscribes as well, on the present connection only: the next one does not know of it.
     *
     * @param qos 0 or 1, the most that is delivered
     * @param retained whether the broker sends what is retained (retain handling 0, otherwise 2)
     * @return completes, on the link's thread, when the broker has answered: with the filters that it refuses, each with
     *     the reason in words. Fails with a {@link LinkException} when there is no connection, or it is lost before
     */
    CompletableFuture<Map<String, String>> subscribe(List<String> filters, int qos, boolean retained);

    /**
     * Ends subscriptions of the present connection.
     *
     * @return completes, on the link's thread, when the broker has answered. Fails as {@link #subscribe}
     */
    CompletableFuture<Void> unsubscribe(List<String> filters);

    /**
     * What the broker has granted to the present connection, or to the last one: properties of its CONNACK by their names in MQTT 5, in
     * lower case with {@code _}. A yes is 1, a no is 0; what it did not say is not there.
     */
    default Map<String, Long> granted() {
        return Map.of();
    }
}
