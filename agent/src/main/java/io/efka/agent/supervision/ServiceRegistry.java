package io.efka.agent.supervision;

import io.efka.agent.supervision.Request.Outcome;
import io.efka.protocol.Cause;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** All services of the device, as the rooms around the core see them. Thread-safe; never blocks but where said. */
public interface ServiceRegistry {

    /** Every service, also those whose manifest cannot be used, by id. */
    List<ServiceStatus> list();

    Optional<ServiceStatus> find(ServiceId id);

    /** The manifest in use; empty for an unknown service and for one whose manifest cannot be used. */
    Optional<Manifest> manifest(ServiceId id);

    Optional<Path> workDir(ServiceId id);

    /** Tells a service's supervisor; false if there is no such service. */
    boolean tell(ServiceId id, Event event);

    /**
     * Asks a service's supervisor. The future completes on the service's mailbox; empty: there is no such service.
     *
     * @param waits whether the outcome comes at the end of what is asked for
     * @param event made of the request
     */
    default Optional<CompletableFuture<Outcome>> ask(
            ServiceId id, Optional<String> commandId, boolean waits, Function<Request, Event> event) {
        return ask(id, Cause.command(commandId), waits, event);
    }

    /** The same, for another cause than a command. */
    default Optional<CompletableFuture<Outcome>> ask(
            ServiceId id, Cause cause, boolean waits, Function<Request, Event> event) {
        var outcome = new CompletableFuture<Outcome>();
        var request = new Request(cause, waits, outcome::complete);
        return tell(id, event.apply(request)) ? Optional.of(outcome) : Optional.empty();
    }

    /**
     * Registers a service, stopped and not desired. Durable when it returns (takes the time of a disk sync).
     *
     * @throws IllegalStateException if it is registered already
     */
    void add(ServiceId id, Path workDir, Manifest manifest) throws StoreException;

    /**
     * Writes down that a service is being removed: an agent that finds this at its start goes on with it. Durable when it
     * returns, also on a full disk.
     */
    void beginRemoval(ServiceId id) throws StoreException;

    /** The service stays after all. */
    void cancelRemoval(ServiceId id);

    /** The services whose removal an earlier agent began. They are stopped, or being stopped, and not desired. */
    Set<ServiceId> unfinishedRemovals();

    /**
     * Forgets a service whose state is stopped, failed or backoff, and that is not desired, with its output, its
     * configuration and whatever else the agent made for it. Durable when it returns.
     *
     * @throws IllegalStateException if it is unknown or has a process
     */
    void remove(ServiceId id) throws StoreException;
}
