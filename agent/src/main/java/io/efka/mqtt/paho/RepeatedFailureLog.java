package io.efka.mqtt.paho;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs failures in a row: the first one, then one line each time their number has doubled. Stack traces are logged only
 * at DEBUG. Confined to the link's thread.
 */
final class RepeatedFailureLog {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);

    /** This many connections that the broker accepted and ended within {@link #SHORT} are a pattern. */
    private static final int MANY = 4;

    private static final Duration SHORT = Duration.ofMinutes(1);

    private final String clientId;
    private final Deque<Long> ends = new ArrayDeque<>();
    private long count;
    private boolean isFlapping;

    RepeatedFailureLog(String clientId) {
        this.clientId = clientId;
    }

    void report(URI broker, ConnectionEnd ending, long now) {
        count++;
        String what = ending.up().isPresent() ? "connection lost" : "no connection";
        String reason = ending.loss().reason();
        if (count == 1) {
            log.warn("broker={} {}: {}", broker, what, reason);
        } else if (Long.bitCount(count) == 1) {
            log.warn("broker={} {}: {} ({} times in a row)", broker, what, reason, count);
        } else {
            log.debug("broker={} {}: {}", broker, what, reason);
        }
        ending.cause().ifPresent(cause -> log.debug("broker={} {}", broker, what, cause));
        if (ending.kind() == ConnectionEnd.Kind.CUT || ending.loss().takenOver()) {
            lookForFlapping(broker, ending.loss().takenOver(), now);
        }
    }

    private void lookForFlapping(URI broker, boolean takenOver, long now) {
        while (!ends.isEmpty() && now - ends.getFirst() > SHORT.toNanos()) ends.removeFirst();
        ends.addLast(now);
        if (ends.size() < MANY) {
            isFlapping = false;
            return;
        }
        if (ends.size() > MANY) ends.removeFirst();
        if (isFlapping) return;
        isFlapping = true;
        log.error(
                "broker={} the broker ended the connection {} times within a minute: {} client id \"{}\"; give one of"
                        + " the two another --device",
                broker,
                MANY,
                takenOver ? "another client uses the same" : "see its log; another client may use the same",
                clientId);
    }

    /** The connection has lasted: the next failure is the first again. */
    void reset() {
        count = 0;
    }
}
