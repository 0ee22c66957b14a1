package io.efka.mqtt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The MQTT 5 properties of a message that mean something to Efka.
 *
 * @param correlationData as sent; treat the array as read-only
 * @param expirySeconds message expiry interval; on arrival: what the broker left of it
 */
public record MessageProperties(
        Optional<String> contentType,
        Optional<String> responseTopic,
        Optional<byte[]> correlationData,
        OptionalLong expirySeconds,
        List<User> user) {

    /** None at all. */
    public static final MessageProperties NONE = new MessageProperties(
            Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty(), List.of());

    /** {@code content-type: application/json} and nothing else. */
    public static final MessageProperties JSON = new MessageProperties(
            Optional.of("application/json"), Optional.empty(), Optional.empty(), OptionalLong.empty(), List.of());

    public MessageProperties {
        user = List.copyOf(user);
    }

    /** These, and one user property more. */
    public MessageProperties with(String name, String value) {
        var more = new ArrayList<User>(user);
        more.add(new User(name, value));
        return new MessageProperties(contentType, responseTopic, correlationData, expirySeconds, more);
    }

    /** A user property; names may repeat. */
    public record User(String name, String value) {}
}
