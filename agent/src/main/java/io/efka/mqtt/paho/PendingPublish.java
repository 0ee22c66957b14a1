package io.efka.mqtt.paho;

import io.efka.mqtt.MqttLink.Lane;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** A publish that waits for its turn, or for its acknowledgement. Compared by identity. */
final class PendingPublish {
    final String topic;
    final MqttMessage message;
    final Lane lane;
    final int bytes;
    final CompletableFuture<Void> done = new CompletableFuture<>();

    /** Its place among all that was sent. Guarded by {@link Outgoing}. */
    long number;

    /** @param bytes of the packet, at most */
    PendingPublish(String topic, MqttMessage message, Lane lane, int bytes) {
        this.topic = topic;
        this.message = message;
        this.lane = lane;
        this.bytes = bytes;
    }

    /** First in, first out, bounded in messages and bytes. Guarded by {@link Outgoing}. */
    static final class Queue {
        private final Deque<PendingPublish> waiting = new ArrayDeque<>();
        private final int maxMessages;
        private final int maxBytes;
        private int bytes;

        Queue(int maxMessages, int maxBytes) {
            this.maxMessages = maxMessages;
            this.maxBytes = maxBytes;
        }

        boolean offer(PendingPublish pending) {
            // An empty queue takes whatever fits into a packet.
            if (!waiting.isEmpty() && (waiting.size() >= maxMessages || bytes + pending.bytes > maxBytes)) return false;
            waiting.addLast(pending);
            bytes += pending.bytes;
            return true;
        }

        Optional<PendingPublish> poll() {
            Optional<PendingPublish> first = Optional.ofNullable(waiting.pollFirst());
            first.ifPresent(pending -> bytes -= pending.bytes);
            return first;
        }

        /** The first of those with the least weight. */
        Optional<PendingPublish> lightest(ToIntFunction<PendingPublish> weight) {
            return waiting.stream().min(Comparator.comparingInt(weight));
        }

        void remove(PendingPublish pending) {
            if (waiting.remove(pending)) bytes -= pending.bytes;
        }

        boolean isEmpty() {
            return waiting.isEmpty();
        }

        boolean hasTopic(String topic) {
            return !waiting.isEmpty() && waiting.stream().anyMatch(pending -> pending.topic.equals(topic));
        }

        int size() {
            return waiting.size();
        }

        void drainTo(List<PendingPublish> target) {
            target.addAll(waiting);
            waiting.clear();
            bytes = 0;
        }
    }
}
