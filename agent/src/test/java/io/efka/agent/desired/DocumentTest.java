package io.efka.agent.desired;

import static io.efka.agent.desired.Samples.ALL;
import static io.efka.agent.desired.Samples.CAM;
import static io.efka.agent.desired.Samples.DEVICE;
import static io.efka.agent.desired.Samples.NOW;
import static io.efka.agent.desired.Samples.PARSER;
import static io.efka.agent.desired.Samples.REC;
import static io.efka.agent.desired.Samples.accepted;
import static io.efka.agent.desired.Samples.before;
import static io.efka.agent.desired.Samples.map;
import static io.efka.agent.desired.Samples.services;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.desired.Document.Arrival;
import io.efka.agent.desired.DocumentState.Done;
import io.efka.agent.desired.DocumentState.Failed;
import io.efka.agent.desired.DocumentState.RolledBack;
import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class DocumentTest {
    private static final Problem PROBLEM = new Problem("unhealthy", "it crashed");

    private Instant now = NOW;
    private Document document = Document.first(ALL, accepted(1, services("1", CAM, REC)));
    private final List<DocumentEffect> effects = new ArrayList<>();

    private Plan plan() {
        return new Documents(new TreeMap<>(Map.of(ALL, document))).plan(document, DEVICE, now, ZoneOffset.UTC);
    }

    private void tell(DocumentEvent event) {
        effects.clear();
        DocumentStep step = document.on(event, now);
        document = step.next();
        effects.addAll(step.effects());
    }

    private void take(long revision, String rest) {
        document = document.take(accepted(revision, rest));
        tell(new DocumentEvent.Taken(plan()));
    }

    private void begin() {
        tell(new DocumentEvent.Taken(plan()));
    }

    private void looked(Before cam, Before rec) {
        tell(new DocumentEvent.Looked(document.round(), map(CAM, cam, REC, rec), new TreeMap<>()));
    }

    private void done(ServiceId service, String release) {
        tell(new DocumentEvent.TaskDone(document.round(), service, Optional.of(release)));
    }

    private void failed(ServiceId service) {
        tell(new DocumentEvent.TaskFailed(document.round(), service, PROBLEM));
    }

    private void restored(ServiceId service) {
        tell(new DocumentEvent.Restored(document.round(), service));
    }

    private Applied applied(ServiceId service) {
        return Optional.ofNullable(document.applied().get(service)).orElseThrow();
    }

    /** Revision 1 is applied: both services are its own. */
    private void apply() {
        begin();
        looked(Before.NOTHING, Before.NOTHING);
        done(CAM, "1-a");
        done(REC, "1-a");
        assertThat(document.state()).isInstanceOf(Done.class);
    }

    @Nested
    class ARevision {
        @Test
        void isDoneWhenEveryServiceIsAndOwnsThem() {
            begin();
            assertThat(effects).contains(new DocumentEffect.Look(new TreeSet<>(List.of(CAM, REC))));
            looked(Before.NOTHING, before("0"));
            assertThat(effects).containsExactly(new DocumentEffect.Apply(CAM), new DocumentEffect.Apply(REC));
            done(REC, "1-a");
            assertThat(document.state()).isInstanceOf(Applying.class);
            done(CAM, "1-a");
            assertThat(document.state()).isEqualTo(new Done(NOW));
            assertThat(applied(CAM).isBrought()).isTrue();
            assertThat(applied(REC).isBrought()).as("it was there before").isFalse();
        }

        @Test
        void thatChangesOneEntryLeavesTheOtherServiceAlone() {
            apply();
            take(2, "\"services\":{\"cam\":{\"release\":\"2\"},\"rec\":{\"release\":\"1\"}}");
            assertThat(effects).contains(new DocumentEffect.Look(new TreeSet<>(List.of(CAM))));
        }

        @Test
        void thatChangesNothingHereIsDoneAtOnce() {
            apply();
            take(2, services("1", CAM, REC) + ",\"splay\":\"1h\",\"window\":{\"from\":\"22:00\",\"to\":\"23:00\"}");
            assertThat(document.state()).isInstanceOf(Done.class);
        }

        @Test
        void thatNoLongerNamesAServiceLetsItGoAndDoesNotRemoveIt() {
            apply();
            take(2, services("1", CAM));
            assertThat(document.state()).isInstanceOf(Done.class);
            assertThat(document.applied()).containsOnlyKeys(CAM);
        }

        @Test
        void removesLastWhatIsToBeAbsent() {
            apply();
            take(2, "\"services\":{\"cam\":{\"absent\":true},\"rec\":{\"release\":\"2\"}}");
            looked(before("1"), before("1"));
            assertThat(effects).containsExactly(new DocumentEffect.Apply(REC));
            done(REC, "2-a");
            assertThat(effects).containsExactly(new DocumentEffect.Apply(CAM));
            tell(new DocumentEvent.TaskDone(document.round(), CAM, Optional.empty()));
            assertThat(document.state()).isInstanceOf(Done.class);
            assertThat(applied(CAM).isBrought()).isFalse();
        }
    }

    @Nested
    class WhenAServiceFails {
        @Test
        void allThatWasTouchedGoesBackAndTheRevisionIsNotTriedAgain() {
            apply();
            take(2, services("2", CAM, REC));
            looked(before("1-a"), before("1-a"));
            done(REC, "2-a");
            failed(CAM);
            assertThat(effects)
                    .containsExactly(
                            new DocumentEffect.Restore(CAM, before("1-a")),
                            new DocumentEffect.Restore(REC, before("1-a")));
            restored(CAM);
            restored(REC);
            assertThat(document.state()).isEqualTo(new RolledBack(PROBLEM.at(CAM), NOW));
            assertThat(applied(REC).release()).contains("1-a");
            tell(new DocumentEvent.Reviewed(plan()));
            tell(new DocumentEvent.AgentStarted(plan()));
            assertThat(document.state()).isInstanceOf(RolledBack.class);
            take(3, services("3", CAM, REC));
            assertThat(document.state()).isInstanceOf(Applying.class);
        }

        @Test
        void whatReturnsOfTheOthersAfterwardsIsIgnored() {
            apply();
            take(2, services("2", CAM, REC));
            looked(before("1-a"), before("1-a"));
            long round = document.round();
            failed(CAM);
            tell(new DocumentEvent.TaskDone(round, REC, Optional.of("2-a")));
            assertThat(((TakingBack) document.state()).before()).containsOnlyKeys(CAM, REC);
        }

        @Test
        void onlyTheServiceGoesBackWithEach() {
            apply();
            take(2, services("2", CAM, REC) + ",\"on_failure\":\"each\"");
            looked(before("1-a"), before("1-a"));
            failed(CAM);
            assertThat(effects).containsExactly(new DocumentEffect.Restore(CAM, before("1-a")));
            done(REC, "2-a");
            restored(CAM);
            assertThat(document.state()).isEqualTo(new Failed(PROBLEM.at(CAM), NOW));
            assertThat(applied(CAM).release()).contains("1-a");
            assertThat(applied(REC).release()).contains("2-a");
        }

        @Test
        void nothingGoesBackWithKeep() {
            begin();
            take(2, services("2", CAM, REC) + ",\"on_failure\":\"keep\"");
            looked(Before.NOTHING, Before.NOTHING);
            failed(CAM);
            assertThat(effects).isEmpty();
            done(REC, "2-a");
            assertThat(document.state()).isInstanceOf(Failed.class);
            take(3, services("2", CAM, REC));
            assertThat(((Applying) document.state()).tasks())
                    .as("the next revision tries again")
                    .containsOnlyKeys(CAM);
            assertThat(applied(CAM).isBrought()).isTrue();
        }

        @Test
        void whatCannotBeTakenBackIsToldAndDoneAnewByTheNextRevision() {
            apply();
            take(2, services("2", CAM, REC));
            looked(before("1-a"), before("1-a"));
            failed(CAM);
            restored(CAM);
            tell(new DocumentEvent.RestoreFailed(document.round(), REC, new Problem("disk_full", "no space left")));
            assertThat(document.state()).isInstanceOf(Failed.class);
            assertThat(document.state().problem().orElseThrow().message())
                    .contains("it crashed")
                    .contains("rec could not be taken back: no space left");
            take(3, services("1", CAM, REC));
            assertThat(((Applying) document.state()).tasks()).containsOnlyKeys(REC);
        }

        @Test
        void anEntryThatCannotBeCarriedOutChangesNothing() {
            begin();
            tell(new DocumentEvent.Looked(document.round(), new TreeMap<>(), map(CAM, PROBLEM)));
            assertThat(document.state()).isEqualTo(new RolledBack(PROBLEM.at(CAM), NOW));
            assertThat(effects).isEmpty();
        }
    }

    @Nested
    class ANewerRevision {
        @Test
        void takesThePlaceOfOneThatIsUnderWayAndGoesBackToWhatWasBeforeBoth() {
            apply();
            take(2, services("2", CAM, REC));
            looked(before("1-a"), before("1-a"));
            take(3, "\"services\":{\"cam\":{\"release\":\"3\"},\"rec\":{\"release\":\"1\"}}");
            tell(new DocumentEvent.Looked(document.round(), map(CAM, before("2-a")), new TreeMap<>()));
            assertThat(effects)
                    .as("rec was touched by 2, and 3 has it as it was")
                    .containsExactly(new DocumentEffect.Apply(CAM), new DocumentEffect.Restore(REC, before("1-a")));
            failed(CAM);
            assertThat(effects).contains(new DocumentEffect.Restore(CAM, before("1-a")));
        }

        @Test
        void thatHasToWaitFirstHasTheOneUnderWayTakenBack() {
            apply();
            take(2, services("2", CAM, REC));
            looked(before("1-a"), before("1-a"));
            take(3, services("3", CAM, REC) + ",\"not_before\":\"2026-01-02T04:00:00Z\"");
            restored(CAM);
            restored(REC);
            assertThat(effects).containsExactly(new DocumentEffect.Review());
            tell(new DocumentEvent.Reviewed(plan()));
            assertThat(effects).containsExactly(new DocumentEffect.SetTimer(Instant.parse("2026-01-02T04:00:00Z")));
        }

        @Test
        void thatComesWhileOneIsTakenBackIsAppliedAfterwards() {
            apply();
            take(2, services("2", CAM, REC));
            looked(before("1-a"), before("1-a"));
            failed(CAM);
            take(3, services("3", CAM, REC));
            restored(CAM);
            restored(REC);
            tell(new DocumentEvent.Reviewed(plan()));
            assertThat(document.state()).isInstanceOf(Applying.class);
        }

        @Test
        void isToldFromTheSameAndFromAnOlderOne() {
            apply();
            assertThat(document.arrival(Samples.parse(document.accepted().text())))
                    .isEqualTo(Arrival.SAME);
            String one = "{\"v\":1,\"revision\":%d,\"services\":{}}";
            assertThat(document.arrival(Samples.parse(one.formatted(1)))).isEqualTo(Arrival.OTHER);
            assertThat(document.arrival(Samples.parse(one.formatted(2)))).isEqualTo(Arrival.NEWER);
            take(2, "\"removed\":true");
            assertThat(document.arrival(Samples.parse(one.formatted(1)))).isEqualTo(Arrival.OLDER);
        }
    }

    @Nested
    class ItsTime {
        @Test
        void isWaitedFor() {
            take(2, services("2", CAM) + ",\"not_before\":\"2026-01-02T04:00:00Z\"");
            assertThat(effects).containsExactly(new DocumentEffect.SetTimer(Instant.parse("2026-01-02T04:00:00Z")));
            tell(new DocumentEvent.Reviewed(plan()));
            assertThat(document.state().since()).as("nothing is new").isEqualTo(NOW);
            now = Instant.parse("2026-01-02T04:00:00Z");
            tell(new DocumentEvent.Reviewed(plan()));
            assertThat(document.state()).isInstanceOf(Applying.class);
        }

        @Test
        void isOverWhenItExpired() {
            take(
                    2,
                    services("2", CAM)
                            + ",\"not_before\":\"2026-01-02T04:00:00Z\",\"expires_at\":\"2026-01-02T05:00:00Z\"");
            assertThat(document.state()).isInstanceOf(Waiting.class);
            now = Instant.parse("2026-01-02T05:00:00Z");
            tell(new DocumentEvent.Reviewed(plan()));
            assertThat(document.state().visible()).isEqualTo("refused");
            assertThat(document.state().problem().orElseThrow().code()).isEqualTo("expired");
        }

        @Test
        void mayNeverComeAndThatIsSaidAtOnce() {
            take(
                    2,
                    services("2", CAM)
                            + ",\"not_before\":\"2026-01-02T06:00:00Z\",\"expires_at\":\"2026-01-02T05:00:00Z\"");
            assertThat(document.state().visible()).isEqualTo("refused");
        }
    }

    @Nested
    class ARemoval {
        @Test
        void removesWhatTheDocumentBroughtAndNothingElse() {
            begin();
            looked(Before.NOTHING, before("0"));
            done(CAM, "1-a");
            done(REC, "1-a");
            take(2, "\"removed\":true");
            assertThat(((Applying) document.state()).tasks()).containsOnlyKeys(CAM);
            looked(before("1-a"), before("1-a"));
            assertThat(effects).containsExactly(new DocumentEffect.Apply(CAM));
            tell(new DocumentEvent.TaskDone(document.round(), CAM, Optional.empty()));
            assertThat(document.state()).isInstanceOf(Done.class);
            assertThat(document.applied()).isEmpty();
        }

        @Test
        void thatFailsIsTriedAgainByTheNextOne() {
            apply();
            take(2, "\"removed\":true,\"on_failure\":\"each\"");
            looked(before("1-a"), before("1-a"));
            failed(CAM);
            restored(CAM);
            tell(new DocumentEvent.TaskDone(document.round(), REC, Optional.empty()));
            assertThat(document.state()).isInstanceOf(Failed.class);
            assertThat(document.applied()).containsOnlyKeys(CAM);
            take(3, "\"removed\":true");
            assertThat(((Applying) document.state()).tasks()).containsOnlyKeys(CAM);
        }
    }

    @Test
    void itIsTheSameAfterItWasOnDisk() {
        var codec = new DocumentCodec(PARSER, DEVICE);
        var states = new ArrayList<Document>();
        apply();
        states.add(document);
        take(2, services("2", CAM, REC) + ",\"on_failure\":\"each\"");
        states.add(document);
        looked(before("1-a"), Before.NOTHING);
        states.add(document);
        failed(CAM);
        states.add(document);
        done(REC, "2-a");
        restored(CAM);
        states.add(document);
        take(3, services("3", CAM, REC));
        looked(before("1-a"), before("2-a"));
        failed(REC);
        states.add(document);
        take(4, services("4", CAM, REC));
        states.add(document);
        tell(new DocumentEvent.RestoreFailed(document.round(), REC, PROBLEM));
        states.add(document);
        restored(CAM);
        take(5, services("5", CAM) + ",\"expires_at\":\"2026-01-01T00:00:00Z\"");
        states.add(document);
        for (Document one : states)
            assertThat(codec.decode(ALL, codec.encode(one))).isEqualTo(one);
    }
}
