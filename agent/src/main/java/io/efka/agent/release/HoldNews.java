package io.efka.agent.release;

import io.efka.agent.release.DeployPorts.Changes;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.ServiceId;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says who holds a service, and why a hold ended: in the log, as an event, and in the service's status. Thread-safe. */
record HoldNews(ServiceId id, Events events, Changes changes) {
    private static final Logger LOG = LoggerFactory.getLogger(HoldNews.class);

    /** Why a hold ended; on the wire in lower case. */
    enum Why {
        /** Its time is over. */
        TIME,
        /** Whoever held, or an operator, released it. */
        RELEASED,
        /** The run of the service that held is over. */
        RUN_OVER
    }

    void placed(Hold hold) {
        LOG.info("service={} held {}", id, hold);
        events.service(id, "hold", hold.fields());
        changes.changed(id);
    }

    void ended(Hold hold, Why why) {
        String word = why.name().toLowerCase(Locale.ROOT);
        LOG.info("service={} no longer held by the {} ({}): {}", id, hold.by().word(), hold.reason(), word);
        events.service(id, "hold_ended", Map.of("by", hold.by().word(), "reason", hold.reason(), "why", word));
        changes.changed(id);
    }
}
