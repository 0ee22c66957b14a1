package io.efka.agent.release;

import io.efka.agent.supervision.StatusListener;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The releases and deploys of all services of the device. Thread-safe; never blocks. */
public final class Deployments implements StatusListener {
    private final Map<ServiceId, Deployer> deployers = new ConcurrentHashMap<>();
    /** Services of which something may still be deleted: a new one of the same id stores nothing before. */
    private final Map<ServiceId, CompletableFuture<Boolean>> leaving = new ConcurrentHashMap<>();

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
            deployers.computeIfAbsent(id, unknown -> make(id, found)).resume();
        });
        ports.folders().leftovers().stream()
                .filter(id ->
                        !deployers.containsKey(id) && ports.services().find(id).isEmpty())
                .forEach(this::clear);
        ports.services().list().forEach(service -> adopt(service.id()));
    }

    /**
     * Takes over the releases of a service that runs one, or would, and of which nothing is known: it was installed just now, or by an
     * agent that was killed, or the state was lost. What they are is seen from their folders. May wait for the disk; completes when
     * it is known.
     */
    public CompletableFuture<ServiceReleases> adopt(ServiceId id) {
        Optional<ReleaseId> current = ports.services()
                .workDir(id)
                .flatMap(workDir -> ports.folders().releaseAt(id, workDir))
                .filter(ReleaseId::isLegal)
                .map(ReleaseId::new);
        ServiceReleases known = releases(id);
        if (current.isEmpty() || known.current().isPresent()) return CompletableFuture.completedFuture(known);
        Set<ReleaseId> stored = ports.folders().stored(id).stream()
                .filter(ReleaseId::isLegal)
                .map(ReleaseId::new)
                .collect(Collectors.toSet());
        stored.add(current.get());
        return deployer(id).adopt(current.get(), stored);
    }

    /** Asks for a deploy. */
    public DeployTicket deploy(ServiceId id, DeployRequest request) {
        DeployTicket ticket = DeployTicket.create();
        deploy(id, request, ticket);
        return ticket;
    }

    /**
     * What a deploy would do; does nothing. Completes with a {@link io.efka.protocol.CommandException} if it would be refused.
     */
    public CompletableFuture<DeployPlan> plan(ServiceId id, DeployRequest request) {
        return Optional.ofNullable(deployers.get(id))
                .orElseGet(() -> make(id, ServiceReleases.NONE))
                .plan(request);
    }

    void deploy(ServiceId id, DeployRequest request, DeployTicket ticket) {
        deployer(id).deploy(request, ticket);
    }

    /** A deployer of a service that never came to be passes on what it is still asked. */
    void retired(ServiceId id, Deployer deployer) {
        deployers.remove(id, deployer);
    }

    /** How many services it knows anything of. */
    int size() {
        return deployers.size();
    }

    /** The agent ends: what is being fetched and unpacked is given up, and the next agent goes on. */
    public void close() {
        deployers.values().forEach(Deployer::close);
    }

    /** Completes with the deploy that was confirmed; empty: none is being watched. */
    public CompletableFuture<Optional<Deploy>> confirm(ServiceId id) {
        return tell(id, new DeployEvent.ConfirmAsked(), Optional.empty())
                .thenApply(told -> told.filter(Deploy::isOver));
    }

    /**
     * Completes with the deploy that was told; empty: none is under way. What is current already is taken back.
     *
     * @param command that asked for the deploy that is meant; empty: whichever is under way
     */
    public CompletableFuture<Optional<Deploy>> cancel(ServiceId id, Optional<String> command) {
        return tell(id, new DeployEvent.EndAsked(DeployResult.Outcome.CANCELLED, "cancelled by command"), command);
    }

    private CompletableFuture<Optional<Deploy>> tell(ServiceId id, DeployEvent event, Optional<String> command) {
        return Optional.ofNullable(deployers.get(id))
                .map(deployer -> deployer.tell(event, command))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    /**
     * Asks for a hold of a service that there is. Completes when it is on the disk, or with a {@link
     * io.efka.protocol.CommandException} that says why it does not stand.
     */
    public CompletableFuture<Hold.Placed> hold(ServiceId id, Hold.Request request) {
        return deployer(id).hold(request);
    }

    /** Ends what {@code by} holds, if anything. Completes with the holds that still stand. */
    public CompletableFuture<List<Hold>> release(ServiceId id, Hold.By by) {
        return Optional.ofNullable(deployers.get(id))
                .map(deployer -> deployer.release(by))
                .orElseGet(() -> CompletableFuture.completedFuture(List.of()));
    }

    /** As they are now. */
    public ServiceReleases releases(ServiceId id) {
        return Optional.ofNullable(deployers.get(id)).map(Deployer::releases).orElse(ServiceReleases.NONE);
    }

    /** Whether a service's current release is that one, as far as that is known without fetching or reading it. */
    public boolean isCurrent(ServiceId id, DeployRequest.Content content) {
        ServiceReleases known = releases(id);
        if (known.current().isEmpty()) return false;
        ReleaseId current = known.current().get();
        if (content instanceof DeployRequest.Content.Fetched fetched) {
            return known.of(fetched.artifact().hash())
                    .filter(release -> release.id().equals(current))
                    .isPresent();
        }
        return content instanceof DeployRequest.Content.Stored stored && current.isCalled(stored.release());
    }

    /** What a status says of a service's releases; empty for a service that has none. */
    public Map<String, Object> describe(ServiceId id) {
        ServiceReleases releases = releases(id);
        var fields = new LinkedHashMap<String, Object>();
        releases.current().ifPresent(current -> fields.put("release", current.value()));
        releases.deploy().ifPresent(deploy -> fields.put("deploy", describe(deploy)));
        if (!releases.holds().isEmpty())
            fields.put("holds", releases.holds().stream().map(Hold::fields).toList());
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
        return deployers.computeIfAbsent(id, unknown -> make(id, ServiceReleases.NONE));
    }

    private Deployer make(ServiceId id, ServiceReleases found) {
        CompletableFuture<?> gone = leaving.getOrDefault(id, CompletableFuture.completedFuture(true));
        return new Deployer(id, found, ports, mailboxes.get(), this, gone);
    }

    /** Deletes what an agent left that was killed while a service came to be, or was forgotten. */
    private void clear(ServiceId id) {
        Runnable gone = leave(id);
        var pruning =
                new Pruning(id, ports.folders(), ports.disk(), ports.needs(), CompletableFuture.completedFuture(true));
        pruning.deleteAll();
        pruning.afterwards(gone);
    }

    /** To be run when nothing is left of the service. */
    private Runnable leave(ServiceId id) {
        var gone = new CompletableFuture<Boolean>();
        leaving.put(id, gone);
        return () -> {
            leaving.remove(id, gone);
            gone.complete(true);
        };
    }

    @Override
    public void changed(ServiceStatus status) {
        Deployer deployer = deployers.get(status.id());
        if (deployer != null) deployer.changed(status);
    }

    @Override
    public void removed(ServiceId id) {
        if (!deployers.containsKey(id)) return;
        Runnable gone = leave(id); // before a new deployer can be made
        Deployer deployer = deployers.remove(id);
        if (deployer == null) gone.run();
        else deployer.removed(gone);
    }
}
