package io.efka.agent.service;

import java.time.Duration;

/** Speaks with services in their own words when they are to end, or may have to. Thread-safe; never blocks. */
public interface Farewells {

    /**
     * A run is about to be asked to end by its stop command or signal.
     *
     * @param grace how long it has until it is killed
     */
    void stopping(ServiceId service, RunId run, Duration grace);

    /**
     * Runs {@code then}, on any thread, when the supervisors have been told whatever services have said until now: before
     * a service is judged by its silence.
     */
    default void afterReading(Runnable then) {
        then.run();
    }
}
