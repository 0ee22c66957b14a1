package io.efka.agent.desired;

import static io.efka.agent.desired.DesiredAgent.ALL;
import static io.efka.agent.desired.DesiredAgent.OWN;
import static io.efka.agent.desired.DesiredAgent.ROOF;
import static io.efka.agent.desired.DesiredAgent.document;
import static io.efka.agent.desired.Samples.CAM;
import static io.efka.agent.desired.Samples.REC;
import static io.efka.agent.desired.Samples.services;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.mqtt.Message;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class DesiredStateTest {
    private final DesiredAgent agent = new DesiredAgent();

    private void publish(long revision, String rest) {
        agent.publish(ALL + "base", document(revision, rest));
    }

    @Nested
    class ARevision {
        @Test
        void installsWhatItNamesAndTellsOfIt() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            assertThat(agent.device.release(CAM)).contains("1");
            assertThat(agent.device.runs(REC)).isTrue();
            assertThat(agent.state("base")).isEqualTo("done");
            assertThat(agent.report("base").getAsJsonObject("services").getAsJsonObject("cam"))
                    .hasToString("{\"release\":\"1\",\"state\":\"running\",\"ready\":true,\"deploy\":\"committed\"}");
            assertThat(agent.report("base").get("source").getAsString()).isEqualTo("group/all");
            assertThat(agent.events).containsSubsequence("group/all/base applying", "group/all/base done");
        }

        @Test
        void changesOnlyWhatDiffersFromTheLastOne() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.device.commands.clear();
            publish(2, "\"services\":{\"cam\":{\"release\":\"2\"},\"rec\":{\"release\":\"1\"}}");
            assertThat(agent.device.commands).containsExactly("deploy cam 2");
        }

        @Test
        void setsTheConfigurationOfANewServiceBeforeItsFirstStart() {
            agent.goOnline();
            publish(1, "\"services\":{\"cam\":{\"release\":\"1\",\"config\":{\"fps\":10}}}");
            assertThat(agent.device.commands).containsExactly("deploy cam 1", "config cam", "switch cam");
            assertThat(agent.device.config(CAM)).isEqualTo("{\"fps\":10}");
        }

        @Test
        void stopsWhatIsNotToRunBeforeItIsSwitched() {
            agent.goOnline();
            publish(1, services("1", CAM));
            agent.device.commands.clear();
            publish(2, "\"services\":{\"cam\":{\"release\":\"2\",\"desired\":\"stopped\"}}");
            assertThat(agent.device.commands).containsExactly("switch cam", "deploy cam 2");
            assertThat(agent.device.runs(CAM)).isFalse();
        }

        @Test
        void removesWhatIsToBeAbsent() {
            agent.device.with(REC);
            agent.goOnline();
            publish(1, "\"services\":{\"cam\":{\"release\":\"1\"},\"rec\":{\"absent\":true}}");
            assertThat(agent.device.installed()).containsExactly(CAM);
            assertThat(agent.state("base")).isEqualTo("done");
        }
    }

    @Nested
    class WhatCannotBeUsed {
        @Test
        void isRefusedAndTheRevisionBeforeGoesOn() {
            agent.goOnline();
            publish(1, services("1", CAM));
            publish(2, "\"services\":{\"cam\":{\"relase\":\"2\"}}");
            assertThat(agent.state("base")).isEqualTo("refused");
            assertThat(agent.error("base")).contains("services.cam.relase").contains("did you mean \"release\"?");
            assertThat(agent.report("base").get("revision").getAsLong()).isEqualTo(1);
            assertThat(agent.device.release(CAM)).contains("1");
            publish(3, services("3", CAM));
            assertThat(agent.state("base")).isEqualTo("done");
        }

        @Test
        void isToldOfADocumentThatNeverWorked() {
            agent.goOnline();
            agent.deliver(new Message(ALL + "base", new byte[] {(byte) 0xff}, 1, true, Message.Properties.NONE));
            assertThat(agent.state("base")).isEqualTo("refused");
            assertThat(agent.error("base")).isEqualTo("the document must be UTF-8");
            agent.deliver(new Message(ALL + "huge", new byte[300_000], 1, true, Message.Properties.NONE));
            assertThat(agent.error("huge")).contains("300000");
            agent.publish(ALL + "huge", "");
            assertThat(agent.state("huge")).as("its report is cleared").isEmpty();
        }

        @Test
        void thatIsOlderIsStaleAlsoAfterARemovalAndARestart() {
            agent.goOnline();
            publish(5, services("1", CAM));
            publish(6, "\"removed\":true");
            agent.restart();
            agent.goOnline();
            publish(5, services("1", CAM));
            assertThat(agent.state("base")).isEqualTo("stale");
            assertThat(agent.error("base")).contains("revision 5 is older than 6");
            assertThat(agent.device.installed()).isEmpty();
        }

        @Test
        void isTheSameRevisionWithAnotherContent() {
            agent.goOnline();
            publish(1, services("1", CAM));
            publish(1, services("2", CAM));
            assertThat(agent.state("base")).isEqualTo("refused");
            assertThat(agent.device.release(CAM)).contains("1");
            publish(1, services("1", CAM));
            assertThat(agent.state("base")).isEqualTo("done");
        }

        @Test
        void isFoundBeforeAnythingIsChanged() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.device.commands.clear();
            agent.device.uncheckable.add(REC);
            publish(2, services("2", CAM, REC));
            assertThat(agent.state("base")).isEqualTo("rolled_back");
            assertThat(agent.error("base")).isEqualTo("rec: exec is missing");
            assertThat(agent.device.commands).isEmpty();
        }
    }

    @Nested
    class ABurst {
        @Test
        void ofManyDocumentsAndRevisionsEndsWithTheNewestOfEach() {
            for (int name = 0; name < 60; name++) {
                var service = new ServiceId("s" + name);
                agent.publish(OWN + "d" + name, document(1, services("1", service)));
            }
            agent.goOnline();
            for (int revision = 2; revision < 100; revision++) publish(revision, services("r" + revision, CAM));
            assertThat(agent.device.release(CAM)).contains("r99");
            for (int name = 0; name < 60; name++)
                assertThat(agent.state("d" + name)).isEqualTo("done");
        }

        @Test
        void ofTooManyIsToldOfInEveryReportThatIsRefused() {
            agent.goOnline();
            for (int name = 0; name < 70; name++) {
                agent.publish(OWN + "d" + name, document(1, "\"services\":{}"));
            }
            assertThat(agent.state("d63")).isEqualTo("done");
            assertThat(agent.state("d64")).isEqualTo("refused");
            assertThat(agent.error("d64")).contains("takes no more");
        }
    }

    @Nested
    class AfterAFailure {
        @Test
        void everythingIsAsItWasAndStaysSo() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            publish(
                    2,
                    "\"services\":{\"cam\":{\"release\":\"bad\"},\"rec\":{\"release\":\"2\"},\"new\":{\"release\":\"1\"}}");
            assertThat(agent.state("base")).isEqualTo("rolled_back");
            assertThat(agent.error("base")).isEqualTo("cam: release bad crashed");
            assertThat(agent.device.release(CAM)).contains("1");
            assertThat(agent.device.release(REC)).contains("1");
            assertThat(agent.device.installed()).containsExactlyInAnyOrder(CAM, REC);
            agent.device.commands.clear();
            agent.restart();
            agent.goOnline();
            assertThat(agent.state("base")).isEqualTo("rolled_back");
            assertThat(agent.device.commands).as("it is not tried again").isEmpty();
            publish(3, services("3", CAM, REC));
            assertThat(agent.state("base")).isEqualTo("done");
        }

        @Test
        void theNewestOfSeveralRevisionsIsApplied() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.device.hold();
            publish(2, services("bad", CAM, REC));
            publish(3, services("3", CAM, REC));
            agent.device.letGo();
            assertThat(agent.state("base")).isEqualTo("done");
            assertThat(agent.device.release(REC)).contains("3");
        }

        @Test
        void ofTheDiskItIsTriedAgainEveryMinute() {
            agent.goOnline();
            agent.store.isFull = true;
            publish(1, services("1", CAM));
            assertThat(agent.state("base")).isEqualTo("refused");
            assertThat(agent.error("base")).contains("could not be recorded").contains("no space left");
            assertThat(agent.device.installed()).isEmpty();
            agent.store.isFull = false;
            agent.pass(DocumentEngine.RETRY);
            assertThat(agent.state("base")).isEqualTo("done");
        }
    }

    @Nested
    class Time {
        @Test
        void aDeviceThatWasAwayForAMonthIsWhatTheNewestRevisionSays() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.goOffline();
            for (int day = 1; day <= 30; day++) {
                publish(1 + day, services("day" + day, CAM, REC));
                agent.pass(Duration.ofDays(1));
            }
            agent.restart();
            agent.goOnline();
            assertThat(agent.device.release(CAM)).contains("day30");
            assertThat(agent.device.release(REC)).contains("day30");
            assertThat(agent.device.commands.stream().filter(command -> command.startsWith("deploy cam")))
                    .as("no revision in between")
                    .containsExactly("deploy cam 1", "deploy cam day30");
            assertThat(agent.report("base").get("revision").getAsLong()).isEqualTo(31);
        }

        @Test
        void aRevisionBeginsAtItsTimeWithoutABrokerAndAfterAKill() {
            agent.goOnline();
            publish(1, services("1", CAM) + ",\"window\":{\"from\":\"02:00\",\"to\":\"04:00\"},\"splay\":\"10m\"");
            assertThat(agent.state("base")).isEqualTo("waiting");
            String until = agent.report("base").get("until").getAsString();
            assertThat(until).startsWith("2026-11-23T02:0");
            agent.goOffline();
            agent.restart();
            agent.pass(Duration.ofHours(12));
            assertThat(agent.device.release(CAM)).contains("1");
        }

        @Test
        void aClockThatIsSetForwardIsNoticedWithinAnHour() {
            agent.goOnline();
            publish(1, services("1", CAM) + ",\"not_before\":\"2026-12-24T00:00:00Z\"");
            agent.timers.setClock(Duration.ofDays(60));
            agent.pass(Duration.ofHours(1));
            assertThat(agent.state("base")).isEqualTo("done");
        }

        @Test
        void aRevisionThatExpiredIsNotApplied() {
            publish(1, services("1", CAM) + ",\"expires_at\":\"2026-11-23T00:00:00Z\"");
            agent.pass(Duration.ofDays(2));
            agent.goOnline();
            assertThat(agent.state("base")).isEqualTo("refused");
            assertThat(agent.error("base")).contains("expires_at");
            assertThat(agent.device.installed()).isEmpty();
        }
    }

    @Nested
    class Silence {
        @Test
        void isNoDeletion() {
            agent.goOnline();
            publish(1, services("1", CAM));
            agent.publish(ALL + "base", "");
            agent.restart();
            agent.goOnline();
            assertThat(agent.device.release(CAM)).contains("1");
            assertThat(agent.state("base")).isEqualTo("done");
        }

        @Test
        void afterARemovalClearsTheReport() {
            agent.device.with(REC);
            agent.goOnline();
            publish(1, services("1", CAM) + "");
            publish(2, "\"removed\":true");
            assertThat(agent.device.installed())
                    .as("it removes what it brought and nothing else")
                    .containsExactly(REC);
            assertThat(agent.report("base").get("removed").getAsBoolean()).isTrue();
            agent.publish(ALL + "base", "");
            assertThat(agent.state("base")).isEmpty();
        }

        @Test
        void ofAGroupThatWasLeftLetsItsServicesGo() {
            agent.goOnline();
            agent.publish(ROOF + "roof", document(1, services("1", CAM)));
            agent.restart(List.of());
            agent.goOnline();
            assertThat(agent.device.release(CAM)).contains("1");
            publish(1, services("2", CAM));
            assertThat(agent.device.release(CAM))
                    .as("it belongs to nobody any more")
                    .contains("2");
        }
    }

    @Nested
    class WhatSomebodyChangedByHand {
        @Test
        void isLeftAloneAndTold() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.device.stop(CAM);
            agent.changed(CAM);
            assertThat(agent.drift("base"))
                    .singleElement()
                    .satisfies(
                            one -> assertThat(one.getAsJsonObject().get("key").getAsString())
                                    .isEqualTo("desired"))
                    .satisfies(one -> assertThat(one.getAsJsonObject().get("is").getAsString())
                            .isEqualTo("stopped"));
            publish(2, "\"services\":{\"cam\":{\"release\":\"1\"},\"rec\":{\"release\":\"2\"}}");
            assertThat(agent.device.runs(CAM)).as("its entry is unchanged").isFalse();
            assertThat(agent.drift("base")).hasSize(1);
            publish(3, services("3", CAM, REC));
            assertThat(agent.device.runs(CAM)).isTrue();
            assertThat(agent.drift("base")).isEmpty();
        }

        @Test
        void comesBackWithARollback() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.device.stop(CAM);
            publish(2, "\"services\":{\"cam\":{\"release\":\"2\"},\"rec\":{\"release\":\"bad\"}}");
            assertThat(agent.state("base")).isEqualTo("rolled_back");
            assertThat(agent.device.runs(CAM))
                    .as("it was stopped before the revision")
                    .isFalse();
            assertThat(agent.device.release(CAM)).contains("1");
        }
    }

    @Nested
    class SeveralDocuments {
        @Test
        void theDevicesOwnWinsAndGivesBackWhatItHad() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.publish(OWN + "mine", document(1, services("own", CAM)));
            assertThat(agent.device.release(CAM)).contains("own");
            publish(2, services("2", CAM, REC));
            assertThat(agent.device.release(CAM)).contains("own");
            assertThat(agent.device.release(REC)).contains("2");
            assertThat(agent.report("base")
                            .getAsJsonObject("services")
                            .getAsJsonObject("cam")
                            .get("overridden_by")
                            .getAsString())
                    .isEqualTo("device/mine");
            agent.publish(OWN + "mine", document(2, "\"removed\":true"));
            assertThat(agent.device.release(CAM))
                    .as("the group's again, without a removal")
                    .contains("2");
            assertThat(agent.device.commands).doesNotContain("remove cam");
        }

        @Test
        void twoGroupsAreInConflictUntilOneGivesUp() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.publish(ROOF + "roof", document(1, services("roof", CAM)));
            assertThat(agent.state("roof")).isEqualTo("conflict");
            assertThat(agent.error("roof")).contains("cam belongs to the document group/all/base");
            publish(2, services("1", REC));
            assertThat(agent.state("roof")).isEqualTo("done");
            assertThat(agent.device.release(CAM)).contains("roof");
        }

        @Test
        void ofOneNameShareAReport() {
            agent.goOnline();
            publish(1, services("1", CAM));
            agent.publish(OWN + "base", document(7, services("own", REC)));
            assertThat(agent.report("base").get("source").getAsString()).isEqualTo("device");
            assertThat(agent.report("base")
                            .getAsJsonArray("others")
                            .get(0)
                            .getAsJsonObject()
                            .get("source")
                            .getAsString())
                    .isEqualTo("group/all");
        }
    }

    @Nested
    class AnAgent {
        @Test
        void thatIsKilledWhileItAppliesGoesOn() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.device.hold();
            publish(2, services("2", CAM, REC));
            assertThat(agent.state("base")).isEqualTo("applying");
            agent.restart();
            agent.goOnline();
            agent.device.letGo();
            assertThat(agent.device.release(CAM)).contains("2");
            assertThat(agent.state("base")).isEqualTo("done");
        }

        @Test
        void thatEndsTakesNothingBackThatItsEndInterrupts() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.device.hold();
            publish(2, services("2", CAM, REC));
            agent.end();
            agent.device.failing.put("deploy cam", ErrorCode.INTERRUPTED);
            agent.device.letGo();
            agent.restart();
            assertThat(agent.device.release(CAM)).contains("2");
        }

        @Test
        void whoseDiskIsFullTakesBackWhatItShouldWhenThereIsRoom() {
            agent.goOnline();
            publish(1, services("1", CAM, REC));
            agent.device.failing.put("rollback cam", ErrorCode.DISK_FULL);
            publish(2, "\"services\":{\"cam\":{\"release\":\"2\"},\"rec\":{\"release\":\"bad\"}}");
            assertThat(agent.state("base")).isEqualTo("applying");
            agent.pass(DocumentEngine.RESTORE_RETRY);
            assertThat(agent.state("base")).isEqualTo("rolled_back");
            assertThat(agent.device.release(CAM)).contains("1");
        }

        @Test
        void hearsNothingBeforeItSpeaksForTheDevice() {
            agent.deliver(DesiredAgent.message(ALL + "base", document(1, services("1", CAM))));
            assertThat(agent.device.installed()).isEmpty();
            agent.goOnline();
            assertThat(agent.device.installed()).containsExactly(CAM);
        }

        @Test
        void tellsNoEventOfAStateThatAnEarlierOneHasTold() {
            agent.goOnline();
            publish(1, services("1", CAM));
            agent.events.clear();
            agent.restart();
            agent.goOnline();
            assertThat(agent.events).isEmpty();
            publish(2, services("2", CAM));
            assertThat(agent.events).containsExactly("group/all/base applying", "group/all/base done");
        }

        @Test
        void clearsAReportThatNobodyKnows() {
            agent.goOnline();
            agent.deliver(DesiredAgent.message("efka/dev1/reported/ghost", "{\"state\":\"done\"}"));
            agent.pass(Reports.PATIENCE);
            assertThat(agent.link().publishedOn("efka/dev1/reported/ghost"))
                    .singleElement()
                    .satisfies(message -> assertThat(message.payload()).isEmpty());
        }

        @Test
        void writesAReportAgainThatSomebodyElseWrote() {
            agent.goOnline();
            publish(1, services("1", CAM));
            agent.deliver(DesiredAgent.message("efka/dev1/reported/base", "{\"state\":\"failed\"}"));
            int before = agent.link().publishedOn("efka/dev1/reported/base").size();
            agent.pass(Duration.ofSeconds(2));
            assertThat(agent.link().publishedOn("efka/dev1/reported/base")).hasSize(before + 1);
            assertThat(new String(agent.link().last().message().payload(), StandardCharsets.UTF_8))
                    .contains("done");
        }
    }
}
