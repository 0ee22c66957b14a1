package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The reason codes that came on one connection, as the broker sent them. Thread-safe. */
final class ReasonCodes {
    @GuardedBy("this") private final Map<Integer, Integer> pubacks = new HashMap<>();

    @GuardedBy("this") private final Map<Integer, List<Integer>> subacks = new HashMap<>();

    @GuardedBy("this") private Optional<Integer> connack = Optional.empty();

    @GuardedBy("this") private Optional<Integer> olderConnack = Optional.empty();

    synchronized void puback(int packetId, int code) {
        pubacks.put(packetId, code);
    }

    /** Codes of one acknowledgement come one after the other. */
    synchronized void suback(int packetId, int code) {
        subacks.computeIfAbsent(packetId, none -> new ArrayList<>()).add(code);
    }

    synchronized void connack(int code) {
        connack = Optional.of(code);
    }

    synchronized void olderConnack(int code) {
        olderConnack = Optional.of(code);
    }

    /** The error with which a publish was answered, if it was one; forgotten once it is taken. */
    synchronized Optional<Integer> takePuback(int packetId) {
        return Optional.ofNullable(pubacks.remove(packetId));
    }

    /** The answers to a subscription, in its order; forgotten once they are taken. */
    synchronized List<Integer> takeSuback(int packetId) {
        return Optional.ofNullable(subacks.remove(packetId)).orElse(List.of());
    }

    /** The error with which the connect was answered, if it was one. */
    synchronized Optional<Integer> connack() {
        return connack;
    }

    /** The answer to a connect, of a broker that does not speak MQTT 5. */
    synchronized Optional<Integer> olderConnack() {
        return olderConnack;
    }
}
