package io.efka.agent.service;

import java.time.Duration;

/** Tells services in their own words that they are to end. Thread-safe; never blocks. */
public interface Farewells {

    /**
     * A run is about to be asked to end by its stop command or signal.
     *
     * @param grace how long it has until it is killed
     */
    void stopping(ServiceId service, RunId run, Duration grace);
}
