package io.efka.mqtt.paho;

import static io.efka.mqtt.paho.ScriptedBroker.bytes;
import static io.efka.mqtt.paho.ScriptedBroker.concat;
import static io.efka.mqtt.paho.ScriptedBroker.string;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.LinkException.Kind;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Inbound;
import io.efka.mqtt.MqttLink.Lane;
import io.efka.mqtt.MqttLink.Listener;
import io.efka.mqtt.MqttLink.Loss;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.mqtt.Outbox;
import io.efka.threads.Timers;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PahoLinkTest {
    private static final Times QUICK = new Times(
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMillis(400),
            Duration.ofMillis(800),
            Duration.ofSeconds(5));
    /** For what takes milliseconds, on a machine that may be busy. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private static final Message WILL = message("efka/dev1/status", "offline");
    private static final List<Subscription> COMMANDS =
            List.of(new Subscription("efka/dev1/cmd/#", false, true, List.of()));

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Heed heed = new Heed();
    private List<Subscription> subscriptions = COMMANDS;

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) open.get(i).close();
    }

    @Nested
    class WhatTheBrokerGrants {
        @Test
        void topicAliasesAreNeverUsed() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting(0x22, 0, 10));
            PahoLink link = connectedTo(broker);

            for (int i = 0; i < 3; i++) {
                link.publish(message("efka/dev1/event", "x"), Lane.CONTROL).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }

            assertThat(broker.received(ScriptedBroker.PUBLISH))
                    .hasSize(3)
                    .allSatisfy(packet -> assertThat(packet.topic()).isEqualTo("efka/dev1/event"))
                    .allSatisfy(packet -> assertThat(propertyBytes(packet)).isZero());
        }

        @Test
        void aReceiveMaximumAboveHalfItsRangeIsNoObstacle() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting(0x21, 40_000 >> 8, 40_000 & 0xFF));

            assertThat(connectedTo(broker).publish(message("a", "x"), Lane.CONTROL))
                    .succeedsWithin(LIMIT);
        }

        @Test
        void aPacketLargerThanItTakesIsRefusedAtOnce() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting(0x27, 0, 0, 4, 0));

            var tooLarge = connectedTo(broker).publish(message("a", "x".repeat(2000)), Lane.BULK);

            assertThat(problemOf(tooLarge).isRefused()).isTrue();
        }

        @Test
        void aRefusedPublishIsToldFromALostOne() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.acknowledgingWith(0x87));

            var refused = connectedTo(broker).publish(message("a", "x"), Lane.CONTROL);

            assertThat(problemOf(refused).isRefused()).isTrue();
        }
    }

    @Nested
    class WhatAVisitorLeaves {
        @Test
        void isNoWillAndNoSession() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting());
            PahoLink link = with(new PahoLink(settings(broker.uri()), new NoTimers(), new Random(1), QUICK));
            link.visit(subscriptions, heed);

            await("connected", () -> heed.connects.size() == 1);
            byte[] connect = broker.received(ScriptedBroker.CONNECT).get(0).body();
            int flags = 7; // after the protocol's name and its version
            assertThat(connect[flags]).isEqualTo((byte) 0b10); // a clean start and nothing else
            byte[] properties = Arrays.copyOfRange(connect, 11, 11 + connect[10]);
            assertThat(properties)
                    .containsSequence(0x21, 0, MqttLink.VISITOR_MESSAGES)
                    .containsSequence(0x11, 0, 0, 0, 0); // the session ends with the connection
        }
    }

    @Nested
    class WhatTheBrokerRefuses {
        @Test
        void aCodeThatPahoDoesNotKnowEndsNothing() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.acknowledgingWith(0x95));
            PahoLink link = connectedTo(broker);

            var tooLarge = link.publish(message("a", "x".repeat(5_000)), Lane.BULK);

            assertThat(problemOf(tooLarge).kind()).isEqualTo(Kind.TOO_LARGE);
            assertThat(link.maxPacket()).isBetween(2_500L, 2_600L);
            assertThat(link.isUp()).isTrue();
            assertThat(heed.losses).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(ints = {0x80, 0x83, 0x97})
        void forAWhileIsToldFromForGood(int code) throws Exception {
            PahoLink link = connectedTo(with(ScriptedBroker.acknowledgingWith(code)));

            assertThat(problemOf(link.publish(message("a", "x"), Lane.CONTROL)).kind())
                    .isEqualTo(Kind.BUSY);
        }

        @Test
        void isCountedByTopicWithTheReasonInWords() throws Exception {
            PahoLink link = connectedTo(with(ScriptedBroker.acknowledgingWith(0x87)));
            for (int i = 0; i < 3; i++) problemOf(link.publish(message("secret", "x"), Lane.CONTROL));

            assertThat(link.describe().toString())
                    .contains("refused=3")
                    .contains("secret")
                    .contains("not authorised (0x87")
                    .contains("count=3");
        }

        @Test
        void aSubscriptionIsAskedForAgainAndTheDeviceNotOnlineBefore() throws Exception {
            ScriptedBroker broker =
                    with(ScriptedBroker.granting().subscribing((number, filters) -> new int[] {number < 4 ? 0x97 : 1}));
            PahoLink link = opened(broker.uri());

            await("connected", () -> heed.connects.size() == 1);
            assertThat(broker.received(ScriptedBroker.SUBSCRIBE)).hasSize(4);
            assertThat(broker.received(ScriptedBroker.CONNECT)).hasSize(1);
            assertThat(link.describe().toString()).contains("filters_refused={}");
        }

        @Test
        void aSubscriptionThatIsNotEssentialIsSaidAndAskedForAgain() throws Exception {
            subscriptions = List.of(COMMANDS.get(0), new Subscription("efka/group/all/cmd/#", false));
            ScriptedBroker broker = with(ScriptedBroker.granting()
                    .subscribing((number, filters) -> number == 1 ? new int[] {1, 0x87} : new int[] {1}));
            opened(broker.uri());

            await("all stand", () -> heed.refusedFilters.size() == 2);
            assertThat(heed.refusedFilters.get(0)).containsOnlyKeys("efka/group/all/cmd/#");
            assertThat(heed.refusedFilters.get(1)).isEmpty();
            assertThat(heed.connects).hasSize(1);
        }

        @Test
        void credentialsAreTriedAgainAfterALongerWait() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting().greeting(0, 0x86, 0));
            opened(broker.uri());

            await(
                    "a second attempt",
                    () -> broker.received(ScriptedBroker.CONNECT).size() >= 2);

            // The wait begins after the answer to the first, and so after its arrival at the broker.
            var connects = broker.received(ScriptedBroker.CONNECT);
            assertThat(Duration.ofNanos(
                            connects.get(1).nanos() - connects.get(0).nanos()))
                    .isGreaterThanOrEqualTo(QUICK.firstRefusedWait().dividedBy(2));
        }
    }

    @Nested
    class WhatTheBrokerLacks {
        @Test
        void retainedMessagesArePublishedWithoutRetain() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting(0x25, 0));
            PahoLink link = connectedTo(broker);

            link.publish(new Message("a", new byte[1], 1, true, Message.Properties.NONE), Lane.CONTROL)
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS);

            assertThat(broker.received(ScriptedBroker.PUBLISH)).noneMatch(ScriptedBroker.Packet::retain);
            assertThat(link.describe().toString()).contains("no retained messages");
        }

        @Test
        void aWillThatIsNotTakenIsAskedForWithoutWhatIsMissing() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting().greeting(0, 0x9B, 0));
            opened(broker.uri());

            await(
                    "a will at QoS 0",
                    () -> broker.received(ScriptedBroker.CONNECT).stream()
                            .anyMatch(connect -> (connect.body()[7] & 0x18) == 0));
        }

        @Test
        void qosOneIsDoneWithout() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting(0x24, 0));
            PahoLink link = connectedTo(broker);

            link.publish(message("a", "x"), Lane.CONTROL).get(LIMIT.toSeconds(), TimeUnit.SECONDS);

            await("it comes", () -> !broker.received(ScriptedBroker.PUBLISH).isEmpty());
            assertThat(broker.received(ScriptedBroker.PUBLISH).get(0).qos()).isZero();
        }

        @Test
        void wildcardsAreReplacedByTheTopicsThatAreKnown() throws Exception {
            subscriptions = List.of(
                    new Subscription("efka/dev1/cmd/#", false, true, List.of("efka/dev1/cmd/ping")),
                    new Subscription("efka/dev1/svc/+/cmd/#", false, true, List.of()));
            ScriptedBroker broker = with(ScriptedBroker.granting(0x28, 0));
            PahoLink link = connectedTo(broker);

            assertThat(broker.received(ScriptedBroker.SUBSCRIBE).get(0).filters())
                    .containsExactly("efka/dev1/cmd/ping");
            assertThat(link.describe().toString()).contains("efka/dev1/svc/+/cmd/#=the broker has no wildcard");
        }
    }

    @Nested
    class WhatGoesWrong {
        @Test
        void aMessageThatEndsEveryConnectionIsGivenUpAndAllOthersArrive() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting()
                    .answering(publish -> publish.topic().equals("poison") ? ScriptedBroker.CUT : 0));
            PahoLink link = connectedTo(broker);
            var outbox = new Outbox(link, new NoTimers(), 100, 100_000);
            heed.onConnect = outbox::connected;

            var poison = outbox.send(message("poison", "x"));
            var others = IntStream.range(0, 15)
                    .mapToObj(i -> outbox.send(message("reply" + i, "x")))
                    .toList();

            assertThat(problemOf(poison).kind()).isEqualTo(Kind.POISON);
            for (var other : others) assertThat(other).succeedsWithin(LIMIT);
            assertThat(broker.received(ScriptedBroker.CONNECT)).hasSizeLessThan(8);
        }

        @Test
        void aMessageThatEndsEveryConnectionIsFoundAtQosZero() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting(0x24, 0)
                    .answering(publish -> publish.topic().equals("poison") ? ScriptedBroker.CUT : 0));
            PahoLink link = connectedTo(broker);
            heed.onConnect =
                    () -> List.of("a", "poison", "b").forEach(topic -> link.publish(message(topic, "x"), Lane.CONTROL));
            heed.onConnect.run();

            await(
                    "the culprit is known",
                    () -> Long.valueOf(1).equals(link.describe().get("given_up")));
            await(
                    "another arrives",
                    () -> broker.received(ScriptedBroker.PUBLISH).stream()
                            .anyMatch(publish -> publish.topic().equals("b")));

            assertThat(broker.received(ScriptedBroker.PINGREQ)).isNotEmpty();
            assertThat(broker.received(ScriptedBroker.CONNECT)).hasSizeLessThan(8);
        }

        @Test
        void anAcknowledgementThatDoesNotComeEndsTheConnection() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting()
                    .answering(publish -> publish.topic().equals("lost") ? ScriptedBroker.NEVER : 0));
            PahoLink link = opened(settings(broker.uri()), times(QUICK.attempt(), Duration.ofMillis(300)));
            await("connected", () -> heed.connects.size() == 1);

            var lost = link.publish(message("lost", "x"), Lane.CONTROL);
            await("it is given back, though others are acknowledged", () -> {
                link.publish(message("a", "x"), Lane.CONTROL);
                return lost.isDone();
            });

            assertThat(problemOf(lost).kind()).isEqualTo(Kind.LOST);
            await("connected again", () -> heed.connects.size() == 2);
        }

        @Test
        void aBrokerThatNeverAnswersIsGivenUpAndTriedAgain() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.silent());
            opened(broker.uri());

            await(
                    "a second attempt",
                    () -> broker.received(ScriptedBroker.CONNECT).size() >= 2);
            assertThat(heed.losses).isEmpty();
        }

        @Test
        void theNextBrokerIsTriedWhenOneIsNotThere() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting());

            PahoLink link = opened(deadPort(), broker.uri());

            await("connected to the second", link::isUp);
        }

        @Test
        void missingTlsFilesDoNotEndIt() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting());
            var settings = new BrokerSettings(
                    List.of(URI.create("ssl://127.0.0.1:1"), broker.uri()),
                    "dev1",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(Path.of("/nowhere/ca.pem")),
                    Optional.empty(),
                    Optional.empty());

            PahoLink link = opened(settings);

            await("connected to the second", link::isUp);
        }

        @Test
        void publishesInFlightFailBeforeTheListenerHearsOfTheLoss() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.acknowledgingNothing());
            PahoLink link = connectedTo(broker);
            var unlucky = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < 50; i++) unlucky.add(link.publish(message("a", "x"), Lane.BULK));
            heed.onLoss = () -> assertThat(unlucky).allMatch(CompletableFuture::isCompletedExceptionally);

            broker.cut();

            await("the loss is told", () -> !heed.losses.isEmpty());
            assertThat(heed.losses.get(0).takenOver()).isFalse();
            assertThat(heed.failures).isEmpty();
        }

        @Test
        void aTakenOverSessionIsSaidToBeOne() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting());
            connectedTo(broker);

            broker.send(0xE0, bytes(0x8E, 0));

            await("the loss is told", () -> !heed.losses.isEmpty());
            assertThat(heed.losses.get(0).takenOver()).isTrue();
        }

        @Test
        void aQueuedMessageThatCannotBeReadIsDroppedWithItsSession() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting());
            connectedTo(broker);

            for (int times = 1; times <= 2; times++) {
                broker.send(0x32, withCorrelationData(40_000));
                int losses = times;
                await("the loss is told", () -> heed.losses.size() == losses);
                await("connected again", () -> heed.connects.size() == losses + 1);
            }

            var connects = broker.received(ScriptedBroker.CONNECT);
            assertThat(connects).hasSize(3);
            assertThat(connects.subList(0, 2)).noneMatch(PahoLinkTest::isCleanStart);
            assertThat(connects.get(2)).matches(PahoLinkTest::isCleanStart);
        }
    }

    @Nested
    class Messages {
        @Test
        void retainedOnesAreMarkedAndPropertiesComeAlong() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting());
            connectedTo(broker);

            broker.send(0x33, withCorrelationData(3));

            await("it arrives", () -> !heed.messages.isEmpty());
            Message message = heed.messages.get(0).message();
            assertThat(message.retain()).isTrue();
            assertThat(message.topic()).isEqualTo("efka/dev1/cmd/ping");
            assertThat(message.properties().correlationData())
                    .hasValueSatisfying(data -> assertThat(data).hasSize(3));
        }

        @Test
        void areAcknowledgedOnceAndNotAfterTheirConnection() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting());
            connectedTo(broker);
            broker.send(0x32, withCorrelationData(3));
            broker.send(0x32, withCorrelationData(3));
            await("both arrive", () -> heed.messages.size() == 2);
            assertThat(broker.received(ScriptedBroker.PUBACK)).isEmpty();

            heed.messages.get(0).acknowledge();
            heed.messages.get(0).acknowledge();
            await(
                    "one is acknowledged",
                    () -> broker.received(ScriptedBroker.PUBACK).size() == 1);
            broker.cut();
            await("connected again", () -> heed.connects.size() == 2);
            heed.messages.get(1).acknowledge();

            assertThat(broker.received(ScriptedBroker.PUBACK)).hasSize(1);
        }

        @Test
        void thatMqttCannotCarryAreRefusedAndHarmNothing() throws Exception {
            PahoLink link = connectedTo(with(ScriptedBroker.granting()));
            var odd = new Message("a", new byte[0], 1, false, Message.Properties.NONE.with("name", "nul\0"));

            assertThat(problemOf(link.publish(message("wild/#", "x"), Lane.CONTROL))
                            .isRefused())
                    .isTrue();
            assertThat(problemOf(link.publish(odd, Lane.CONTROL)).isRefused()).isTrue();
            assertThat(link.publish(message("a", "x"), Lane.CONTROL)).succeedsWithin(LIMIT);
        }
    }

    @Nested
    class Leaving {
        @Test
        void closingSaysGoodbyeAndLeavesNoThread() throws Exception {
            Set<Thread> others = Thread.getAllStackTraces().keySet();
            ScriptedBroker broker = with(ScriptedBroker.granting());
            PahoLink link = connectedTo(broker);

            link.close();
            link.close();

            await("goodbye", () -> !broker.received(ScriptedBroker.DISCONNECT).isEmpty());
            await("no thread", () -> hasNoMqttThreadBut(others));
            assertThat(link.isUp()).isFalse();
        }

        @Test
        void closingDoesNotWaitForASilentBroker() throws Exception {
            Set<Thread> others = Thread.getAllStackTraces().keySet();
            ScriptedBroker broker = with(ScriptedBroker.silent());
            PahoLink link = opened(settings(broker.uri()), times(Duration.ofHours(1), QUICK.progress()));
            await("an attempt", () -> !broker.received(ScriptedBroker.CONNECT).isEmpty());

            link.close();

            await("no thread, an hour before the attempt ends", () -> hasNoMqttThreadBut(others));
        }

        /** The limit of 2 s is the contract of {@code close}, so the test measures real time. */
        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        @Tag("timing")
        void closingTakesLessThanTwoSeconds(boolean isSilent) throws Exception {
            ScriptedBroker broker = with(isSilent ? ScriptedBroker.silent() : ScriptedBroker.granting());
            PahoLink link = isSilent ? opened(broker.uri()) : connectedTo(broker);
            await("an attempt", () -> !broker.received(ScriptedBroker.CONNECT).isEmpty());
            long start = System.nanoTime();

            link.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        }

        private boolean hasNoMqttThreadBut(Set<Thread> others) {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> !others.contains(thread))
                    .noneMatch(thread -> thread.getName().matches("(?i).*mqtt.*"));
        }

        @Test
        void holdingOffSaysGoodbyeAndComesBackLater() throws Exception {
            ScriptedBroker broker = with(ScriptedBroker.granting());
            PahoLink link = connectedTo(broker);
            long start = System.nanoTime();

            link.holdOff(Duration.ofMillis(700));

            await("goodbye", () -> !broker.received(ScriptedBroker.DISCONNECT).isEmpty());
            await("back again", () -> heed.connects.size() == 2);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(700));
        }
    }

    @Test
    void anAddressOfAnotherKindIsRefusedAtOnce() {
        assertThatThrownBy(
                        () -> new PahoLink(settings(URI.create("http://broker")), new NoTimers(), new Random(1), QUICK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://broker")
                .hasMessageContaining("tcp://");
    }

    private <T extends AutoCloseable> T with(T resource) {
        open.add(resource);
        return resource;
    }

    private PahoLink connectedTo(ScriptedBroker broker) throws InterruptedException {
        PahoLink link = opened(broker.uri());
        await("connected", () -> heed.connects.size() == 1);
        return link;
    }

    @Nested
    class NewCredentials {
        @Test
        void areUsedAtOnce(@TempDir Path folder) throws Exception {
            Path file = Files.writeString(folder.resolve("password"), "old-secret");
            ScriptedBroker broker = with(ScriptedBroker.granting());
            PahoLink link = opened(new BrokerSettings(
                    List.of(broker.uri()),
                    "dev1",
                    Optional.of("dev1"),
                    Optional.of(file),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()));
            await("connected", () -> heed.connects.size() == 1);

            assertThat(link.reread()).containsExactly("password file " + file + " is unchanged");
            Files.writeString(file, "new-secret");
            assertThat(link.reread())
                    .containsExactly("password file " + file + " has changed", "connecting with what has changed");

            await("connected again", () -> heed.connects.size() == 2);
            assertThat(heed.losses).hasSize(1);
            assertThat(heed.losses.get(0).reason()).isEqualTo("its credentials have changed");
            List<ScriptedBroker.Packet> connects = broker.received(ScriptedBroker.CONNECT);
            assertThat(connects).hasSize(2);
            assertThat(new String(connects.get(1).body(), UTF_8)).contains("new-secret");
        }
    }

    private PahoLink opened(URI... uris) {
        return opened(settings(uris));
    }

    private PahoLink opened(BrokerSettings settings) {
        return opened(settings, QUICK);
    }

    private PahoLink opened(BrokerSettings settings, Times times) {
        PahoLink link = with(new PahoLink(settings, new NoTimers(), new Random(1), times));
        link.open(() -> WILL, subscriptions, heed);
        return link;
    }

    private static Times times(Duration attempt, Duration progress) {
        return new Times(
                QUICK.connect(),
                attempt,
                progress,
                QUICK.firstWait(),
                QUICK.maxWait(),
                QUICK.firstRefusedWait(),
                QUICK.maxRefusedWait(),
                QUICK.lasting());
    }

    private static BrokerSettings settings(URI... uris) {
        return new BrokerSettings(
                List.of(uris),
                "dev1",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static URI deadPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return URI.create("tcp://127.0.0.1:" + socket.getLocalPort());
        }
    }

    private static Message message(String topic, String text) {
        return new Message(topic, text.getBytes(UTF_8), 1, false, Message.Properties.NONE);
    }

    private static byte[] withCorrelationData(int size) {
        byte[] properties = concat(bytes(0x09, size >> 8, size), new byte[size]);
        int length = properties.length;
        byte[] prefix = length < 128
                ? bytes(length)
                : bytes((length & 0x7F) | 0x80, ((length >> 7) & 0x7F) | 0x80, length >> 14);
        return concat(string("efka/dev1/cmd/ping"), bytes(0, 7), prefix, properties);
    }

    private static int propertyBytes(ScriptedBroker.Packet publish) {
        return publish.body()[2 + publish.topic().length() + 2];
    }

    private static boolean isCleanStart(ScriptedBroker.Packet connect) {
        return (connect.body()[7] & 0x02) != 0;
    }

    private static LinkException problemOf(CompletableFuture<Void> failed) {
        try {
            failed.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LinkException problem) return problem;
            throw e;
        }
        throw new AssertionError("was published");
    }

    private static void await(String fact, BooleanSupplier isTrue) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!isTrue.getAsBoolean() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(isTrue.getAsBoolean()).as(fact).isTrue();
    }

    private static final class Heed implements Listener {
        final List<Boolean> connects = new CopyOnWriteArrayList<>();
        final List<Loss> losses = new CopyOnWriteArrayList<>();
        final List<Inbound> messages = new CopyOnWriteArrayList<>();
        final List<Throwable> failures = new CopyOnWriteArrayList<>();
        final List<Map<String, String>> refusedFilters = new CopyOnWriteArrayList<>();
        volatile Runnable onLoss = () -> {};
        volatile Runnable onConnect = () -> {};

        @Override
        public void connected(boolean sessionPresent) {
            connects.add(sessionPresent);
            onConnect.run();
        }

        @Override
        public void subscriptionsRefused(Map<String, String> refused) {
            refusedFilters.add(refused);
        }

        @Override
        public void disconnected(Loss loss) {
            try {
                onLoss.run();
            } catch (AssertionError | RuntimeException e) {
                failures.add(e);
            }
            losses.add(loss);
        }

        @Override
        public void received(Inbound message) {
            messages.add(message);
        }
    }

    /** No test here lives long enough for a keep-alive. */
    private static final class NoTimers implements Timers {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return () -> {};
        }
    }
}
