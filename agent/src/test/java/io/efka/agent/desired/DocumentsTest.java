package io.efka.agent.desired;

import static io.efka.agent.desired.Samples.ALL;
import static io.efka.agent.desired.Samples.CAM;
import static io.efka.agent.desired.Samples.DEVICE;
import static io.efka.agent.desired.Samples.NOW;
import static io.efka.agent.desired.Samples.OWN;
import static io.efka.agent.desired.Samples.REC;
import static io.efka.agent.desired.Samples.ROOF;
import static io.efka.agent.desired.Samples.accepted;
import static io.efka.agent.desired.Samples.services;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.desired.DocumentState.Done;
import io.efka.agent.desired.Plan.Todo;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Sha256;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whose a service is when several documents name it. */
final class DocumentsTest {
    private Documents documents = Documents.NONE;

    /** A document of which these services were applied as they are. */
    private Document has(DocumentKey key, boolean isBrought, String rest, ServiceId... services) {
        Document document = Samples.document(key, accepted(1, rest), new Done(NOW));
        for (ServiceId service : services) {
            Entry entry = document.accepted().entries().get(service);
            document = document.with(
                    service, new Applied(Optional.ofNullable(entry).map(Entry::digest), isBrought, Optional.of("1-a")));
        }
        documents = documents.with(List.of(document));
        return document;
    }

    private Document wants(DocumentKey key, String rest) {
        Document document = Samples.document(key, accepted(2, rest), Waiting.fresh(NOW));
        documents = documents.with(List.of(document));
        return document;
    }

    private Plan plan(Document document) {
        return documents.plan(document, DEVICE, NOW, ZoneOffset.UTC);
    }

    private void change(Document next) {
        documents = documents.with(documents.changed(next));
    }

    private Document now(DocumentKey key) {
        return documents.find(key).orElseThrow();
    }

    private Applied applied(DocumentKey key, ServiceId service) {
        return Optional.ofNullable(now(key).applied().get(service)).orElseThrow();
    }

    @Nested
    class BetweenGroups {
        @Test
        void theOneThatHasTheServiceKeepsItAndTheOtherSaysWithWhomItIsInConflict() {
            has(ALL, true, services("1", CAM), CAM);
            Plan plan = plan(wants(ROOF, services("2", CAM, REC)));
            assertThat(plan.conflicts()).isEqualTo(Map.of(CAM, ALL));
            var conflict = new Conflict(plan.conflicts(), NOW);
            assertThat(conflict.problem().orElseThrow().message())
                    .isEqualTo("cam belongs to the document group/all/base: nothing is applied until that one no longer"
                            + " names it, or is removed");
        }

        @Test
        void oneThatOnlyWaitsHasNothing() {
            wants(ALL, services("1", CAM));
            assertThat(plan(wants(ROOF, services("2", CAM))).conflicts()).isEmpty();
        }

        @Test
        void oneThatIsApplyingHasWhatItIsAboutToChange() {
            Document all = wants(ALL, services("1", CAM));
            documents = documents.with(List.of(all.follow(plan(all), NOW).next()));
            assertThat(plan(wants(ROOF, services("2", CAM))).conflicts()).isEqualTo(Map.of(CAM, ALL));
        }

        @Test
        void theOtherGetsWhatIsGivenUpAndItIsNotRemovedInBetween() {
            Document all = has(ALL, true, services("1", CAM, REC), CAM, REC);
            wants(ROOF, services("2", CAM));
            Document removed = all.take(accepted(2, "\"removed\":true"));
            documents = documents.with(List.of(removed));
            assertThat(plan(removed).todo()).as("cam has an heir").isEqualTo(Map.of(REC, Todo.REMOVE));
            change(removed.with(new TreeMap<>()));
            assertThat(applied(ROOF, CAM).isBrought())
                    .as("a document brought it")
                    .isTrue();
            assertThat(plan(now(ROOF)).todo()).isEqualTo(Map.of(CAM, Todo.CHANGE));
        }
    }

    @Nested
    class TheDevicesOwn {
        @Test
        void winsOverAGroups() {
            Document all = has(ALL, true, services("1", CAM, REC), CAM, REC);
            Document own = wants(OWN, services("2", CAM));
            assertThat(plan(own).conflicts()).isEmpty();
            assertThat(plan(own).todo()).isEqualTo(Map.of(CAM, Todo.CHANGE));
            Optional<Sha256> entry =
                    Optional.ofNullable(own.accepted().entries().get(CAM)).map(Entry::digest);
            change(own.with(CAM, new Applied(entry, false, Optional.of("2-a"))));
            assertThat(now(ALL).applied()).containsOnlyKeys(REC);
            assertThat(applied(OWN, CAM).isBrought())
                    .as("a document brought it")
                    .isTrue();
            assertThat(documents.overriding(all, CAM)).contains(OWN);
            assertThat(plan(now(ALL)).todo()).as("the rest of it goes on").isEmpty();
            assertThat(plan(now(ALL)).conflicts()).isEmpty();
        }

        @Test
        void waitsWhileTheGroupsIsChangingTheService() {
            Document all = wants(ALL, services("1", CAM));
            documents = documents.with(List.of(all.follow(plan(all), NOW).next()));
            assertThat(plan(wants(OWN, services("2", CAM))).busy()).contains(ALL);
        }

        @Test
        void givesTheServiceBackToTheGroupsWhenItIsRemoved() {
            has(ALL, true, services("1", CAM, REC), REC);
            Document own = has(OWN, true, services("2", CAM), CAM);
            Document removed = own.take(accepted(2, "\"removed\":true"));
            documents = documents.with(List.of(removed));
            assertThat(plan(removed).todo()).isEmpty();
            change(removed.with(new TreeMap<>()));
            assertThat(plan(now(ALL)).todo()).isEqualTo(Map.of(CAM, Todo.CHANGE));
        }

        @Test
        void isInConflictWithAnotherOwnOne() {
            has(OWN, true, services("1", CAM), CAM);
            var second = new DocumentKey(Optional.empty(), "second");
            assertThat(plan(wants(second, services("2", CAM))).conflicts()).isEqualTo(Map.of(CAM, OWN));
        }
    }

    @Test
    void aKeyIsTheSameAfterItWasOnDisk() {
        for (DocumentKey key : List.of(OWN, ALL, ROOF))
            assertThat(DocumentKey.parse(key.path())).isEqualTo(key);
        assertThat(List.of(ROOF, ALL, OWN).stream().sorted()).containsExactly(OWN, ALL, ROOF);
    }
}
