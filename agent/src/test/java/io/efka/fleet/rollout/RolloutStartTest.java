package io.efka.fleet.rollout;

import static io.efka.fleet.rollout.Samples.ANA;
import static io.efka.fleet.rollout.Samples.NOW;
import static io.efka.fleet.rollout.Samples.policy;
import static io.efka.fleet.rollout.Samples.release;
import static io.efka.fleet.rollout.Samples.rollout;
import static io.efka.fleet.rollout.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import io.efka.fleet.rollout.RolloutStart.NotNowException;
import io.efka.protocol.Topics.GroupId;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RolloutStartTest {
    private static final String CAMERA =
            "{\"services\":{\"camera\":{\"release\":\"1.5.0\"}},\"window\":{\"from\":\"02:00\",\"to\":\"04:00\"}}";

    private static GroupDocument document(String text) {
        return GroupDocument.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static RolloutStart start(String file, Optional<String> before) {
        return new RolloutStart(
                GroupId.ALL,
                "camera",
                RolloutFile.parse(file),
                before.map(RolloutFile::parse),
                policy(),
                Optional.empty());
    }

    private static Rollout begin(RolloutStart start, GroupDocument present, Set<String> installed)
            throws NotNowException {
        return start.begin(present, 0, installed, "ana@ops", "cafe", NOW);
    }

    @Test
    void theArgumentsOfDeploysAreForEntriesThatDoNotHaveThem() {
        RolloutFile file = RolloutFile.parse("{\"services\":{\"camera\":{\"release\":\"2\",\"min_healthy\":\"1s\"},"
                + "\"lamp\":{\"desired\":\"stopped\"}}}");
        assertThat(file.deployedWith(Map.of("min_healthy", "9s", "healthy_deadline", "20s"))
                        .services())
                .isEqualTo(JsonParser.parseString("{\"camera\":{\"release\":\"2\",\"min_healthy\":\"1s\","
                        + "\"healthy_deadline\":\"20s\"},\"lamp\":{\"desired\":\"stopped\"}}"));
    }

    @Test
    void theDocumentsServicesStayAndTheFilesAreTheCandidate() throws NotNowException {
        GroupDocument present = document("{\"v\":1,\"revision\":7,\"splay\":\"5m\",\"services\":{\"camera\":"
                + "{\"release\":\"1.4.2\"},\"recorder\":{\"release\":\"2\"}}}");
        Rollout begun = begin(start(CAMERA, Optional.empty()), present, Set.of("camera"));
        assertThat(begun.document().services()).isEqualTo(present.services());
        assertThat(begun.candidate().services()).isEqualTo(release("1.5.0"));
        assertThat(begun.plan().origin().previous()).isEqualTo(release("1.4.2"));
        assertThat(begun.plan().origin().firstRevision()).isEqualTo(8);
        assertThat(begun.candidate().salt()).isEqualTo("camera-8");
        assertThat(begun.share()).isZero();
        assertThat(begun.document().others().keySet()).containsExactlyInAnyOrder("splay", "window");
        assertThat(begun.services()).containsExactly(Samples.CAMERA);
    }

    @Test
    void theRevisionIsHigherThanAnyThatADeviceRemembers() throws NotNowException {
        Rollout begun = start(CAMERA, Optional.empty()).begin(GroupDocument.NONE, 41, Set.of(), "ana", "cafe", NOW);
        assertThat(begun.plan().origin().firstRevision()).isEqualTo(42);
    }

    @Test
    void aServiceThatNobodyHasIsRemovedOnTheWayBack() throws NotNowException {
        Rollout begun = begin(start(CAMERA, Optional.empty()), GroupDocument.NONE, Set.of());
        assertThat(begun.plan().origin().previous().toString()).isEqualTo("{\"camera\":{\"absent\":true}}");
        assertThat(begun.document().services().size())
                .as("nobody is told to remove it before")
                .isZero();
    }

    @Test
    void aServiceThatDevicesHaveByOtherMeansNeedsWhatToGoBackTo() throws NotNowException {
        assertThatThrownBy(() -> begin(start(CAMERA, Optional.empty()), GroupDocument.NONE, Set.of("camera")))
                .isInstanceOf(NotNowException.class)
                .hasMessageContaining("give --before FILE");
        RolloutStart known = start(CAMERA, Optional.of("{\"services\":{\"camera\":{\"release\":\"1.4.2\"}}}"));
        Rollout begun = begin(known, GroupDocument.NONE, Set.of("camera"));
        assertThat(begun.document().services()).isEqualTo(release("1.4.2"));
        assertThat(begun.plan().origin().previous()).isEqualTo(release("1.4.2"));
    }

    @Test
    void aRolloutThatIsNotOverIsInTheWay() {
        GroupDocument present = GroupDocument.parse(running(1, "10").encode());
        assertThatThrownBy(() -> begin(start(CAMERA, Optional.empty()), present, Set.of()))
                .isInstanceOfSatisfying(
                        NotNowException.class, e -> assertThat(e.isBusy()).isTrue())
                .hasMessage("a rollout of camera is running, step 2 of 4, 10 %, begun by ana@ops:"
                        + " resume, promote or abort it first");
    }

    @Test
    void oneThatIsOverIsNotAndTheEpochGoesOn() throws NotNowException {
        Rollout over = rollout(new Returned(false, ANA, new TreeMap<>()), 1, "10", policy());
        Rollout begun = begin(start(CAMERA, Optional.empty()), GroupDocument.parse(over.encode()), Set.of());
        assertThat(begun.plan().controller().epoch()).isEqualTo(4);
        assertThat(begun.plan().origin().firstRevision()).isEqualTo(13);
        assertThat(begun.plan().progress()).isEqualTo(RolloutPlan.Progress.NONE);
    }

    @Test
    void aCandidateThatSomebodySteersByHandIsInTheWay() {
        GroupDocument present =
                document("{\"v\":1,\"revision\":7,\"services\":{},\"candidate\":{\"share\":5,\"salt\":\"s\"}}");
        assertThatThrownBy(() -> begin(start(CAMERA, Optional.empty()), present, Set.of()))
                .isInstanceOf(NotNowException.class)
                .hasMessageContaining("a candidate that no rollout steers");
    }

    @Test
    void aDocumentThatIsTooLargeIsRefused() {
        String large = CAMERA.replace("1.5.0", "x".repeat(GroupDocument.MAX_BYTES));
        assertThatThrownBy(() -> begin(start(large, Optional.empty()), GroupDocument.NONE, Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes")
                .hasMessageEndingWith("bring files as an artifact");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                             | services must be an object by service id with at least one entry",
                "{\"services\":{}}                              | services must be an object by service id with at least one entry",
                "{\"services\":{\"a b\":{}}}                    | bad service id \"a b\"",
                "{\"services\":{\"camera\":1}}                  | services.camera must be an object, was 1",
                "{\"v\":2,\"services\":{\"camera\":{}}}         | v must be 1, was 2",
                "{\"revision\":3,\"services\":{\"camera\":{}}}  | revision must be left out, since the rollout sets it; was 3",
                "{\"windw\":3,\"services\":{\"camera\":{}}}     | windw must be left out: it is unknown",
                "{\"services\":{\"camera\":{}}                  | must be JSON, and is wrong at line 1",
            })
    void aFileThatCannotBeUsedIsRefused(String file, String message) {
        assertThatThrownBy(() -> RolloutFile.parse(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
