package io.efka.agent.channel;

import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.fixtures.Manifests;
import io.efka.protocol.Cause;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** Services that are as the test says, and that remember what they were told. */
final class FakeServices implements ServiceRegistry {
    final BlockingQueue<Event> told = new LinkedBlockingQueue<>();
    private final Map<ServiceId, ServiceStatus> services = new ConcurrentHashMap<>();

    ServiceStatus set(ServiceId id, Desired desired, ServiceStatus.State state, Optional<RunId> run) {
        var status = new ServiceStatus(
                id,
                desired,
                state,
                false,
                ServiceStatus.HealthState.UNKNOWN,
                OptionalLong.empty(),
                run,
                Instant.EPOCH,
                0,
                Optional.empty(),
                Cause.of(Cause.Kind.COMMAND),
                Optional.empty(),
                false,
                true,
                List.of(),
                List.of(),
                List.of(),
                Optional.empty());
        services.put(id, status);
        return status;
    }

    @Override
    public List<ServiceStatus> list() {
        return List.copyOf(services.values());
    }

    @Override
    public Optional<ServiceStatus> find(ServiceId id) {
        return Optional.ofNullable(services.get(id));
    }

    @Override
    public Optional<Manifest> manifest(ServiceId id) {
        return find(id).map(status -> Manifests.manifest(id.value()));
    }

    @Override
    public Optional<Path> workDir(ServiceId id) {
        return Optional.empty();
    }

    @Override
    public boolean tell(ServiceId id, Event event) {
        told.add(event);
        return true;
    }

    @Override
    public void add(ServiceId id, Path workDir, Manifest manifest) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void beginRemoval(ServiceId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void cancelRemoval(ServiceId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<ServiceId> unfinishedRemovals() {
        return Set.of();
    }

    @Override
    public void remove(ServiceId id) {
        throw new UnsupportedOperationException();
    }
}
