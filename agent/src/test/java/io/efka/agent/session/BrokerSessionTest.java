package io.efka.agent.session;

import static io.efka.agent.telemetry.Samples.CAMERA;
import static io.efka.agent.telemetry.Samples.RUN_1;
import static io.efka.agent.telemetry.Samples.running;
import static io.efka.agent.telemetry.Samples.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.telemetry.AgentInstance;
import io.efka.agent.telemetry.BrokerState;
import io.efka.agent.telemetry.MachineFacts;
import io.efka.agent.telemetry.RecordedEvents;
import io.efka.agent.telemetry.Samples;
import io.efka.agent.telemetry.Version;
import io.efka.mqtt.FakeLink;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class BrokerSessionTest {
    private static final String STATUS = "efka/dev1/status";
    private static final String RIVAL =
            "{\"online\":true,\"session\":3,\"instance\":\"b1\",\"host\":\"other\",\"birth\":1}";

    private final FakeTimers timers = new FakeTimers();
    private final ManualMailbox mailbox = new ManualMailbox();
    private final FakeLink link = new FakeLink();
    private final RecordedEvents events = new RecordedEvents();
    private final List<String> heard = new ArrayList<>();
    private final DevicePresence presence = presence(Samples.TOPICS);
    private final BrokerSession session = session(presence);

    BrokerSessionTest() {
        link.open(presence::will, DeviceSubscriptions.of(Samples.TOPICS, Set.of()), session);
    }

    private DevicePresence presence(Topics topics) {
        var self = new AgentInstance(17, "a1", new Version("0.1.0"), timers.now());
        var machine = new MachineFacts("gw", "Linux", "17", Optional.of(Instant.EPOCH));
        return new DevicePresence(mailbox, new DeviceStatusCodec(self, machine, topics), topics, link, timers);
    }

    private BrokerSession session(DevicePresence presence) {
        return new BrokerSession(
                mailbox,
                presence,
                link,
                timers,
                events,
                new BrokerState(timers, Map::of),
                List.of(
                        new BrokerSession.OnlineListener(
                                kept -> heard.add("first online " + kept + " births=" + births()),
                                () -> heard.add("first offline")),
                        new BrokerSession.OnlineListener(
                                kept -> {
                                    throw new IllegalStateException("a bug");
                                },
                                () -> {
                                    throw new IllegalStateException("a bug");
                                }),
                        new BrokerSession.OnlineListener(
                                kept -> heard.add("last online"), () -> heard.add("last offline"))),
                command -> heard.add(text(command.message())),
                document -> heard.add("document " + document.topic()));
    }

    private int births() {
        return (int) link.publishedOn(STATUS).stream()
                .filter(message -> text(message).contains("\"birth\":"))
                .count();
    }

    private static String text(Message message) {
        return new String(message.payload(), StandardCharsets.UTF_8);
    }

    private FakeLink.Delivery command(String text, int qos) {
        return deliver("efka/dev1/cmd/ping", text, qos);
    }

    private FakeLink.Delivery deliver(String topic, String text, int qos) {
        return link.deliver(
                new Message(topic, text.getBytes(StandardCharsets.UTF_8), qos, false, Message.Properties.NONE));
    }

    private void pass(Duration time) {
        timers.advance(time);
    }

    /** Connected once, announced, everything acknowledged, and cut. */
    private void wasOnlineOnce() {
        link.goUp(false);
        link.acknowledgeAll();
        link.goDown();
        heard.clear();
        link.forget();
    }

    @Nested
    final class GoingOnline {
        @Test
        void theBirthGoesFirstThenEverybodyHearsOfItInOrderThenCommandsComeThrough() {
            mailbox.pause();
            link.goUp(false);
            command("c1", 1);
            assertThat(session.isOnline()).isFalse();
            mailbox.run();

            assertThat(heard).containsExactly("first online false births=1", "last online", "c1");
            assertThat(session.isOnline()).isTrue();
        }

        @Test
        void commandsWaitUnacknowledgedUntilItIsClearWhoHasTheDevice() {
            wasOnlineOnce();
            link.goUp(true);
            FakeLink.Delivery first = command("c1", 1);
            command("c2", 1);
            assertThat(heard).isEmpty();
            assertThat(first.isAcknowledged()).isFalse();
            pass(BrokerSession.LOOK);
            command("c3", 1);

            assertThat(heard).containsExactly("first online true births=1", "last online", "c1", "c2", "c3");
            assertThat(first.isAcknowledged())
                    .as("acknowledging is for who takes it")
                    .isFalse();
        }

        @Test
        void commandsThatWaitedAreDroppedUnacknowledgedWhenTheConnectionGoes() {
            wasOnlineOnce();
            link.goUp(true);
            FakeLink.Delivery waiting = command("c1", 1);
            link.goDown();
            link.goUp(true);
            pass(BrokerSession.LOOK);

            assertThat(heard).containsExactly("first online true births=1", "last online");
            assertThat(waiting.isAcknowledged()).isFalse();
        }

        @Test
        void commandsAreHandedOnWhereverTheyAreAddressed() {
            link.goUp(false);
            heard.clear();
            deliver("efka/dev1/svc/camera/cmd/start", "one", 1);
            deliver("efka/group/lab/cmd/call/blink", "two", 1);

            assertThat(heard).containsExactly("one", "two");
        }

        @Test
        void everythingElseIsAcknowledgedAndPassedOn() {
            link.goUp(false);
            heard.clear();
            FakeLink.Delivery status = deliver("efka/dev1/svc/camera/status", "{}", 1);
            FakeLink.Delivery noCommand = deliver("efka/dev1/cmd", "{}", 1);

            assertThat(status.isAcknowledged()).isTrue();
            assertThat(noCommand.isAcknowledged()).isTrue();
            assertThat(heard).containsExactly("document efka/dev1/svc/camera/status", "document efka/dev1/cmd");
        }

        @Test
        void aStatusBelowAPrefixThatLooksLikeACommandIsNone() {
            var topics = new Topics("site/cmd/x", new DeviceId("dev1"), List.of());
            DevicePresence own = presence(topics);
            BrokerSession other = session(own);
            link.open(own::will, DeviceSubscriptions.of(topics, Set.of()), other);
            link.goUp(false);
            deliver(topics.device("status"), RIVAL.replace("\"birth\":1", "\"birth\":2"), 1);
            link.acknowledgeAll();
            FakeLink.Delivery echo = deliver(
                    topics.device("status"),
                    text(link.publishedOn(topics.device("status")).get(0)),
                    1);
            deliver(topics.device("status"), RIVAL, 1);

            assertThat(echo.isAcknowledged()).isTrue();
            assertThat(other.isOnline()).as("the rival's birth was heard").isFalse();
        }
    }

    @Nested
    final class LosingTheDevice {
        LosingTheDevice() {
            link.goUp(false);
            link.acknowledgeAll();
            deliver(STATUS, text(link.publishedOn(STATUS).get(0)), 1);
            heard.clear();
        }

        @Test
        void everybodyIsOfflineBeforeTheLinkIsLeft() {
            link.acknowledgeAtOnce();
            deliver(STATUS, RIVAL, 1);

            assertThat(heard).containsExactly("first offline", "last offline");
            assertThat(link.heldOff()).contains(DeviceOwnership.FIRST_PAUSE);
            assertThat(session.isOnline()).isFalse();
            assertThat(events.names).containsExactly("session_taken_over");
        }

        @Test
        void whatComesBeforeTheLinkIsLeftWaitsForWhoHasTheSessionNext() {
            deliver(STATUS, RIVAL, 1);
            FakeLink.Delivery late = command("late", 1);
            link.goDown();

            assertThat(heard).doesNotContain("late");
            assertThat(late.isAcknowledged()).isFalse();
        }

        @Test
        void aLostConnectionIsSaidOnceAndAfterItsPublishesHaveFailed() {
            presence.changed(stopped(CAMERA));
            pass(DevicePresence.REFRESH);
            CompletableFuture<Void> inFlight = link.last().done();
            inFlight.whenComplete((done, failure) -> heard.add("failed"));
            link.goDown();
            link.goUp(true);
            link.goDown();

            assertThat(heard).containsExactly("failed", "first offline", "last offline");
        }
    }

    @Nested
    final class WhatComesLate {
        @Test
        void aTimerOfAnEarlierConnectionDoesNotAnnounceOnTheNext() {
            wasOnlineOnce();
            link.goUp(true);
            mailbox.pause();
            link.goDown();
            link.goUp(true);
            pass(BrokerSession.LOOK);
            mailbox.run();
            assertThat(session.isOnline()).as("before the second look is over").isFalse();
            pass(BrokerSession.LOOK);

            assertThat(session.isOnline()).isTrue();
            assertThat(heard).containsExactly("first online true births=1", "last online");
        }

        @Test
        void theFailureOfAnEarlierBirthDoesNotHoldUpTheNext() {
            link.goUp(false);
            FakeLink.Sent first = link.last();
            mailbox.pause();
            link.goDown();
            link.goUp(true);
            mailbox.run();
            pass(BrokerSession.LOOK);
            assertThat(births()).isEqualTo(2);
            first.fail();
            link.last().acknowledge();
            presence.changed(stopped(CAMERA));
            pass(DevicePresence.REFRESH);

            assertThat(births()).isEqualTo(3);
        }

        @Test
        void aConnectionThatIsLostBeforeItWasNoticedIsNeverAnnounced() {
            wasOnlineOnce();
            mailbox.pause();
            link.goUp(true);
            command("c1", 1);
            link.goDown();
            mailbox.run();
            pass(Duration.ofMinutes(1));

            assertThat(heard).isEmpty();
            assertThat(births()).isZero();
        }
    }

    @Nested
    final class AtTheEnd {
        @Test
        void theFarewellIsTheLastWord() {
            link.goUp(false);
            link.acknowledgeAll();
            presence.changed(stopped(CAMERA));
            mailbox.pause();
            CompletableFuture<Void> told = session.shutdown();
            pass(DevicePresence.REFRESH);
            presence.changed(running(CAMERA, RUN_1));
            pass(DevicePresence.REFRESH);
            mailbox.run();
            assertThat(told).isNotDone();
            link.acknowledgeAll();
            pass(Duration.ofMinutes(5));

            assertThat(told).isCompleted();
            assertThat(text(link.last().message())).contains("\"reason\":\"shutdown\"");
            assertThat(session.isOnline()).isFalse();
        }

        @Test
        void aBirthInFlightIsNotRepeatedBehindIt() {
            link.goUp(false);
            FakeLink.Sent birth = link.last();
            session.shutdown();
            birth.fail();
            link.acknowledgeAll();
            pass(Duration.ofMinutes(5));

            assertThat(text(link.last().message())).contains("\"reason\":\"shutdown\"");
            assertThat(births()).isEqualTo(1);
        }

        @Test
        void commandsAreLeftToTheNextAgent() {
            link.goUp(false);
            session.shutdown();
            heard.clear();
            FakeLink.Delivery late = command("late", 1);

            assertThat(heard).isEmpty();
            assertThat(late.isAcknowledged()).isFalse();
        }

        @Test
        void whoeverHasNotTheDeviceSaysNothing() {
            assertThat(session.shutdown()).isCompleted();
            assertThat(link.published()).isEmpty();
        }

        @Test
        void itFailsWhereTheBrokerCannotBeTold() {
            link.goUp(false);
            link.failNext(new LinkException("gone"));

            assertThat(session.shutdown()).isCompletedExceptionally();
        }

        @Test
        void aSecondTimeItSaysNothing() {
            link.goUp(false);
            link.acknowledgeAtOnce();
            session.shutdown();
            link.forget();

            assertThat(session.shutdown()).isCompleted();
            assertThat(link.published()).isEmpty();
        }
    }

    @Nested
    final class Bounds {
        @Test
        void messagesAtQos0ThatWaitAreBounded() {
            wasOnlineOnce();
            link.goUp(true);
            for (int i = 0; i < Qos0Limit.MAX_MESSAGES + 7; i++) command("zero", 0);
            command("one", 1);
            pass(BrokerSession.LOOK);

            assertThat(session.dropped()).isEqualTo(7);
            assertThat(heard).filteredOn(text -> text.equals("zero")).hasSize(Qos0Limit.MAX_MESSAGES);
            assertThat(heard).endsWith("one");
            command("zero again", 0);
            assertThat(heard).endsWith("zero again");
        }

        @Test
        void soAreTheirBytes() {
            wasOnlineOnce();
            link.goUp(true);
            String large = "x".repeat(1 << 20);
            for (int i = 0; i < 10; i++) command(large, 0);

            assertThat(session.dropped()).isEqualTo(6);
            link.goDown();
            link.goUp(true);
            command("zero", 0);
            pass(BrokerSession.LOOK);
            assertThat(heard).endsWith("zero");
        }

        @Test
        void messagesInTheMailboxCountAsWell() {
            mailbox.pause();
            link.goUp(true);
            for (int i = 0; i < Qos0Limit.MAX_MESSAGES + 3; i++) deliver(STATUS, "{}", 0);
            mailbox.run();

            assertThat(session.dropped()).isEqualTo(3);
            deliver(STATUS, "{}", 0);
            assertThat(session.dropped()).isEqualTo(3);
        }
    }

    @Nested
    final class TheBirth {
        TheBirth() {
            link.goUp(false);
        }

        @Test
        void isRepeatedAtMostOnceASecondWhateverOthersWrite() {
            link.acknowledgeAtOnce();
            link.acknowledgeAll();
            deliver(STATUS, text(link.publishedOn(STATUS).get(0)), 1);
            for (int i = 0; i < 50; i++) {
                deliver(STATUS, "garbage", 1);
                List<Message> own = link.publishedOn(STATUS);
                deliver(STATUS, text(own.get(own.size() - 1)), 1);
                pass(Duration.ofMillis(100));
            }
            pass(Duration.ofSeconds(2));

            assertThat(births()).isBetween(5, 8);
        }

        @Test
        void isTriedAgainAfterASecondWhenTheLinkHadNoRoom() {
            link.last().fail();
            assertThat(births()).isEqualTo(1);
            pass(DevicePresence.RETRY);

            assertThat(births()).isEqualTo(2);
        }

        @Test
        void isTriedAgainSeldomWhenTheBrokerRefusesIt() {
            link.last().done().completeExceptionally(LinkException.refused("not authorized"));
            presence.changed(stopped(CAMERA));
            pass(DevicePresence.RETRY_REFUSED.minusSeconds(1));
            assertThat(births()).isEqualTo(1);
            pass(Duration.ofSeconds(1));

            assertThat(births()).isEqualTo(2);
            assertThat(text(link.last().message())).contains("\"stopped\":1");
        }
    }
}
