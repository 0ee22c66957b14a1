package io.efka.agent.supervision;

import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import java.time.Duration;
import java.util.function.Consumer;

/** Tells services over their channels that they are to stop, and hears them before a timer ends them. Thread-safe; never blocks. */
public interface StopNotifier {

    /**
     * A run is about to be asked to end by its stop command or signal.
     *
     * @param grace how long it has until it is killed
     */
    void stopping(ServiceId service, RunId run, Duration grace);

    /**
     * Tells a supervisor, on any thread, that a timer has fired which judges its service by silence: after the supervisors
     * have been told whatever services have said until now. It is told unless a newer one of the same supervisor and kind
     * comes meanwhile, which is told in its place.
     */
    default void afterReading(Event.TimerFired fired, Consumer<Event> supervisor) {
        supervisor.accept(fired);
    }
}
