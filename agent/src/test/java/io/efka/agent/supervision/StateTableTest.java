package io.efka.agent.supervision;

import static io.efka.fixtures.GoldenTable.leaves;
import static io.efka.fixtures.Manifests.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.Service.Waiters;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.fixtures.GoldenTable;
import io.efka.protocol.Cause;
import io.efka.protocol.Exit;
import io.efka.protocol.Fault;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every event in every state, printed, and held against {@code agent/docs/states.md}. To write the document anew after a
 * change that was meant: {@code mvn -pl agent test -Dtest=StateTableTest -Defka.docs.write=true}.
 */
final class StateTableTest {
    private static final GoldenTable DOCUMENT = new GoldenTable(Path.of("docs/states.md"));
    private static final String SERVICE_TABLE = "table";
    private static final String ONESHOT_TABLE = "table of oneshots";
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final RunId RUN = new RunId("00000000000000000000000001");
    private static final ProcessIdentity PROCESS = new ProcessIdentity(100, 1, "boot");
    private static final Exit FAILURE = new Exit(OptionalInt.of(1), Optional.empty(), false, NOW, "");
    private static final Exit SUCCESS = new Exit(OptionalInt.of(0), Optional.empty(), false, NOW, "");
    private static final Fault FAULT = new Fault("manifest.json", "missing", "must be a file");
    private static final Request REQUEST = new Request(Optional.empty(), true, outcome -> {});

    private static final Manifest ONESHOT = draft("camera").oneshot().build();
    private static final Manifest SCHEDULED =
            draft("camera").every(Duration.ofMinutes(1)).build();

    private static final Map<String, ServiceState> STATES = new LinkedHashMap<>();
    private static final Map<String, Service> ONESHOTS = new LinkedHashMap<>();
    private static final List<Event> EVENTS = new ArrayList<>();

    static {
        var known = Optional.of(PROCESS);
        STATES.put("Stopped", new Stopped());
        STATES.put("Waiting", new Waiting(Cause.of(Cause.Kind.COMMAND)));
        STATES.put("Adopting", Adopting.of(RUN));
        STATES.put("Starting, launching", new Starting(RUN, Optional.empty()));
        STATES.put("Starting, launched", new Starting(RUN, known));
        STATES.put("Running, not ready", running(false, 0));
        STATES.put("Running, ready", running(true, 2));
        STATES.put("Stopping", new Stopping(RUN, known, Optional.empty(), Stopping.Next.rest(), 0));
        STATES.put(
                "Stopping, to start again",
                new Stopping(RUN, known, Optional.of(FAILURE), Stopping.Next.relaunch(), 1));
        STATES.put(
                "Stopping, for a failure",
                new Stopping(RUN, known, Optional.of(FAILURE), Stopping.Next.verdict(false), 0));
        STATES.put("Backoff", new Backoff(NOW));
        STATES.put("Failed", new Failed());
        STATES.put("Unread", new Unread(Optional.empty(), NOW, 1, Unread.Phase.WAITING));
        STATES.put("Unread, with a run", new Unread(Optional.of(RUN), NOW, 1, Unread.Phase.WAITING));
        STATES.put("Unread, reading", new Unread(Optional.empty(), NOW, 1, Unread.Phase.READING));
        STATES.put("Unread, read", new Unread(Optional.of(RUN), NOW, 1, Unread.Phase.READ));

        ONESHOTS.put("Stopped", service(new Stopped(), ONESHOT));
        ONESHOTS.put("Starting, launched", service(new Starting(RUN, known), ONESHOT));
        ONESHOTS.put("Running", service(running(false, 2), ONESHOT));
        ONESHOTS.put(
                "Stopping, for a failure",
                service(new Stopping(RUN, known, Optional.of(FAILURE), Stopping.Next.verdict(false), 0), ONESHOT));
        ONESHOTS.put("Completed", service(new Completed(), ONESHOT));
        ONESHOTS.put("Failed", service(new Failed(), ONESHOT));
        ONESHOTS.put("Stopped, schedule", service(new Stopped(), SCHEDULED));
        ONESHOTS.put("Running, schedule", service(running(false, 2), SCHEDULED));
        ONESHOTS.put("Scheduled", service(new Scheduled(NOW, NOW), SCHEDULED));

        EVENTS.addAll(List.of(
                new Event.StartAsked(REQUEST),
                new Event.StopAsked(REQUEST),
                new Event.RestartAsked(REQUEST),
                new Event.ResetAsked(REQUEST),
                new Event.SignalAsked(REQUEST, Signal.HUP),
                new Event.InputAsked(REQUEST, new byte[0]),
                new Event.AutostartAsked(REQUEST, false),
                new Event.ManifestChanged(effectiveManifest()),
                new Event.ReleaseSwitched(REQUEST, Path.of("/next"), effectiveManifest(), Desired.RUNNING),
                new Event.ManifestRead(new ManifestReading.Usable(effectiveManifest(), List.of())),
                new Event.ManifestRead(new ManifestReading.Unusable(List.of(FAULT))),
                new Event.ManifestRead(new ManifestReading.Unusable(List.of(FAULT), true)),
                new Event.AgentStarted(),
                new Event.AgentStopping(() -> {}),
                new Event.DependenciesReported(Set.of()),
                new Event.Launched(RUN, PROCESS, List.of()),
                new Event.LaunchFailed(RUN, "no such file"),
                new Event.Exited(RUN, SUCCESS, true),
                new Event.Exited(RUN, FAILURE, true),
                new Event.Exited(RUN, FAILURE, false),
                new Event.TreeEmptied(RUN),
                new Event.StopCommandEnded(RUN, Optional.of("exited with code 1")),
                new Event.Adopted(RUN, PROCESS, List.of()),
                new Event.AdoptionFailed(RUN, "gone"),
                new Event.ReadyReported(RUN),
                new Event.AliveReported(RUN, Optional.of(Duration.ofMinutes(1))),
                new Event.HealthReported(RUN, new Prober.Verdict(true, "200")),
                new Event.HealthReported(RUN, new Prober.Verdict(false, "refused"))));
        for (TimerKind kind : TimerKind.values()) EVENTS.add(new Event.TimerFired(kind, 1));
    }

    private static Running running(boolean ready, int failures) {
        return new Running(RUN, PROCESS, ready, false, true, ServiceStatus.HealthState.HEALTHY, failures);
    }

    private static Manifest effectiveManifest() {
        return draft("camera")
                .checked(Manifest.OnUnhealthy.RESTART)
                .ready(Manifest.Readiness.Kind.HEALTH)
                .watchdog(Duration.ofSeconds(20))
                .build();
    }

    @Test
    void everyStateAndEveryEventHasASample() {
        var states = new HashSet<Class<?>>();
        STATES.values().forEach(state -> states.add(state.getClass()));
        ONESHOTS.values().forEach(service -> states.add(service.state().getClass()));
        assertThat(states).isEqualTo(leaves(ServiceState.class));
        assertThat(EVENTS.stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(leaves(Event.class));
    }

    @Test
    void theTableInTheDocumentsIsTheCodes() throws IOException {
        var services = new LinkedHashMap<String, Service>();
        STATES.forEach((name, state) -> services.put(name, service(state)));
        DOCUMENT.require(SERVICE_TABLE, table(services, true));
    }

    @Test
    void theTableOfOneshotsInTheDocumentsIsTheCodes() throws IOException {
        DOCUMENT.require(ONESHOT_TABLE, table(ONESHOTS, false));
    }

    /** @param isWhole whether rows without any effect are there too */
    private static String table(Map<String, Service> services, boolean isWhole) {
        var text = new StringBuilder("| event \\ state | " + String.join(" | ", services.keySet()) + " |\n");
        text.append("|---".repeat(services.size() + 1)).append("|\n");
        for (Event event : EVENTS) {
            List<String> cells = services.values().stream()
                    .map(service -> cell(service, event))
                    .toList();
            if (!isWhole && cells.stream().allMatch("-"::equals)) continue;
            text.append("| ").append(label(event)).append(" | ");
            text.append(String.join(" | ", cells)).append(" |\n");
        }
        return text.toString();
    }

    private static String label(Event event) {
        if (event instanceof Event.Exited exited) {
            if (exited.exit().isClean()) return "Exited with 0";
            return exited.treeEmpty() ? "Exited with 1" : "Exited with 1, others left";
        }
        if (event instanceof Event.HealthReported health) {
            return health.verdict().healthy() ? "HealthReported, well" : "HealthReported, third failure";
        }
        if (event instanceof Event.ManifestRead read) {
            if (read.result().ifUsable().isPresent()) return "ManifestRead";
            return read.result().isUnread() ? "ManifestRead, in vain" : "ManifestRead, wrong";
        }
        return event.name();
    }

    private static String cell(Service before, Event event) {
        ServiceState state = before.state();
        var context = new DecisionContext(NOW, new Random(1), () -> new RunId("00000000000000000000000002"));
        Step step = event.applyTo(state, before, context);
        var words = new ArrayList<String>();
        if (before.record().desired() != step.next().record().desired()) {
            words.add("want " + lower(step.next().record().desired()));
        }
        step.effects().stream().flatMap(StateTableTest::words).forEach(words::add);
        int waiting = waiting(step.next()) - waiting(before);
        if (waiting > 0) words.add("joined");
        String next = name(step.next().state());
        if (!next.equals(name(state))) words.add("→ **" + next + "**");
        else if (!step.next().state().equals(state)) words.add("noted");
        return words.isEmpty() ? "-" : String.join(", ", words);
    }

    private static Service service(ServiceState state) {
        return service(state, effectiveManifest());
    }

    private static Service service(ServiceState state, Manifest manifest) {
        boolean unread = state instanceof Unread u && u.phase() != Unread.Phase.READ;
        var recorded = state.currentRun().isPresent()
                ? Optional.of(new RunRecord(RUN, NOW, state instanceof Starting s ? s.process() : Optional.of(PROCESS)))
                : Optional.<RunRecord>empty();
        boolean isAtRest = state instanceof Stopped
                || state instanceof Completed
                || (state instanceof Failed && manifest.oneshot().isPresent());
        Desired desired = isAtRest ? Desired.STOPPED : Desired.RUNNING;
        var record = ServiceRecord.fresh(new ServiceId("camera"), Path.of("/work"), desired, true)
                .run(recorded);
        return new Service(
                record,
                unread ? Optional.empty() : Optional.of(manifest),
                unread ? List.of(FAULT) : List.of(),
                state,
                Waiters.NONE,
                Set.of(),
                Cause.of(Cause.Kind.COMMAND),
                NOW.minusSeconds(60),
                List.of());
    }

    private static int waiting(Service service) {
        return service.waiters().starts().size() + service.waiters().stops().size();
    }

    private static Stream<String> words(Effect effect) {
        if (effect instanceof Effect.CancelTimers || effect instanceof Effect.CancelTimer) return Stream.empty();
        if (effect instanceof Effect.SetTimer timer) return Stream.of("arm " + timer.kind());
        if (effect instanceof Effect.ProlongTimer timer) return Stream.of("prolong " + timer.kind());
        if (effect instanceof Effect.SignalTree signal) return Stream.of(signal.signal() + " the tree");
        if (effect instanceof Effect.TellStop) return Stream.of("tell it");
        if (effect instanceof Effect.Run) return Stream.of("agent may end");
        if (effect instanceof Effect.Answer answer) {
            return Stream.of(answer.rejection()
                    .map(r -> "answer `" + lower(r.reason()) + "`")
                    .orElse("answer done"));
        }
        return Stream.of(effect.getClass().getSimpleName());
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String name(ServiceState state) {
        return state.getClass().getSimpleName();
    }
}
