package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.supervision.StatusListener;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.threads.Timers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The releases and deploys of all services of the device. Thread-safe; never blocks. */
public final class Deployments implements StatusListener {
    private final Map<ServiceId, Deployer> deployers = new ConcurrentHashMap<>();
    private final DeployPorts ports;
    private final Supplier<Executor> mailboxes;

    /**
     * @param turns the queues of commands to services: a switch waits its turn like a command
     * @param disk threads that may wait for the disk
     * @param mailboxes makes an executor that runs one task at a time, in order
     * @param changes is told when what {@link #releases} returns has changed, on any thread; must not block
     */
    public Deployments(
            ReleaseStore store,
            ReleaseFolders folders,
            ServiceRegistry services,
            BiConsumer<ServiceId, Consumer<Runnable>> turns,
            Events events,
            Timers timers,
            Executor disk,
            Supplier<Executor> mailboxes,
            Consumer<ServiceId> changes) {
        this.ports = new DeployPorts(store, folders, services, turns::accept, events, timers, disk, changes::accept);
        this.mailboxes = mailboxes;
    }

    /** Goes on with the deploys that an earlier agent left. Called once, when the services are supervised. */
    public void start() {
        ports.store().load().forEach((id, found) -> {
            deployers
                    .computeIfAbsent(id, unknown -> new Deployer(id, found, ports, mailboxes.get()))
                    .resume();
        });
    }

    /** Completes when the deploy is over, or switched where nobody wants the service to run. */
    public CompletableFuture<DeployResult> deploy(ServiceId id, DeployRequest request) {
        return deployer(id).deploy(request);
    }

    /** Completes with the deploy that was confirmed; empty: none is being watched. */
    public CompletableFuture<Optional<Deploy>> confirm(ServiceId id) {
        return deployer(id).tell(new DeployEvent.ConfirmAsked()).thenApply(told -> told.filter(Deploy::isOver));
    }

    /** Completes with the deploy that was told; empty: none is under way. What is current already is taken back. */
    public CompletableFuture<Optional<Deploy>> cancel(ServiceId id) {
        return deployer(id).tell(new DeployEvent.EndAsked(DeployResult.Outcome.CANCELLED, "cancelled by command"));
    }

    /** As they are now. */
    public ServiceReleases releases(ServiceId id) {
        return Optional.ofNullable(deployers.get(id)).map(Deployer::releases).orElse(ServiceReleases.NONE);
    }

    /** What a status says of a service's releases; empty for a service that has none. */
    public Map<String, Object> describe(ServiceId id) {
        ServiceReleases releases = releases(id);
        var fields = new LinkedHashMap<String, Object>();
        releases.current().ifPresent(current -> fields.put("release", current.value()));
        releases.deploy().ifPresent(deploy -> fields.put("deploy", describe(deploy)));
        return fields;
    }

    private static Map<String, Object> describe(Deploy deploy) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("release", deploy.target().value());
        fields.put("state", deploy.state().visible());
        fields.put("since", deploy.state().since());
        fields.put("previous", deploy.back().map(ReleaseId::value));
        fields.putAll(deploy.problemFields());
        return fields;
    }

    private Deployer deployer(ServiceId id) {
        return deployers.computeIfAbsent(id, unknown -> new Deployer(id, ServiceReleases.NONE, ports, mailboxes.get()));
    }

    @Override
    public void changed(ServiceStatus status) {
        Deployer deployer = deployers.get(status.id());
        if (deployer != null) deployer.changed(status);
    }

    @Override
    public void removed(ServiceId id) {
        Deployer deployer = deployers.remove(id);
        if (deployer != null) deployer.removed();
    }
}
