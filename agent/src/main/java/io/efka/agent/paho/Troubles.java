package io.efka.agent.paho;

import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs failures in a row: the first with its stack, then one line when their number has doubled. */
final class Troubles {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);

    private long count;

    void report(URI broker, Ending ending) {
        count++;
        String what = ending.up().isPresent() ? "connection lost" : "no connection";
        String reason = ending.loss().reason();
        if (count == 1) {
            if (ending.cause().isPresent()) {
                log.warn(
                        "broker={} {}: {}", broker, what, reason, ending.cause().get());
            } else {
                log.warn("broker={} {}: {}", broker, what, reason);
            }
        } else if (Long.bitCount(count) == 1) {
            log.warn("broker={} {}: {} ({} times in a row)", broker, what, reason, count);
        } else {
            log.debug("broker={} {}: {}", broker, what, reason);
        }
    }

    void over() {
        count = 0;
    }
}
