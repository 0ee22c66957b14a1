package io.efka.agent.state;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;

/** Logs a failure that goes on: the first with its stack, the others as a line and a count, the end of it too. */
final class WriteFailureLog {
    private final Logger log;

    @GuardedBy("this") private long failures;

    WriteFailureLog(Logger log) {
        this.log = log;
    }

    void add(String what, Exception failure) {
        long count = count();
        if (count == 1) {
            log.warn("{}: {}", what, failure.getMessage(), failure);
        } else {
            log.warn("{}: {} ({} times in a row)", what, failure.getMessage(), count);
        }
    }

    void over() {
        long count = reset();
        if (count > 0) log.info("the state is saved again, after {} failures", count);
    }

    private synchronized long count() {
        return ++failures;
    }

    private synchronized long reset() {
        long before = failures;
        failures = 0;
        return before;
    }
}
