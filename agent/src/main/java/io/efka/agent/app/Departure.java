package io.efka.agent.app;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.command.handler.RetainedTopics;
import io.efka.agent.session.BrokerSession;
import io.efka.agent.supervision.Supervisors;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Lane;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this device leaves the broker: with a farewell, or, decommissioned, without a trace. Thread-safe.
 */
final class Departure implements RetainedTopics {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    /** A sender waits for its reply for 10 seconds or more; a broker that is there needs less than one. */
    private static final Duration LIMIT = Duration.ofSeconds(8);

    private static final int IN_FLIGHT = 32;
    private static final long FAREWELL_SECONDS = 2;

    private final BrokerSession session;
    private final MqttLink link;
    private final Timers timers;
    private final Supplier<List<String>> topics;
    private volatile boolean forgotten;

    /** @param topics all that have, or may have, something retained; asked once nothing is added to them any more */
    Departure(BrokerSession session, MqttLink link, Timers timers, Supplier<List<String>> topics) {
        this.session = session;
        this.link = link;
        this.timers = timers;
        this.topics = topics;
    }

    /** Announces the end, unless everything was cleared. Blocks for seconds if the broker is slow. */
    void farewell() {
        try {
            session.shutdown().get(FAREWELL_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("the broker could not be told that the agent ends; it will publish the will");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the device is decommissioned, and so not to be started again by itself. */
    boolean isForgotten() {
        return forgotten;
    }

    @Override
    public CompletableFuture<Cleared> clear() {
        forgotten = true;
        return session.retire().thenCompose(silent -> {
            var round = new Round(topics.get());
            Timers.Timer limit = timers.schedule(LIMIT, round::giveUp);
            round.pump();
            return round.result.thenApply(cleared -> {
                limit.cancel();
                if (!cleared.left().isEmpty()) {
                    LOG.warn("retained topics of this device stay at the broker: {}", cleared.left());
                }
                return cleared;
            });
        });
    }

    private final class Round {
        private final CompletableFuture<Cleared> result = new CompletableFuture<>();

        @GuardedBy("this") private final ArrayDeque<String> waiting;

        @GuardedBy("this") private final Map<String, String> left = new LinkedHashMap<>();

        @GuardedBy("this") private int inFlight;

        @GuardedBy("this") private int cleared;

        Round(List<String> topics) {
            waiting = new ArrayDeque<>(topics);
            topics.forEach(topic -> left.put(topic, "not acknowledged within " + LIMIT.toSeconds() + " s"));
        }

        void pump() {
            for (String topic = next(); !topic.isEmpty(); topic = next()) {
                String mine = topic;
                // Bulk: behind the last values of services, which may still wait in the link.
                var empty = new Message(mine, new byte[0], 1, true, Message.Properties.NONE);
                CompletableFuture<Void> sent = link.publish(empty, Lane.BULK);
                if (sent.isDone()) note(mine, sent);
                else
                    sent.whenComplete(FatalErrors.top((done, problem) -> {
                        note(mine, sent);
                        pump();
                    }));
            }
            finishIfDone();
        }

        /** The topic to clear next; empty: none, or none now. */
        private synchronized String next() {
            if (waiting.isEmpty() || inFlight >= IN_FLIGHT) return "";
            inFlight++;
            return waiting.remove();
        }

        private void note(String topic, CompletableFuture<Void> sent) {
            @Nullable Throwable problem = sent.handle((done, thrown) -> thrown).join();
            synchronized (this) {
                inFlight--;
                if (problem == null) {
                    left.remove(topic);
                    cleared++;
                } else {
                    left.put(topic, String.valueOf(problem.getMessage()));
                }
            }
        }

        private void finishIfDone() {
            synchronized (this) {
                if (inFlight > 0 || !waiting.isEmpty()) return;
            }
            giveUp();
        }

        void giveUp() {
            Cleared now;
            synchronized (this) {
                waiting.clear();
                now = new Cleared(cleared, left);
            }
            result.complete(now);
        }
    }

    /** Ends every service gracefully. Blocks until they have ended, or {@code limit} is over. */
    void stopServices(Supervisors services, Duration limit) {
        try {
            if (!services.stop(limit)) {
                LOG.warn("not all services ended within {} s; the next agent finds them again", limit.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
