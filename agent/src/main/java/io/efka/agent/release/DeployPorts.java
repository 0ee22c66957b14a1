package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.ServiceId;
import io.efka.threads.Timers;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What deploys use to act outside themselves; shared by all services of a device.
 *
 * @param disk threads that may wait for the disk
 */
record DeployPorts(
        ReleaseStore store,
        ReleaseFolders folders,
        ServiceRegistry services,
        Turns turns,
        Events events,
        Timers timers,
        Executor disk,
        Changes changes) {

    /** The queues in which commands to services wait. */
    interface Turns {
        /**
         * Runs {@code work} on a thread that may wait for the disk when no other command to the service is under way; the next one
         * waits until {@code work}'s argument is run. Never blocks.
         */
        void take(ServiceId service, Consumer<Runnable> work);
    }

    /** Is told that what a service's status says of its releases has changed. */
    interface Changes {
        void changed(ServiceId service);
    }
}
