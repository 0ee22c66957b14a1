package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The filters that the broker refuses at this moment, over all connections; each change is said once. Thread-safe. */
final class RefusedFilters {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);

    @GuardedBy("this") private Map<String, String> refused = Map.of();

    /**
     * What stands now.
     *
     * @return whether it is something else than before
     */
    boolean set(Map<String, String> now) {
        Map<String, String> before;
        synchronized (this) {
            before = refused;
            refused = new LinkedHashMap<>(now);
        }
        now.forEach((filter, reason) -> {
            if (!before.containsKey(filter)) {
                log.warn("filter={} is not subscribed, nothing comes from there: {}; asked for again", filter, reason);
            }
        });
        before.forEach((filter, reason) -> {
            if (!now.containsKey(filter)) log.info("filter={} is subscribed now", filter);
        });
        return !before.equals(now);
    }

    synchronized Map<String, String> describe() {
        return Map.copyOf(refused);
    }
}
