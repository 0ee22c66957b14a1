package io.efka.fleet.session;

import io.efka.protocol.FleetTopics;
import java.time.Duration;
import java.util.List;

/**
 * Waits until what is retained on some topics has come, as a mark behind the subscription tells. Not more topics at once than a broker
 * queues for a client. Confined to the command's thread.
 */
public final class RetainedReader {
    /** Half of what Mosquitto queues for a client. */
    public static final int MAX_BATCH = 500;

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final FleetSession session;

    public RetainedReader(FleetSession session) {
        this.session = session;
    }

    /**
     * Subscribes to the topics, handles what comes, and ends the subscriptions.
     *
     * @return as {@link #subscribe}
     */
    public boolean read(List<String> topics) throws FleetException, InterruptedException {
        boolean isAll = true;
        for (int from = 0; from < topics.size(); from += MAX_BATCH) {
            isAll &= readBatch(topics.subList(from, Math.min(from + MAX_BATCH, topics.size())));
        }
        return isAll;
    }

    private boolean readBatch(List<String> topics) throws FleetException, InterruptedException {
        boolean isAll = subscribe(topics);
        session.unsubscribe(List.copyOf(topics));
        return isAll;
    }

    /**
     * Subscribes for good, and handles what comes until all that is retained has come.
     *
     * @return false: the broker did not send the mark in time, so there may be more
     */
    public boolean subscribe(List<String> topics) throws FleetException, InterruptedException {
        // At QoS 0 a broker has no queue beyond which it drops what one wildcard brings.
        boolean isMany = topics.stream().anyMatch(topic -> topic.contains(FleetTopics.ANY));
        session.subscribe(List.copyOf(topics), isMany ? 0 : 1, true);
        Marks.Mark mark = session.marks().next();
        session.deliver(mark.message());
        // A broker that does not keep the order has sent by then what it has.
        return session.await(mark::isBack, LIMIT);
    }
}
