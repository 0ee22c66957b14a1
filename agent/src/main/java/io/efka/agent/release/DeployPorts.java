package io.efka.agent.release;

import io.efka.agent.install.Programs;
import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.ServiceId;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What deploys use to act outside themselves; shared by all services of a device.
 *
 * @param artifacts how what is not on the device comes onto it
 * @param programs says whether a service could be started
 * @param turns the queues of commands to services: a switch waits its turn like a command
 * @param disk threads that may wait for the disk
 * @param maxHold no hold lasts longer
 * @param needs what must not be deleted, whatever is deployed meanwhile
 * @param changes is told on any thread; must not block
 */
public record DeployPorts(
        ReleaseStore store,
        ReleaseFolders folders,
        Artifacts artifacts,
        Programs programs,
        ServiceRegistry services,
        Turns turns,
        Events events,
        Timers timers,
        Executor disk,
        Duration maxHold,
        Needs needs,
        Changes changes) {

    /** The queues in which commands to services wait. */
    public interface Turns {
        /**
         * Runs {@code work} on a thread that may wait for the disk when no other command to the service is under way; the next one
         * waits until {@code work}'s argument is run. Never blocks.
         */
        void take(ServiceId service, Consumer<Runnable> work);
    }

    /** Who may go back to a release after several deploys. */
    public interface Needs {
        /** Thread-safe; never blocks. */
        boolean isNeeded(ServiceId service, ReleaseId release);
    }

    /** Is told that what a service's status says of its releases has changed. */
    public interface Changes {
        void changed(ServiceId service);
    }
}
