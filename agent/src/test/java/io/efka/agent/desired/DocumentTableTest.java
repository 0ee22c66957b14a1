package io.efka.agent.desired;

import static io.efka.agent.desired.Samples.ALL;
import static io.efka.agent.desired.Samples.CAM;
import static io.efka.agent.desired.Samples.NOW;
import static io.efka.agent.desired.Samples.REC;
import static io.efka.agent.desired.Samples.accepted;
import static io.efka.agent.desired.Samples.before;
import static io.efka.agent.desired.Samples.map;
import static io.efka.agent.desired.Samples.services;
import static io.efka.fixtures.GoldenTable.leaves;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.desired.Plan.Todo;
import io.efka.agent.desired.Task.Stage;
import io.efka.fixtures.GoldenTable;
import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every event in every state of a document, printed, and held against {@code agent/docs/desired-state.md}. To write the
 * document anew after a change that was meant: {@code mvn -pl agent test -Dtest=DocumentTableTest -Defka.docs.write=true}.
 */
final class DocumentTableTest {
    private static final GoldenTable PAGE = new GoldenTable(Path.of("docs/desired-state.md"));
    private static final Instant LATER = NOW.plusSeconds(600);
    private static final Problem PROBLEM = new Problem("unhealthy", "it crashed");

    private static final Map<String, Document> DOCUMENTS = new LinkedHashMap<>();
    private static final Map<String, DocumentEvent> EVENTS = new LinkedHashMap<>();

    static {
        DOCUMENTS.put("Waiting", document("rollback", new Waiting(Optional.of(LATER), Optional.empty(), NOW)));
        DOCUMENTS.put("Conflict", document("rollback", new Conflict(map(REC, Samples.ROOF), NOW)));
        DOCUMENTS.put("Applying, looking", document("rollback", applying(true, Stage.CHANGE, Stage.CHANGE)));
        DOCUMENTS.put("Applying", document("rollback", applying(false, Stage.CHANGE, Stage.CHANGE)));
        DOCUMENTS.put("Applying, one left", document("rollback", applying(false, Stage.CHANGE, Stage.CHANGED)));
        DOCUMENTS.put("Applying, a removal left", document("rollback", applying(false, Stage.CHANGE, Stage.REMOVE)));
        DOCUMENTS.put("Applying, each", document("each", applying(false, Stage.CHANGE, Stage.CHANGED)));
        DOCUMENTS.put("Applying, each, failed", document("each", applying(false, Stage.TAKE_BACK, Stage.CHANGED)));
        DOCUMENTS.put("Applying, keep", document("keep", applying(false, Stage.CHANGE, Stage.CHANGED)));
        DOCUMENTS.put("TakingBack", document("rollback", back(false, map(CAM, before("1"), REC, before("1")))));
        DOCUMENTS.put("TakingBack, one left", document("rollback", back(false, map(CAM, before("1")))));
        DOCUMENTS.put("TakingBack, superseded", document("rollback", back(true, map(CAM, before("1")))));
        DOCUMENTS.put("Done", document("rollback", new DocumentState.Done(NOW)));
        DOCUMENTS.put("RolledBack", document("rollback", new DocumentState.RolledBack(PROBLEM, NOW)));
        DOCUMENTS.put("Failed", document("each", new DocumentState.Failed(PROBLEM, NOW)));
        DOCUMENTS.put("Expired", document("rollback", new DocumentState.Expired(NOW, NOW)));

        var changes = map(CAM, Todo.CHANGE);
        EVENTS.put("Taken", new DocumentEvent.Taken(plan(changes, NOW)));
        EVENTS.put("Taken (nothing to do)", new DocumentEvent.Taken(plan(new TreeMap<>(), NOW)));
        EVENTS.put("Taken (not yet)", new DocumentEvent.Taken(plan(changes, LATER)));
        EVENTS.put("Taken (conflict)", new DocumentEvent.Taken(conflict()));
        EVENTS.put("Taken (another document is busy)", new DocumentEvent.Taken(busy()));
        EVENTS.put("Taken (too late)", new DocumentEvent.Taken(expired()));
        EVENTS.put("Reviewed", new DocumentEvent.Reviewed(plan(changes, NOW)));
        EVENTS.put("Reviewed (nothing to do)", new DocumentEvent.Reviewed(plan(new TreeMap<>(), NOW)));
        EVENTS.put("Reviewed (not yet)", new DocumentEvent.Reviewed(plan(changes, LATER)));
        EVENTS.put("Reviewed (conflict)", new DocumentEvent.Reviewed(conflict()));
        EVENTS.put("Reviewed (too late)", new DocumentEvent.Reviewed(expired()));
        EVENTS.put("AgentStarted", new DocumentEvent.AgentStarted(plan(changes, NOW)));
        EVENTS.put("AgentStarted (nothing to do)", new DocumentEvent.AgentStarted(plan(new TreeMap<>(), NOW)));
        var found = map(CAM, before("1"), REC, before("1"));
        EVENTS.put("Looked", new DocumentEvent.Looked(1, found, new TreeMap<>()));
        EVENTS.put("Looked (cam cannot be done)", new DocumentEvent.Looked(1, found, map(CAM, PROBLEM)));
        EVENTS.put("TaskDone (cam)", new DocumentEvent.TaskDone(1, CAM, Optional.of("2")));
        EVENTS.put("TaskFailed (cam)", new DocumentEvent.TaskFailed(1, CAM, PROBLEM));
        EVENTS.put("Restored (cam)", new DocumentEvent.Restored(1, CAM));
        EVENTS.put("RestoreFailed (cam)", new DocumentEvent.RestoreFailed(1, CAM, PROBLEM));
        EVENTS.put("TaskDone (of an earlier round)", new DocumentEvent.TaskDone(0, CAM, Optional.of("2")));
    }

    private static Document document(String onFailure, DocumentState state) {
        String rest = services("2", CAM, REC) + ",\"on_failure\":\"" + onFailure + "\"";
        return Samples.document(ALL, accepted(12, rest), state);
    }

    private static Applying applying(boolean isLooking, Stage cam, Stage rec) {
        SortedMap<ServiceId, Before> before = isLooking ? new TreeMap<>() : map(CAM, before("1"), REC, before("1"));
        return new Applying(isLooking, before, map(CAM, task(cam), REC, task(rec)), NOW);
    }

    private static Task task(Stage stage) {
        return stage == Stage.TAKE_BACK ? Task.failed(stage, PROBLEM) : Task.of(stage);
    }

    private static TakingBack back(boolean isSuperseded, SortedMap<ServiceId, Before> before) {
        return new TakingBack(isSuperseded, PROBLEM, before, Optional.empty(), NOW);
    }

    private static Plan plan(SortedMap<ServiceId, Todo> todo, Instant begin) {
        return new Plan(todo, new TreeMap<>(), Optional.empty(), begin, Optional.empty());
    }

    private static Plan conflict() {
        return new Plan(map(CAM, Todo.CHANGE), map(REC, Samples.ROOF), Optional.empty(), NOW, Optional.empty());
    }

    private static Plan busy() {
        return new Plan(map(CAM, Todo.CHANGE), new TreeMap<>(), Optional.of(Samples.ROOF), NOW, Optional.empty());
    }

    private static Plan expired() {
        return new Plan(map(CAM, Todo.CHANGE), new TreeMap<>(), Optional.empty(), LATER, Optional.of(LATER));
    }

    @Test
    void everyStateAndEveryEventHasASample() {
        assertThat(DOCUMENTS.values().stream()
                        .map(document -> document.state().getClass())
                        .collect(Collectors.toSet()))
                .isEqualTo(leaves(DocumentState.class));
        assertThat(EVENTS.values().stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(leaves(DocumentEvent.class));
    }

    @Test
    void theTableInTheDocumentsIsTheCodes() throws IOException {
        PAGE.require("table", table());
    }

    private static String table() {
        var text = new StringBuilder("| event \\ state | " + String.join(" | ", DOCUMENTS.keySet()) + " |\n");
        text.append("|---".repeat(DOCUMENTS.size() + 1)).append("|\n");
        EVENTS.forEach((label, event) -> text.append("| ")
                .append(label)
                .append(" | ")
                .append(DOCUMENTS.values().stream()
                        .map(document -> cell(document, event))
                        .collect(Collectors.joining(" | ")))
                .append(" |\n"));
        return text.toString();
    }

    private static String cell(Document document, DocumentEvent event) {
        DocumentStep step = document.on(event, NOW.plusSeconds(1));
        String effects = step.effects().stream().map(DocumentTableTest::effect).collect(Collectors.joining(", "));
        if (step.next().equals(document)) return effects.isEmpty() ? "-" : effects;
        String next = "**" + state(step.next().state()) + "**";
        return effects.isEmpty() ? next : next + ": " + effects;
    }

    private static String state(DocumentState state) {
        String name = state.getClass().getSimpleName();
        if (state instanceof Applying applying && applying.isLooking()) return name + ", looking";
        return state instanceof TakingBack back && back.isSuperseded() ? name + ", superseded" : name;
    }

    private static String effect(DocumentEffect effect) {
        if (effect instanceof DocumentEffect.Apply apply) return "apply " + apply.service();
        if (effect instanceof DocumentEffect.Restore restore) return "restore " + restore.service();
        if (effect instanceof DocumentEffect.Look look) {
            return "look at " + look.services().stream().map(ServiceId::value).collect(Collectors.joining(" and "));
        }
        return effect.getClass()
                .getSimpleName()
                .replaceAll("(?<=.)([A-Z])", " $1")
                .toLowerCase(Locale.ROOT);
    }
}
