package io.efka.agent.release;

import static io.efka.fixtures.GoldenTable.leaves;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.release.Deploy.DeployRule;
import io.efka.fixtures.GoldenTable;
import io.efka.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every event in every state of a deploy, printed, and held against {@code agent/docs/deploys.md}. To write the document anew
 * after a change that was meant: {@code mvn -pl agent test -Dtest=DeployTableTest -Defka.docs.write=true}.
 */
final class DeployTableTest {
    private static final GoldenTable DOCUMENT = new GoldenTable(Path.of("docs/deploys.md"));
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final ReleaseId OLD = new ReleaseId("1.0-00000001");
    private static final ReleaseId NEW = new ReleaseId("2.0-00000002");
    private static final DeployResult.Problem PROBLEM = new DeployResult.Problem(ErrorCode.UNHEALTHY, "it crashed");

    private static final List<Hold> HELD = List.of(
            new Hold(Hold.By.OPERATOR, "a visit", NOW, NOW.plusSeconds(60), Optional.empty(), Optional.empty()));

    private static final Map<String, Deploy> DEPLOYS = new LinkedHashMap<>();
    private static final List<DeployEvent> EVENTS = new ArrayList<>();

    static {
        DEPLOYS.put("Preparing", deploy(new Preparing(Preparing.Stage.DOWNLOADING, NOW)));
        DEPLOYS.put("Staged", deploy(new Staged(NOW)));
        DEPLOYS.put("Held", deploy(new Held(HELD, NOW)));
        DEPLOYS.put("Activating", deploy(new Activating(NOW)));
        DEPLOYS.put("Activating, new service", first(new Activating(NOW)));
        DEPLOYS.put("Activating, not to run", deploy(new Activating(NOW), false));
        DEPLOYS.put("Watching", deploy(new Watching(NOW, false, 0, "starting")));
        DEPLOYS.put("Watching, healthy", deploy(new Watching(NOW, true, 1, "running")));
        DEPLOYS.put("Watching, new service", first(new Watching(NOW, false, 0, "starting")));
        DEPLOYS.put("Unwatched", deploy(new Unwatched(NOW)));
        DEPLOYS.put("Confirming", deploy(new Confirming(NOW)));
        DEPLOYS.put("RollingBack", deploy(new RollingBack(PROBLEM, NOW)));
        DEPLOYS.put("RollingBack, switched", deploy(new RollingBack(PROBLEM, NOW, true, true, "running")));
        DEPLOYS.put("Ended", deploy(DeployState.Ended.committed(NOW)));

        EVENTS.addAll(List.of(
                new DeployEvent.StageReached(Preparing.Stage.VERIFYING),
                new DeployEvent.Prepared(NEW),
                new DeployEvent.PreparationFailed(PROBLEM),
                new DeployEvent.TurnCame(Optional.of(OLD), true, List.of()),
                new DeployEvent.TurnCame(Optional.of(NEW), true, HELD),
                new DeployEvent.TurnCame(Optional.empty(), true, List.of()),
                new DeployEvent.TurnCame(Optional.of(OLD), true, HELD),
                new DeployEvent.HoldsChanged(HELD),
                new DeployEvent.HoldsChanged(List.of()),
                new DeployEvent.Switched(),
                new DeployEvent.SwitchFailed(new DeployResult.Problem(ErrorCode.INVALID_MANIFEST, "it is damaged")),
                new DeployEvent.SwitchFailed(new DeployResult.Problem(ErrorCode.INTERNAL, "too many open files")),
                new DeployEvent.ConfirmAsked(),
                new DeployEvent.EndAsked(DeployResult.Outcome.CANCELLED, "cancelled by command"),
                new DeployEvent.EndAsked(DeployResult.Outcome.SUPERSEDED, "another deploy took its place"),
                new DeployEvent.AgentStarted()));
        for (DeployEvent.Sight sight : DeployEvent.Sight.values()) EVENTS.add(new DeployEvent.Observed(sight, "seen"));
        for (DeployEvent.TimerKind kind : DeployEvent.TimerKind.values()) EVENTS.add(new DeployEvent.TimerFired(kind));
    }

    private static Deploy deploy(DeployState state) {
        return deploy(state, true);
    }

    private static Deploy deploy(DeployState state, boolean isWanted) {
        var rule = new DeployRule(Duration.ofSeconds(10), Duration.ofMinutes(5), true, Optional.empty());
        return new Deploy(Optional.empty(), false, NEW, Optional.of(OLD), rule, isWanted, state);
    }

    private static Deploy first(DeployState state) {
        return new Deploy(Optional.empty(), false, NEW, Optional.empty(), DeployRule.STANDARD, true, state);
    }

    @Test
    void everyStateAndEveryEventHasASample() {
        assertThat(DEPLOYS.values().stream()
                        .map(deploy -> deploy.state().getClass())
                        .collect(Collectors.toSet()))
                .isEqualTo(leaves(DeployState.class));
        assertThat(EVENTS.stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(leaves(DeployEvent.class));
    }

    @Test
    void theTableInTheDocumentsIsTheCodes() throws IOException {
        DOCUMENT.require("table", table());
    }

    private static String table() {
        var text = new StringBuilder("| event \\ state | " + String.join(" | ", DEPLOYS.keySet()) + " |\n");
        text.append("|---".repeat(DEPLOYS.size() + 1)).append("|\n");
        for (DeployEvent event : EVENTS) {
            text.append("| ").append(label(event)).append(" | ");
            text.append(DEPLOYS.values().stream()
                            .map(deploy -> cell(deploy, event))
                            .collect(Collectors.joining(" | ")))
                    .append(" |\n");
        }
        return text.toString();
    }

    private static String label(DeployEvent event) {
        String name = event.getClass().getSimpleName();
        if (event instanceof DeployEvent.TurnCame turn) {
            return name
                    + turn.current()
                            .map(id -> id.equals(NEW) ? " (it is current)" : "")
                            .orElse(" (new service)")
                    + (turn.holds().isEmpty() || turn.current().equals(Optional.of(NEW)) ? "" : " (held)");
        }
        if (event instanceof DeployEvent.HoldsChanged changed) {
            return name + (changed.holds().isEmpty() ? " (none left)" : "");
        }
        if (event instanceof DeployEvent.SwitchFailed failed) return name + (failed.isPassing() ? " (passing)" : "");
        if (event instanceof DeployEvent.EndAsked asked) return name + " (" + word(asked.outcome()) + ")";
        if (event instanceof DeployEvent.Observed seen) return name + " (" + word(seen.sight()) + ")";
        if (event instanceof DeployEvent.TimerFired fired) return name + " (" + word(fired.kind()) + ")";
        return name;
    }

    private static String cell(Deploy deploy, DeployEvent event) {
        DeployStep step = deploy.on(event, NOW.plusSeconds(1));
        String effects = step.effects().stream().map(DeployTableTest::effect).collect(Collectors.joining(", "));
        if (step.next().equals(deploy)) return effects.isEmpty() ? "-" : effects;
        String next = state(step.next().state());
        return effects.isEmpty() ? "**" + next + "**" : effects + ": **" + next + "**";
    }

    private static String state(DeployState state) {
        if (state instanceof DeployState.Ended ended) return word(ended.result().outcome());
        if (state instanceof RollingBack back && back.isSwitched()) return "RollingBack, switched";
        if (state instanceof Watching watching && watching.isHealthy()) return "Watching, healthy";
        return state.getClass().getSimpleName();
    }

    private static String effect(DeployEffect effect) {
        if (effect instanceof DeployEffect.Switch to)
            return "switch to " + (to.to().equals(NEW) ? "the new" : "the old");
        if (effect instanceof DeployEffect.SetTimer timer) return "set " + word(timer.kind());
        if (effect instanceof DeployEffect.CancelTimer timer) return "cancel " + word(timer.kind());
        if (effect instanceof DeployEffect.Answer answer) {
            return "answer "
                    + answer.result().problem().map(p -> p.code().word()).orElse("ok");
        }
        return effect.getClass()
                .getSimpleName()
                .replaceAll("(?<=.)([A-Z])", " $1")
                .toLowerCase(Locale.ROOT);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
