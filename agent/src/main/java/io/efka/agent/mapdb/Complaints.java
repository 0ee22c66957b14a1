package io.efka.agent.mapdb;

import org.slf4j.Logger;

/** Logs a failure that goes on: the first with its stack, the others as a line and a count, the end of it too. */
final class Complaints {
    private final Logger log;
    private long failures;

    Complaints(Logger log) {
        this.log = log;
    }

    synchronized void add(String what, Exception failure) {
        failures++;
        if (failures == 1) {
            log.warn("{}: {}", what, failure.getMessage(), failure);
        } else {
            log.warn("{}: {} ({} times in a row)", what, failure.getMessage(), failures);
        }
    }

    synchronized void over() {
        if (failures > 0) log.info("the state is saved again, after {} failures", failures);
        failures = 0;
    }
}
