package io.efka.agent.release;

import io.efka.agent.supervision.StatusListener;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The releases and deploys of all services of the device. Thread-safe; never blocks. */
public final class Deployments implements StatusListener {
    private final Map<ServiceId, Deployer> deployers = new ConcurrentHashMap<>();
    private final DeployPorts ports;
    private final Supplier<Executor> mailboxes;

    /** @param mailboxes makes an executor that runs one task at a time, in order */
    public Deployments(DeployPorts ports, Supplier<Executor> mailboxes) {
        this.ports = ports;
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

    /** Asks for a deploy. */
    public DeployTicket deploy(ServiceId id, DeployRequest request) {
        return deployer(id).deploy(request);
    }

    /** The agent ends: what is being fetched and unpacked is given up, and the next agent goes on. */
    public void close() {
        deployers.values().forEach(Deployer::close);
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
        fields.putAll(deploy.detailFields());
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
