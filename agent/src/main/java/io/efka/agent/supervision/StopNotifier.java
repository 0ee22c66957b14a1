package io.efka.agent.supervision;

import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Tells services over their channels that they are to stop, and lets what they have sent be read before a timer judges
 * them. Thread-safe; never blocks.
 */
public interface StopNotifier {

    /**
     * The stop command or signal of a run is about to follow.
     *
     * @param grace how long it has until it is killed
     */
    void stopping(ServiceId service, RunId run, Duration grace);

    /**
     * Passes on, on any thread, a timer that judges a service by its silence. Before that, the supervisors get everything
     * that services have sent until now. If a newer timer of the same supervisor and kind comes meanwhile, only that one is
     * passed on.
     */
    default void afterReading(Event.TimerFired fired, Consumer<Event> supervisor) {
        supervisor.accept(fired);
    }
}
