package io.efka.agent.supervision;

import io.efka.agent.runtime.SerialExecutor;
import io.efka.agent.supervision.Request.Outcome;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.Supervisors.Ports;
import io.efka.protocol.Exit;
import io.efka.protocol.Fault;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;

/** A device without machine: supervisors over fakes, on the test's own thread and clock. */
final class World {
    static final ServiceId CAMERA = new ServiceId("camera");

    final FakeTimers timers = new FakeTimers();
    final FakeLauncher launcher = new FakeLauncher();
    final FakeStore store = new FakeStore();
    final List<Consumer<Prober.Verdict>> probes = new ArrayList<>();
    /** Who waits for a manifest to be read. */
    final List<Consumer<ManifestReading>> reads = new ArrayList<>();

    final List<Duration> stopNotifier = new ArrayList<>();
    /** What services have said and the agent has not read yet. */
    final List<Event> unread = new ArrayList<>();

    final List<ServiceStatus> announced = new ArrayList<>();
    final Supervisors services;
    boolean listenerFails;
    private long runs;

    World() {
        this(1);
    }

    World(long seed) {
        StatusListener listener = new StatusListener() {
            @Override
            public void changed(ServiceStatus status) {
                announced.add(status);
                if (listenerFails) throw new IllegalStateException("a listener with a bug");
            }

            @Override
            public void removed(ServiceId id) {}
        };
        var ports = new Ports(
                launcher,
                (launch, answer) -> probes.add(answer),
                store,
                (id, workDir, tell) -> reads.add(tell),
                timers,
                listener,
                new StopNotifier() {
                    @Override
                    public void stopping(ServiceId service, RunId run, Duration grace) {
                        stopNotifier.add(grace);
                    }

                    @Override
                    public void afterReading(Event.TimerFired fired, Consumer<Event> supervisor) {
                        unread.forEach(World.this::tell);
                        unread.clear();
                        supervisor.accept(fired);
                    }
                },
                () -> new RunId(String.format("%026d", ++runs)),
                new Random(seed));
        services = new Supervisors(ports, () -> new SerialExecutor(Runnable::run), new NoOutput());
    }

    /** A world in which that service is installed and was never started. */
    static World with(Manifest manifest) {
        var world = new World();
        world.install(manifest);
        return world;
    }

    void install(Manifest manifest) {
        try {
            services.add(manifest.id(), Path.of("/work/" + manifest.id()), manifest);
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }

    /** A world as a later agent finds it: what the earlier one stored, and these manifests. */
    static World after(World earlier, Manifest... manifests) {
        return after(earlier, new ManifestReading.Unusable(List.of()), manifests);
    }

    /** As {@link #after(World, Manifest...)}; the manifests of the other services cannot be read. */
    static World afterUnread(World earlier, Fault why, Manifest... manifests) {
        return after(earlier, new ManifestReading.Unusable(List.of(why), true), manifests);
    }

    private static World after(World earlier, ManifestReading others, Manifest... manifests) {
        var world = new World();
        world.boot(earlier, others, manifests);
        return world;
    }

    /** What an earlier agent stored, as this one finds it now. */
    void bootLike(World earlier, Manifest... manifests) {
        boot(earlier, new ManifestReading.Unusable(List.of()), manifests);
    }

    private void boot(World earlier, ManifestReading others, Manifest... manifests) {
        runs = 1000;
        Map<ServiceId, ManifestReading> byId = new HashMap<>();
        for (Manifest manifest : manifests) byId.put(manifest.id(), new ManifestReading.Usable(manifest, List.of()));
        var found = new ArrayList<Supervisors.Found>();
        for (ServiceId leaving : earlier.store.removals()) removing(leaving);
        for (ServiceRecord record : earlier.store.load()) {
            keep(record);
            found.add(new Supervisors.Found(record, byId.getOrDefault(record.id(), others)));
        }
        services.boot(found);
    }

    private void removing(ServiceId id) {
        try {
            store.beginRemoval(id);
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }

    private void keep(ServiceRecord record) {
        try {
            store.save(record);
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }

    Asking ask(java.util.function.Function<Request, Event> event) {
        return ask(CAMERA, event);
    }

    Asking ask(ServiceId id, java.util.function.Function<Request, Event> event) {
        var asking = new Asking();
        services.tell(id, event.apply(new Request(Optional.of("id-1"), true, asking.outcomes::add)));
        return asking;
    }

    void tell(Event event) {
        services.tell(CAMERA, event);
    }

    ServiceStatus status() {
        return services.find(CAMERA).orElseThrow();
    }

    /** Starts the service and lets it be seen alive. */
    ProcessIdentity running() {
        ask(Event.StartAsked::new);
        return settles();
    }

    /** What was launched last executes and lives on. */
    ProcessIdentity settles() {
        ProcessIdentity process = launcher.launched();
        timers.advance(Transitions.ALIVE_THRESHOLD);
        return process;
    }

    void exits(int code) {
        launcher.tell(new Event.Exited(launcher.run(), code(code), true));
    }

    Exit code(int code) {
        return new Exit(OptionalInt.of(code), Optional.empty(), false, timers.now(), "");
    }

    void advance(String duration) {
        timers.advance(Duration.parse("PT" + duration));
    }

    /** What was asked for first is answered. */
    void manifestIs(ManifestReading result) {
        reads.remove(0).accept(result);
    }

    void probeAnswers(boolean healthy) {
        probes.remove(0).accept(new Prober.Verdict(healthy, healthy ? "200" : "connection refused"));
    }

    /** What became of a request. */
    static final class Asking {
        final List<Outcome> outcomes = new ArrayList<>();

        boolean isPending() {
            return outcomes.isEmpty();
        }

        ServiceStatus done() {
            if (outcomes.size() == 1 && outcomes.get(0) instanceof Outcome.Done done) return done.status();
            throw new AssertionError("expected one Done, was " + outcomes);
        }

        Outcome.Rejected rejected() {
            if (outcomes.size() == 1 && outcomes.get(0) instanceof Outcome.Rejected rejected) return rejected;
            throw new AssertionError("expected one Rejected, was " + outcomes);
        }
    }

    static final class NoOutput implements OutputFiles {
        @Override
        public void register(ServiceId id, Manifest.OutputRule rule) {}

        @Override
        public Paths begin(ServiceId id, RunId run) {
            return current(id);
        }

        @Override
        public Paths current(ServiceId id) {
            return new Paths(Path.of("/dev/null"), Path.of("/dev/null"));
        }

        @Override
        public boolean forget(ServiceId id) {
            return true;
        }
    }
}
