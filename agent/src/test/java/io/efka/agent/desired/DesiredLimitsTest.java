package io.efka.agent.desired;

import static io.efka.agent.desired.DesiredAgent.ALL;
import static io.efka.agent.desired.DesiredAgent.OWN;
import static io.efka.agent.desired.DesiredAgent.ROOF;
import static io.efka.agent.desired.DesiredAgent.document;
import static io.efka.agent.desired.Samples.CAM;
import static io.efka.agent.desired.Samples.REC;
import static io.efka.agent.desired.Samples.services;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.telemetry.Events;
import io.efka.mqtt.FakeLink;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Documents that are many, large, old or not meant for this device: none of them must cost more than itself. */
final class DesiredLimitsTest {
    private final DesiredAgent agent = new DesiredAgent();

    private void publish(long revision, String rest) {
        agent.publish(ALL + "base", document(revision, rest));
    }

    @Nested
    class Garbage {
        @Test
        void isToldOfUpToALimit() {
            agent.goOnline();
            for (int name = 0; name < 1_000; name++) agent.publish(ALL + "garbage" + name, "{");
            var reported = new HashSet<String>();
            agent.link().published().forEach(sent -> reported.add(sent.topic()));
            assertThat(reported).hasSizeBetween(1, 2 * Inbox.MAX_DOCUMENTS);
            for (int name = 0; name < 1_000; name++) agent.publish(ALL + "garbage" + name, "");
            agent.publish(ALL + "other", "{");
            assertThat(agent.state("other")).as("there is room again").isEqualTo("refused");
        }

        @Test
        void keepsNoGoodDocumentOut() {
            agent.goOnline();
            for (int name = 0; name < Inbox.MAX_DOCUMENTS; name++) agent.publish(ALL + "garbage" + name, "{");
            publish(1, services("1", CAM));
            assertThat(agent.device.release(CAM)).contains("1");
        }

        @Test
        void inADocumentThatIsKnownDoesNotCountTwice() {
            agent.goOnline();
            for (int name = 0; name < Inbox.MAX_DOCUMENTS / 2; name++) {
                agent.publish(ALL + "d" + name, document(2, "\"services\":{}"));
                agent.publish(ALL + "d" + name, document(1, "\"services\":{}"));
            }
            publish(1, services("1", CAM));
            assertThat(agent.device.release(CAM)).contains("1");
        }

        @Test
        void waitsInNoQueueThatGrows() {
            var topics = new Topics("efka", Samples.DEVICE, List.of());
            var timers = new FakeTimers();
            Events nobody = new Events() {
                @Override
                public void device(String kind, Map<String, ?> fields) {}

                @Override
                public void service(ServiceId id, String kind, Map<String, ?> fields) {}
            };
            var device = new FakeDevice();
            var reports = new Reports(topics, FakeLink.connected(), timers);
            var ports = new DesiredPorts(new InMemoryDocuments(), device, device, reports, nobody, timers);
            var waiting = new ArrayList<Runnable>();
            var busy = new DesiredState(topics, ZoneOffset.UTC, ports, Set.of(), waiting::add, Runnable::run);
            busy.online(true);
            for (int i = 0; i < 1_000; i++) busy.received(DesiredAgent.message(ALL + "base", "{" + i));
            assertThat(waiting).hasSizeLessThan(10);
        }
    }

    @Nested
    class AFullDisk {
        @Test
        void letsOnlySomeDocumentsWaitInMemory() {
            agent.goOnline();
            agent.store.isFull = true;
            for (int name = 0; name < 60; name++) agent.publish(ALL + "d" + name, document(1, "\"services\":{}"));
            assertThat(agent.error("d0")).contains("tried again every minute");
            assertThat(agent.error("d59")).contains("tried again at the next connection");
            assertThat(agent.timers.pending()).isEqualTo(DesiredState.MAX_UNSAVED);
            agent.store.isFull = false;
            agent.pass(DocumentEngine.RETRY);
            assertThat(agent.state("d0")).isEqualTo("done");
            agent.goOffline();
            agent.goOnline();
            assertThat(agent.state("d59")).isEqualTo("done");
        }
    }

    @Nested
    class DocumentsThatAreRemoved {
        private void bringAndRemove(String topic) {
            agent.publish(topic, document(1, services("1", CAM)));
            agent.publish(topic, document(2, "\"removed\":true"));
            agent.publish(topic, "");
        }

        @Test
        void makeRoomForOthers() {
            agent.goOnline();
            for (int name = 0; name < 3 * Inbox.MAX_DOCUMENTS; name++) bringAndRemove(OWN + "rollout" + name);
            publish(1, services("1", REC));
            assertThat(agent.device.release(REC)).contains("1");
            assertThat(agent.store.load()).hasSizeLessThanOrEqualTo(Inbox.MAX_DOCUMENTS);
        }

        @Test
        void areRememberedWhileThereIsRoom() {
            agent.goOnline();
            for (int name = 0; name < Inbox.MAX_DOCUMENTS; name++) bringAndRemove(OWN + "rollout" + name);
            agent.restart();
            agent.goOnline();
            agent.publish(OWN + "rollout0", document(1, services("1", CAM)));
            assertThat(agent.state("rollout0")).isEqualTo("stale");
        }

        @Test
        void areReportedNoMoreAfterARestart() {
            agent.goOnline();
            bringAndRemove(ALL + "base");
            agent.restart();
            agent.goOnline();
            assertThat(agent.reports("base")).isEmpty();
        }

        @Test
        void whoseTopicWasClearedWhileTheDeviceWasAwayAreReportedNoMore() {
            agent.goOnline();
            publish(1, services("1", CAM));
            publish(2, "\"removed\":true");
            agent.goOffline();
            agent.publish(ALL + "base", "");
            agent.restart();
            agent.goOnline();
            agent.deliver(DesiredAgent.message("efka/dev1/reported/base", "{\"state\":\"done\"}"));
            agent.pass(Reports.PATIENCE);
            assertThat(agent.reports("base"))
                    .singleElement()
                    .satisfies(message -> assertThat(message.payload()).isEmpty());
        }

        @Test
        void areReportedAfterARestartWhileTheyArePublished() {
            agent.goOnline();
            publish(1, services("1", CAM));
            publish(2, "\"removed\":true");
            agent.restart();
            agent.goOnline();
            assertThat(agent.report("base").get("removed").getAsBoolean()).isTrue();
        }
    }

    @Nested
    class AnError {
        private String services(int count, String entry) {
            var text = new StringBuilder();
            for (int i = 0; i < count; i++) text.append(i == 0 ? "" : ",").append("\"s" + i + "\":" + entry);
            return "\"services\":{" + text + "}";
        }

        @Test
        void ofManyServicesIsShortEnoughToBePublished() {
            agent.goOnline();
            publish(1, services(EntryParser.MAX_SERVICES, "{\"desired\":\"stopped\"}"));
            assertThat(agent.state("base")).isEqualTo("rolled_back");
            assertThat(agent.error("base"))
                    .hasSizeLessThan(4_096)
                    .startsWith("s0: there is no such service")
                    .endsWith("; and more");
        }

        @Test
        void ofManyConflictsIsShortEnoughToBePublished() {
            agent.goOnline();
            publish(1, services(100, "{\"release\":\"1\"}"));
            agent.publish(ROOF + "roof", document(1, services(100, "{\"release\":\"2\"}")));
            assertThat(agent.state("roof")).isEqualTo("conflict");
            assertThat(agent.error("roof"))
                    .hasSizeLessThan(4_096)
                    .contains("s0 belongs to the document group/all/base")
                    .contains("and 84 more to others");
        }

        @Test
        void refusesMoreServicesThanADeviceCanTellOf() {
            agent.goOnline();
            publish(1, services(EntryParser.MAX_SERVICES + 1, "{\"absent\":true}"));
            assertThat(agent.error("base")).contains("services must name at most 256 services, names 257");
        }
    }

    @Test
    void documentsThatAreLargeTogetherAreRefusedBeforeTheyFillTheHeap() {
        agent.goOnline();
        String large = "\"services\":{\"cam\":{\"manifest\":{\"service_id\":\"cam\"},\"files\":{\"a\":\""
                + "x".repeat(250_000) + "\"}}},\"not_before\":\"2099-01-01T00:00:00Z\"";
        for (int name = 10; name < 40; name++) agent.publish(OWN + "d" + name, document(1, large));
        assertThat(agent.state("d25")).isEqualTo("waiting");
        assertThat(agent.state("d26")).isEqualTo("refused");
        assertThat(agent.error("d26")).contains("bring larger files as an artifact");
        agent.publish(OWN + "d10", document(2, large));
        assertThat(agent.state("d10")).as("in place of its own earlier one").isEqualTo("waiting");
    }

    @Nested
    class ANameThatIsUsedAnew {
        @Test
        void inAGroupThatWasLeftBringsWhatItSaysNow() {
            agent.goOnline();
            agent.publish(ROOF + "roof", document(1, services("1", CAM)));
            agent.restart(List.of());
            agent.goOnline();
            agent.publish(ROOF + "roof", document(1, services("2", CAM)));
            agent.restart();
            agent.goOnline();
            assertThat(agent.state("roof")).isEqualTo("done");
            assertThat(agent.device.release(CAM)).contains("2");
        }

        @Test
        void byADeviceThatHasAnotherNameNowIsNotStale() {
            agent.goOnline();
            agent.publish(OWN + "mine", document(5, services("1", CAM)));
            agent.publish("efka/dev2/desired/mine", document(1, services("2", CAM)));
            agent.restartAs("dev2");
            agent.goOnline();
            assertThat(agent.state("mine")).isEqualTo("done");
            assertThat(agent.device.release(CAM)).contains("2");
        }
    }

    @Nested
    class ADiskThatTakesNothing {
        @Test
        void letsNothingBeChangedThatCouldNotBeTakenBack() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.device.commands.clear();
            agent.device.whenChecked = () -> agent.store.isBroken = true;
            publish(2, "\"services\":{\"cam\":{\"release\":\"2\"},\"rec\":{\"release\":\"bad\"}}");
            assertThat(agent.device.commands).isEmpty();
            agent.device.whenChecked = () -> {};
            agent.store.isBroken = false;
            agent.pass(DocumentEngine.RETRY);
            assertThat(agent.state("base")).isEqualTo("rolled_back");
            assertThat(agent.device.release(CAM)).contains("1");
        }
    }

    @Nested
    class TakingBack {
        @Test
        void aServiceThatHadFailedBeforeIsNoTrouble() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.device.giveUp(CAM);
            agent.device.failing.put("switch cam", ErrorCode.NOT_READY);
            publish(
                    2,
                    "\"services\":{\"cam\":{\"release\":\"1\",\"config\":{\"fps\":1}},\"rec\":{\"release\":\"bad\"}}");
            agent.device.failing.put("switch cam", ErrorCode.NOT_READY);
            assertThat(agent.state("base")).isEqualTo("rolled_back");
        }

        @Test
        void aServiceThatCouldNotBeRemovedAgainIsRemovedWithItsDocument() {
            agent.goOnline();
            publish(1, services("1", REC));
            agent.device.failing.put("remove cam", ErrorCode.NOT_ALLOWED);
            publish(2, "\"services\":{\"cam\":{\"release\":\"1\"},\"rec\":{\"release\":\"bad\"}}");
            assertThat(agent.state("base")).isEqualTo("failed");
            publish(3, "\"removed\":true");
            assertThat(agent.device.installed()).isEmpty();
        }
    }

    @Test
    void aSplayFromAClockThatWasAheadDoesNotKeepTheDeviceWaiting() {
        agent.timers.setClock(Duration.ofDays(5_000));
        agent.goOnline();
        publish(1, services("1", CAM) + ",\"splay\":\"1d\"");
        agent.timers.setClock(Duration.ofDays(-5_000));
        agent.pass(Duration.ofDays(1));
        assertThat(agent.state("base")).isEqualTo("done");
    }
}
