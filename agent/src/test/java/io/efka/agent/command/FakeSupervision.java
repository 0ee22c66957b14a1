package io.efka.agent.command;

import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Request;
import io.efka.agent.supervision.Request.Outcome;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.ServiceStatus.State;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Services that start and stop at once, unless they are held. Survives the agent's lives, as real processes do. */
public final class FakeSupervision implements ServiceRegistry {
    private final Map<ServiceId, Service> services = new TreeMap<>();
    public final List<String> told = new ArrayList<>();
    final List<Runnable> held = new ArrayList<>();
    public boolean isHolding;
    /** Where services are that were put there without releases. */
    public Path root = Path.of("/services");

    boolean isDiskFull;
    boolean isReserveUsedUp;
    final Set<ServiceId> removals = new TreeSet<>();
    private int runs;
    private Optional<String> refusesSignals = Optional.empty();
    KillSwitch kill = KillSwitch.never();

    private static final class Service {
        private Path workDir = Path.of("/none");
        private Optional<Manifest> manifest = Optional.empty();
        private Desired desired = Desired.STOPPED;
        private State state = State.STOPPED;
        private Optional<RunId> run = Optional.empty();
    }

    public FakeSupervision with(ServiceId id) {
        var service = new Service();
        service.workDir = root.resolve(id.value());
        service.manifest = Optional.of(FakeInstaller.draft(id, "1").build());
        services.put(id, service);
        return this;
    }

    public FakeSupervision running(ServiceId id) {
        with(id);
        launch(service(id));
        return this;
    }

    /** A oneshot that has done its work. */
    void completed(ServiceId id) {
        with(id);
        service(id).state = State.COMPLETED;
    }

    /** What an agent does at its start. */
    void reread(ServiceId id, Manifest manifest) {
        Service service = services.get(id);
        if (service != null) service.manifest = Optional.of(manifest);
    }

    /**
     * What is known of a run between an agent's start and its first look.
     *
     * @return brings it back
     */
    public Runnable unread(ServiceId id) {
        Service service = service(id);
        Optional<RunId> run = service.run;
        service.state = State.STOPPED;
        service.run = Optional.empty();
        return () -> {
            service.state = State.RUNNING;
            service.run = run;
        };
    }

    public void crash(ServiceId id) {
        service(id).state = State.BACKOFF;
        service(id).run = Optional.empty();
    }

    private Service service(ServiceId id) {
        Service service = services.get(id);
        if (service == null) throw new IllegalStateException("no service " + id);
        return service;
    }

    public State state(ServiceId id) {
        return service(id).state;
    }

    @Override
    public List<ServiceStatus> list() {
        return services.keySet().stream().map(this::status).toList();
    }

    @Override
    public Optional<ServiceStatus> find(ServiceId id) {
        return services.containsKey(id) ? Optional.of(status(id)) : Optional.empty();
    }

    @Override
    public Optional<Manifest> manifest(ServiceId id) {
        return Optional.ofNullable(services.get(id)).flatMap(service -> service.manifest);
    }

    @Override
    public Optional<Path> workDir(ServiceId id) {
        return Optional.ofNullable(services.get(id)).map(service -> service.workDir);
    }

    @Override
    public boolean tell(ServiceId id, Event event) {
        kill.touch();
        if (!services.containsKey(id)) return false;
        if (event instanceof Event.ManifestChanged changed) {
            told.add("manifest " + id);
            service(id).manifest = Optional.of(changed.manifest());
            return true;
        }
        if (isHolding) held.add(() -> handle(id, event));
        else handle(id, event);
        return true;
    }

    /** From now on signals find nobody. */
    public void refuseSignals(String why) {
        refusesSignals = Optional.of(why);
    }

    /** On a full disk every start is refused. */
    public void fillDisk(boolean isFull) {
        isDiskFull = isFull;
    }

    public void letGo() {
        isHolding = false;
        List<Runnable> all = List.copyOf(held);
        held.clear();
        all.forEach(Runnable::run);
    }

    @Override
    public void add(ServiceId id, Path workDir, Manifest manifest) throws StoreException {
        kill.touch();
        if (isDiskFull) throw new StoreException("No space left on device", new IOException("ENOSPC"));
        if (services.containsKey(id)) throw new IllegalStateException(id + " is registered");
        with(id);
        service(id).workDir = workDir;
        service(id).manifest = Optional.of(manifest);
        kill.touch();
    }

    @Override
    public void remove(ServiceId id) {
        kill.touch();
        if (service(id).run.isPresent()) throw new IllegalStateException(id + " has a process");
        services.remove(id);
        removals.remove(id);
        kill.touch();
    }

    @Override
    public void beginRemoval(ServiceId id) throws StoreException {
        kill.touch();
        if (isReserveUsedUp) throw new StoreException("No space left on device", new IOException("ENOSPC"));
        removals.add(id);
        kill.touch();
    }

    @Override
    public void cancelRemoval(ServiceId id) {
        removals.remove(id);
    }

    @Override
    public Set<ServiceId> unfinishedRemovals() {
        var unfinished = new TreeSet<ServiceId>(removals);
        unfinished.retainAll(services.keySet());
        return unfinished;
    }

    private void handle(ServiceId id, Event event) {
        Service service = service(id);
        if (event instanceof Event.StartAsked asked) {
            if (service.state == State.RUNNING) {
                reject(id, asked.request(), ErrorCode.ALREADY_RUNNING, "service is running");
                return;
            }
            if (isDiskFull) {
                reject(id, asked.request(), ErrorCode.DISK_FULL, "state could not be saved");
                return;
            }
            told.add("start " + id);
            launch(service);
            done(id, asked.request());
        } else if (event instanceof Event.StopAsked asked) {
            if (service.state == State.STOPPED || service.state == State.COMPLETED) {
                reject(id, asked.request(), ErrorCode.NOT_RUNNING, "service not running");
                return;
            }
            told.add("stop " + id);
            service.state = State.STOPPED;
            service.desired = Desired.STOPPED;
            service.run = Optional.empty();
            done(id, asked.request());
        } else if (event instanceof Event.ReleaseSwitched switched) {
            told.add("switch " + id + " to " + switched.workDir().getFileName());
            service.workDir = switched.workDir();
            service.manifest = Optional.of(switched.manifest());
            service.desired = switched.desired();
            done(id, switched.request());
        } else if (event instanceof Event.RestartAsked asked) {
            if (service.run.filter(asked::isDoneBy).isPresent()) {
                handle(id, new Event.StartAsked(asked.request()));
                return;
            }
            told.add("restart " + id);
            launch(service);
            done(id, asked.request());
        } else if (event instanceof Event.SignalAsked asked && refusesSignals.isPresent()) {
            reject(id, asked.request(), ErrorCode.NOT_RUNNING, refusesSignals.get());
        } else if (event instanceof Event.SignalAsked asked) {
            told.add("signal " + id + " " + asked.signal());
            done(id, asked.request());
        } else if (event instanceof Event.InputAsked asked) {
            told.add("input " + id + " " + new String(asked.bytes(), StandardCharsets.UTF_8));
            done(id, asked.request());
        } else if (event instanceof Event.ResetAsked asked) {
            told.add("reset " + id);
            done(id, asked.request());
        } else if (event instanceof Event.AutostartAsked asked) {
            told.add((asked.autostart() ? "enable " : "disable ") + id);
            done(id, asked.request());
        }
    }

    private void launch(Service service) {
        service.state = State.RUNNING;
        service.desired = Desired.RUNNING;
        service.run = Optional.of(new RunId(String.format("01JDA%021d", ++runs)));
    }

    private void done(ServiceId id, Request request) {
        kill.touch();
        request.answer().accept(new Outcome.Done(status(id)));
    }

    private void reject(ServiceId id, Request request, ErrorCode reason, String message) {
        kill.touch();
        request.answer().accept(new Outcome.Rejected(reason, message, status(id)));
    }

    private ServiceStatus status(ServiceId id) {
        Service service = service(id);
        boolean runs = service.state == State.RUNNING;
        return new ServiceStatus(
                id,
                service.desired,
                service.state,
                runs,
                ServiceStatus.HealthState.UNKNOWN,
                runs ? OptionalLong.of(4711) : OptionalLong.empty(),
                service.run,
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
    }
}
