package io.efka.fleet.rollout;

import static io.efka.fixtures.GoldenTable.leaves;
import static io.efka.fleet.rollout.Samples.ANA;
import static io.efka.fleet.rollout.Samples.NOW;
import static io.efka.fleet.rollout.Samples.policy;
import static io.efka.fleet.rollout.Samples.rollout;
import static io.efka.fleet.rollout.Samples.tenOfAHundred;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.GoldenTable;
import io.efka.fleet.rollout.Policy.OnFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every event in every state of a rollout, printed, and held against {@code agent/docs/rollouts.md}. To write the document anew after a
 * change that was meant: {@code mvn -pl agent test -Dtest=RolloutTableTest -Defka.docs.write=true}.
 */
final class RolloutTableTest {
    private static final GoldenTable PAGE = new GoldenTable(Path.of("docs/rollouts.md"));

    private static final Map<String, Rollout> ROLLOUTS = new LinkedHashMap<>();
    private static final Map<String, RolloutEvent> EVENTS = new LinkedHashMap<>();

    static {
        Policy rollback = policy("2%", "100%", OnFailure.ROLLBACK);
        ROLLOUTS.put("Running", rollout(new Running(), 1, "10", policy()));
        ROLLOUTS.put("Running, on_failure rollback", rollout(new Running(), 1, "10", rollback));
        ROLLOUTS.put("Running, within a step", rollout(new Running(), 2, "20", policy()));
        ROLLOUTS.put("Running, last step", rollout(new Running(), 3, "100", policy()));
        ROLLOUTS.put("Paused", rollout(new Paused(ANA), 1, "10", policy()));
        ROLLOUTS.put("Succeeded", rollout(new Succeeded(), 3, "100", policy()));
        ROLLOUTS.put("Returning (aborting)", rollout(Returning.aborting(ANA), 1, "10", policy()));
        ROLLOUTS.put("Returning (undoing)", rollout(Returning.undoing(ANA), 3, "100", policy()));
        ROLLOUTS.put(
                "Returned (aborted)",
                rollout(new Returned(false, ANA, Collections.emptySortedMap()), 1, "10", policy()));
        ROLLOUTS.put(
                "Returned (undone)",
                rollout(new Returned(true, ANA, Collections.emptySortedMap()), 3, "100", policy()));

        EVENTS.put(
                "Assessed (some are updating)",
                assessed(tenOfAHundred().updating("d1").goingBack("d1")));
        EVENTS.put(
                "Assessed (some are settling)",
                assessed(tenOfAHundred().settling("d1").goingBack("d1")));
        EVENTS.put("Assessed (all are well)", assessed(tenOfAHundred()));
        EVENTS.put("Assessed (none has it)", assessed(tenOfAHundred().done(0)));
        EVENTS.put("Assessed (too many failed)", assessed(tenOfAHundred().failed(2)));
        EVENTS.put("PauseAsked", new RolloutEvent.PauseAsked(ANA));
        EVENTS.put("ResumeAsked", new RolloutEvent.ResumeAsked());
        EVENTS.put("AbortAsked", new RolloutEvent.AbortAsked(ANA));
        EVENTS.put("PromoteAsked", new RolloutEvent.PromoteAsked());
        EVENTS.put("UndoAsked", new RolloutEvent.UndoAsked(ANA));
    }

    private static RolloutEvent assessed(Samples.AssessmentBuilder assessment) {
        return new RolloutEvent.Assessed(assessment.build());
    }

    @Test
    void everyStateAndEveryEventHasASample() {
        assertThat(ROLLOUTS.values().stream()
                        .map(rollout -> rollout.plan().state().getClass())
                        .collect(Collectors.toSet()))
                .isEqualTo(leaves(RolloutState.class));
        assertThat(EVENTS.values().stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(leaves(RolloutEvent.class));
    }

    @Test
    void theTableInTheDocumentsIsTheCodes() throws IOException {
        var text = new StringBuilder("| event \\ state | " + String.join(" | ", ROLLOUTS.keySet()) + " |\n");
        text.append("|---".repeat(ROLLOUTS.size() + 1)).append("|\n");
        EVENTS.forEach((label, event) -> text.append("| ")
                .append(label)
                .append(" | ")
                .append(ROLLOUTS.values().stream()
                        .map(rollout -> cell(rollout, event))
                        .collect(Collectors.joining(" | ")))
                .append(" |\n"));
        PAGE.require("table", text.toString());
    }

    private static String cell(Rollout rollout, RolloutEvent event) {
        RolloutStep step = rollout.on(event, NOW.plusSeconds(1));
        String effects = step.effects().stream()
                .map(effect -> effect(effect, rollout, step.next()))
                .collect(Collectors.joining(", "));
        String before = name(rollout.plan().state());
        String after = name(step.next().plan().state());
        if (after.equals(before)) return effects.isEmpty() ? "-" : effects;
        return effects.isEmpty() ? "**" + after + "**" : "**" + after + "**: " + effects;
    }

    private static String name(RolloutState state) {
        String name = state.getClass().getSimpleName();
        return state instanceof Returning || state instanceof Returned ? name + " (" + state.word() + ")" : name;
    }

    private static String effect(RolloutEffect effect, Rollout before, Rollout after) {
        if (effect instanceof RolloutEffect.Refuse) return "refuse";
        if (effect instanceof RolloutEffect.Finish) return "finish";
        if (after.revision() == before.revision()) return "publish the plan";
        int steps = after.plan().progress().step() - before.plan().progress().step();
        if (!(after.plan().state() instanceof Running)) return "publish the services";
        return steps == 0 ? "publish a larger share" : "publish the next step";
    }
}
