package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.Exit;
import io.efka.protocol.Fault;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestParser;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One service at one moment. A value: a step makes a new one.
 *
 * @param record what of it is persisted
 * @param manifest empty when it cannot be used; then {@code faults} says why
 * @param missing services in {@code after} that are not ready
 * @param cause why the last change happened
 * @param since when the state was entered
 * @param warnings what the current run could not be given
 */
record Service(
        ServiceRecord record,
        Optional<Manifest> manifest,
        List<Fault> faults,
        ServiceState state,
        Waiters waiters,
        Set<ServiceId> missing,
        Cause cause,
        Instant since,
        List<String> warnings) {

    Service {
        faults = List.copyOf(faults);
        missing = Set.copyOf(missing);
        warnings = List.copyOf(warnings);
    }

    /** A service as the agent finds it at its start, or as it was just installed. */
    static Service found(ServiceRecord record, ManifestReading reading, Instant now) {
        return new Service(
                record,
                reading.ifUsable(),
                reading.faults(),
                stateOf(record, reading, now),
                Waiters.NONE,
                Set.of(),
                causeOf(reading),
                now,
                List.of());
    }

    /** What nobody wants rests, whether its manifest can be read or not: a start reads it. */
    private static ServiceState stateOf(ServiceRecord record, ManifestReading reading, Instant now) {
        if (reading.ifUsable().isPresent()) {
            return reading.ifUsable().get().oneshot().isPresent() ? Oneshots.found(record) : new Stopped();
        }
        if (!reading.isUnread()) return new Failed();
        return record.isWantedAtStart() ? Unread.of(record, now) : new Stopped();
    }

    private static Cause causeOf(ManifestReading reading) {
        if (reading.ifUsable().isPresent()) return Cause.of(Cause.Kind.AGENT_START);
        return reading.isUnread() ? Unread.cause(reading.faults()) : Cause.of(Cause.Kind.INVALID_MANIFEST);
    }

    ServiceId id() {
        return record.id();
    }

    boolean isDesired() {
        return record.desired() == Desired.RUNNING;
    }

    /** The manifest; for a service that has none that can be used, the defaults, by which its old run is stopped. */
    Manifest effectiveManifest() {
        return manifest.orElseGet(() -> ManifestParser.defaults(id()));
    }

    Launcher.Launch launchOf(RunId run) {
        return new Launcher.Launch(run, effectiveManifest(), record.workDir());
    }

    /** When a oneshot is due; empty for anything else, and for a manifest that cannot be used. */
    Optional<Manifest.ScheduleRule> schedule() {
        return manifest.flatMap(Manifest::schedule);
    }

    String notRunning() {
        return "service is not running, it is " + state.visible().name().toLowerCase(java.util.Locale.ROOT)
                + "; start it first";
    }

    /** What a user sees of it now. */
    ServiceStatus status(Instant now) {
        List<ServiceId> waitingFor =
                state instanceof Waiting ? missing.stream().sorted().toList() : List.of();
        return new ServiceStatus(
                id(),
                record.desired(),
                state.visible(),
                state.isReady(),
                state.health(),
                state.pid(),
                state.currentRun(),
                since,
                record.history().restarts(),
                state.nextAttempt(),
                cause,
                record.lastExit(),
                record.history().isCrashLoop(now, effectiveManifest().restart().window()),
                record.autostart(),
                waitingFor,
                warnings,
                faults,
                schedule().map(rule -> scheduleStatus()));
    }

    private ServiceStatus.ScheduleStatus scheduleStatus() {
        return new ServiceStatus.ScheduleStatus(
                state.nextRun(), record.oneshot().skipped(), record.oneshot().missed());
    }

    // Steps.

    /** Nothing follows. */
    Step stay() {
        return new Step(this, List.of());
    }

    /** The state changes; its timers end with it. */
    Step move(ServiceState next, Cause why, DecisionContext context) {
        var moved = new Service(record, manifest, faults, next, waiters, missing, why, context.now(), warnings);
        return new Step(moved, List.of(new Effect.CancelTimers()));
    }

    // Changes of one part.

    Service state(ServiceState next) {
        return new Service(record, manifest, faults, next, waiters, missing, cause, since, warnings);
    }

    Service cause(Cause next) {
        return new Service(record, manifest, faults, state, waiters, missing, next, since, warnings);
    }

    Service record(ServiceRecord next) {
        return new Service(next, manifest, faults, state, waiters, missing, cause, since, warnings);
    }

    Service desired(Desired desired) {
        return record(record.desired(desired));
    }

    Service autostart(boolean autostart) {
        return record(record.autostart(autostart));
    }

    Service run(Optional<RunRecord> run) {
        return record(record.run(run));
    }

    Service history(History history) {
        return record(record.history(history));
    }

    Service oneshot(ServiceRecord.Oneshot oneshot) {
        return record(record.oneshot(oneshot));
    }

    /** The run that ended last. */
    Optional<RunId> lastRun() {
        return record.lastExit().map(ServiceStatus.LastExit::run);
    }

    /** The run is over: nothing of it is alive. */
    Service over(RunId run, Exit exit) {
        return record(record.run(Optional.empty()).lastExit(new ServiceStatus.LastExit(run, exit)));
    }

    Service manifest(Manifest changed) {
        return new Service(record, Optional.of(changed), List.of(), state, waiters, missing, cause, since, warnings);
    }

    /** The same service with what it is started from, from the next launch on. */
    Service switched(Path workDir, Manifest changed, Desired desired) {
        return record(record.workDir(workDir).desired(desired)).manifest(changed);
    }

    Service unusable(List<Fault> why) {
        return new Service(record, Optional.empty(), why, state, waiters, missing, cause, since, warnings);
    }

    Service waiters(Waiters next) {
        return new Service(record, manifest, faults, state, next, missing, cause, since, warnings);
    }

    Service missing(Set<ServiceId> next) {
        return new Service(record, manifest, faults, state, waiters, next, cause, since, warnings);
    }

    Service warnings(List<String> next) {
        return new Service(record, manifest, faults, state, waiters, missing, cause, since, next);
    }

    /**
     * Requests that are answered later.
     *
     * @param starts until the service is ready
     * @param stops until its process tree is gone
     */
    record Waiters(List<Request> starts, List<Request> stops) {
        /** More are refused; a person sends a handful, so this is a program gone wild. */
        static final int MAX = 64;

        static final Waiters NONE = new Waiters(List.of(), List.of());

        Waiters {
            starts = List.copyOf(starts);
            stops = List.copyOf(stops);
        }

        /** With one more; empty when there is no room. */
        Optional<Waiters> withStart(Request request) {
            return plus(starts, request).map(more -> new Waiters(more, stops));
        }

        Optional<Waiters> withStop(Request request) {
            return plus(stops, request).map(more -> new Waiters(starts, more));
        }

        Waiters withoutStarts() {
            return new Waiters(List.of(), stops);
        }

        Waiters withoutStops() {
            return new Waiters(starts, List.of());
        }

        private Optional<List<Request>> plus(List<Request> requests, Request request) {
            if (starts.size() + stops.size() >= MAX) return Optional.empty();
            var more = new ArrayList<Request>(requests);
            more.add(request);
            return Optional.of(more);
        }
    }
}
