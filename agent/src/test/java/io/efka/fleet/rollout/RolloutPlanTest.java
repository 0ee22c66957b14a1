package io.efka.fleet.rollout;

import static io.efka.fleet.rollout.Samples.ANA;
import static io.efka.fleet.rollout.Samples.NOW;
import static io.efka.fleet.rollout.Samples.json;
import static io.efka.fleet.rollout.Samples.policy;
import static io.efka.fleet.rollout.Samples.rollout;
import static io.efka.fleet.rollout.Samples.running;
import static io.efka.fleet.rollout.Samples.tenOfAHundred;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fleet.rollout.RolloutState.Reason;
import io.efka.protocol.Topics.GroupId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RolloutPlanTest {
    private static final SortedMap<String, String> STUCK = new TreeMap<>(Map.of("d7", "disk_full"));

    private static Rollout read(byte[] payload) {
        return Rollout.of(GroupId.ALL, GroupDocument.parse(payload)).orElseThrow();
    }

    @Test
    void aRolloutIsReadAsItWasWritten() {
        for (RolloutState state : List.of(
                new Running(),
                new Paused(ANA),
                new Paused(Reason.ofLimits("3 devices of 9 failed; at most 2% may")),
                new Succeeded(),
                Returning.aborting(ANA),
                Returning.undoing(ANA),
                new Returned(false, ANA, STUCK),
                new Returned(true, ANA, new TreeMap<>()))) {
            Rollout written = rollout(state, 1, "10.5", policy())
                    .with(tenOfAHundred().failed(2).build());
            assertThat(read(written.encode())).isEqualTo(written);
        }
    }

    @Test
    void theShareIsWrittenAsDevicesReadIt() {
        Rollout all = running(3, "1E+2");
        JsonObject document = JsonParser.parseString(new String(all.encode(), StandardCharsets.UTF_8))
                .getAsJsonObject();
        assertThat(document.getAsJsonObject("candidate").get("share")).hasToString("100");
        assertThat(document.getAsJsonObject("candidate").getAsJsonObject("plan").get("steps"))
                .hasToString("[1,10,50,100]");
        assertThat(document.get("splay").getAsString()).isEqualTo("10m");
    }

    @Test
    void keysOfANewerVersionAreKept() {
        JsonObject plan = plan();
        plan.addProperty("mood", "good");
        assertThat(PlanWriter.write(PlanReader.read(plan), 100).get("mood").getAsString())
                .isEqualTo("good");
    }

    private static JsonObject plan() {
        return PlanWriter.write(running(1, "10").plan(), 100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "v             | 2          | v must be 1, the version that this efka knows, was 2",
                "state         | \"asleep\" | state must be running, paused, succeeded, aborting, aborted, undoing or undone, was \"asleep\"",
                "steps         | [10,5,100] | steps must be a list of percentages that grow up to 100",
                "steps         | \"all\"    | steps must be a list of percentages",
                "step          | 5          | step must be a whole number 1 to 4, was 5",
                "settle        | 60         | settle must be a duration such as",
                "settle        | \"soon\"   | settle must be a duration such as",
                "max_failures  | \"half\"   | max_failures must be a percentage such as",
                "min_sample    | 0          | min_sample must be a whole number from 1 on, was 0",
                "on_failure    | \"panic\"  | on_failure must be \"pause\" or \"rollback\", was \"panic\"",
                "counts        | null       | counts must be an object, was null",
                "failed        | {\"d\":1}  | failed.d must be a text, was 1",
                "controller    | {}         | controller.by must be a text, was missing",
                "started_at    | \"now\"    | started_at must be a time as in",
                "rollout       | \"-\"      | rollout must be a name, was \"-\"",
                "reached       | -1         | reached must be a number from 0 to 100, was -1",
            })
    void aPlanThatCannotBeUsedIsRefusedWithTheKeyTheValueAndWhatWouldBeRight(String key, String value, String message) {
        JsonObject plan = plan();
        JsonElement wrong = JsonParser.parseString(value);
        plan.add(key, wrong);
        assertThatThrownBy(() -> PlanReader.read(plan))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("candidate.plan." + message);
    }

    @Test
    void everyKeyThatIsWrittenIsKnownAndTheOtherWayRound() {
        JsonObject plan = PlanWriter.write(
                rollout(new Returned(false, ANA, STUCK), 1, "10", policy()).plan(), 100);
        assertThat(plan.keySet()).containsExactlyInAnyOrderElementsOf(PlanReader.keys());
    }

    @Test
    void aHundredFailedDevicesAreNamedAndAllAreCounted() {
        Rollout many =
                running(1, "10").with(tenOfAHundred().done(500).failed(300).build());
        assertThat(many.plan().progress().failed()).hasSize(100);
        assertThat(many.plan().progress().counts().failed()).isEqualTo(300);
    }

    @Test
    void failedDevicesAreLeftOutRatherThanTheDocumentTooLarge() {
        var filler = new JsonObject();
        filler.addProperty("splay", "x".repeat(GroupDocument.MAX_BYTES - 2000));
        Rollout some =
                running(1, "10").with(tenOfAHundred().done(500).failed(100).build());
        var large = new Rollout(some.group(), some.document().withOthers(filler), some.plan());
        Rollout read = read(large.encode());
        assertThat(read.plan().progress().failed().size()).isBetween(1, 99);
        assertThat(read.plan().progress().counts().failed()).isEqualTo(100);
    }

    @Test
    void aLongReasonIsCut() {
        Rollout paused = running(1, "10").in(new Paused(new Reason("ana", "x".repeat(5000))), NOW);
        assertThat(paused.encode().length).isLessThan(2000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                                      | must be a JSON object",
                "{\"v\":1,\"services\":{}}               | revision must be a whole number from 1 on, was missing",
                "{\"revision\":1.5}                      | revision must be a whole number from 1 on, was 1.5",
                "{\"revision\":1,\"services\":[]}        | services must be an object, was []",
                "{\"revision\":1,\"revision\":2}         | must have every key once, has twice: [revision]",
                "{\"revision\":1,\"candidate\":{}}       | candidate.share must be a number from 0 to 100, was missing",
                "{\"signed\":\"e30=\",\"sig\":\"\"}      | is signed, and this version cannot sign a new one",
            })
    void aDocumentThatCannotBeUsedIsRefused(String payload, String message) {
        assertThatThrownBy(() -> GroupDocument.parse(payload.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aDocumentWithoutAPlanHasNoRollout() {
        for (String text : List.of(
                "{\"v\":1,\"revision\":3,\"services\":{}}",
                "{\"v\":1,\"revision\":3,\"services\":{},\"candidate\":{\"share\":5,\"salt\":\"s\",\"plan\":{}}}")) {
            GroupDocument document = GroupDocument.parse(text.getBytes(StandardCharsets.UTF_8));
            assertThat(Rollout.of(GroupId.ALL, document)).isEmpty();
        }
        assertThat(GroupDocument.parse(new byte[0]).revision()).isZero();
        assertThat(json("{}").size()).isZero();
    }
}
