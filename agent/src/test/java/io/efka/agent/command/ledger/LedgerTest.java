package io.efka.agent.command.ledger;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static io.efka.agent.command.CommandFixture.camera;
import static io.efka.agent.command.CommandFixture.code;
import static io.efka.agent.command.CommandFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.agent.command.CommandFixture;
import io.efka.agent.command.FakeDisk;
import io.efka.agent.command.KillSwitch;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.agent.command.ledger.LedgerEntry.ServiceSnapshot;
import io.efka.agent.supervision.FakeTimers;
import io.efka.mqtt.Message;
import io.efka.protocol.ServiceStatus.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LedgerTest {
    private static final String HUP_1 = "{\"signal\":\"HUP\",\"id\":\"1\"}";
    private final CommandFixture fixture = new CommandFixture();

    @Nested
    class Duplicate {
        @Test
        void getsTheSameReplyAndHasNoEffect() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("signal"), HUP_1).settle();
            fixture.timers.advance(Duration.ofSeconds(3));
            fixture.send(camera("signal"), HUP_1).settle();
            assertThat(fixture.supervision.told).containsExactly("signal camera HUP");
            assertThat(fixture.texts().get(1)).isEqualTo(fixture.texts().get(0));
            assertThat(fixture.acknowledged).hasSize(2);
        }

        @Test
        void getsTheSameReplyFromTheNextLifeToo() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("signal"), HUP_1).settle();
            CommandFixture next = fixture.nextLife();
            next.router.recover();
            next.settle();
            next.replies.clear();
            next.send(camera("signal"), HUP_1).settle();
            assertThat(next.texts()).isEqualTo(fixture.texts());
            assertThat(fixture.supervision.told).hasSize(1);
        }

        @Test
        void ofWhatIsUnderWayWaitsForTheOneReply() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("signal"), HUP_1).send(camera("signal"), HUP_1).settle();
            assertThat(fixture.acknowledged).hasSize(2);
            fixture.supervision.letGo();
            fixture.settle();
            assertThat(fixture.replies).hasSize(1);
        }

        @Test
        void thatWaitsElsewhereIsAnsweredThere() {
            fixture.supervision.running(CAMERA).isHolding = true;
            byte[] id = {'1'};
            fixture.send(camera("stop"), "", CommandFixture.request("answers/1", id))
                    .send(camera("stop"), "", CommandFixture.request("answers/2", id))
                    .settle();
            fixture.supervision.letGo();
            fixture.settle();
            assertThat(fixture.replies).extracting(Message::topic).containsExactlyInAnyOrder("answers/1", "answers/2");
        }

        @Test
        void thatComesBeforeTheAcceptanceIsAcceptedToo() {
            fixture.supervision.running(CAMERA).isHolding = true;
            byte[] id = {'1'};
            fixture.send(camera("remove"), "{\"wait\":false}", CommandFixture.request("answers/1", id))
                    .send(camera("remove"), "{\"wait\":false}", CommandFixture.request("answers/2", id))
                    .settle();
            assertThat(fixture.replies).extracting(Message::topic).containsExactlyInAnyOrder("answers/1", "answers/2");
            assertThat(fixture.texts()).allMatch(text -> text.contains("\"accepted\":true"));
        }

        @Test
        void ofWhatCannotBeWrittenDownIsRefusedToo() {
            fixture.supervision.running(CAMERA);
            fixture.disk.isFull = true;
            byte[] id = {'1'};
            fixture.send(camera("stop"), "", CommandFixture.request("answers/1", id))
                    .send(camera("stop"), "", CommandFixture.request("answers/2", id))
                    .settle();
            assertThat(fixture.replies).extracting(Message::topic).containsExactlyInAnyOrder("answers/1", "answers/2");
            assertThat(fixture.replies)
                    .extracting(reply -> code(CommandFixture.json(reply)))
                    .containsOnly("disk_full");
            assertThat(fixture.acknowledged).hasSize(2);
        }

        @Test
        void ofWhatAnEarlierLifeAcceptedIsAcknowledged() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("stop"), "{\"id\":\"1\"}").settle();
            CommandFixture next = fixture.nextLife();
            next.router.recover();
            next.send(camera("stop"), "{\"id\":\"1\"}").settle();
            assertThat(next.acknowledged).hasSize(1);
            fixture.supervision.letGo();
            next.settle();
            assertThat(next.replies).hasSize(1);
        }

        @Test
        void ofACommandThatDidNotWaitIsAcceptedAgain() {
            fixture.supervision.running(CAMERA).isHolding = true;
            String payload = "{\"id\":\"1\",\"wait\":false}";
            fixture.send(camera("remove"), payload).settle();
            fixture.send(camera("remove"), payload).settle();
            fixture.supervision.letGo();
            fixture.settle();
            fixture.send(camera("remove"), payload).settle();
            assertThat(fixture.texts()).hasSize(3).allMatch(fixture.texts().get(0)::equals);
        }

        @Test
        void thatIsExpiredByNowGetsTheSameReplyStill() {
            fixture.supervision.running(CAMERA);
            String payload = "{\"id\":\"1\",\"expires_at\":\"2026-11-22T20:15:05.000Z\"}";
            fixture.send(camera("stop"), payload).settle();
            fixture.timers.advance(Duration.ofSeconds(9));
            fixture.send(camera("stop"), payload).settle();
            assertThat(code(fixture.lastReply())).isEqualTo("ok");
        }

        @Test
        void idWithAnotherPayloadOrTopicIsReused() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("signal"), HUP_1).settle();
            fixture.send(camera("signal"), "{\"signal\":\"TERM\",\"id\":\"1\"}").settle();
            assertThat(code(fixture.lastReply())).isEqualTo("id_reused");
            fixture.send(camera("input"), HUP_1).settle();
            assertThat(code(fixture.lastReply())).isEqualTo("id_reused");
            assertThat(message(fixture.lastReply())).contains("\"1\"");
            assertThat(fixture.supervision.told).hasSize(1);
        }

        @Test
        void idOfWhatIsUnderWayIsReusedToo() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("signal"), HUP_1)
                    .send(camera("stop"), "{\"id\":\"1\"}")
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("id_reused");
        }

        @Test
        void withoutAnIdIsAnotherCommand() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("signal"), "{\"signal\":\"HUP\"}")
                    .send(camera("signal"), "{\"signal\":\"HUP\"}")
                    .settle();
            assertThat(fixture.supervision.told).hasSize(2);
            fixture.disk.sync();
            assertThat(fixture.disk.durable).isEmpty();
        }
    }

    @Nested
    class FullDisk {
        @Test
        void refusesTheCommandAndFreesItsId() {
            fixture.supervision.running(CAMERA);
            fixture.disk.isFull = true;
            fixture.send(camera("signal"), HUP_1).settle();
            assertThat(code(fixture.reply())).isEqualTo("disk_full");
            assertThat(message(fixture.reply()))
                    .contains("No space left on device")
                    .contains("not executed");
            assertThat(fixture.supervision.told).isEmpty();
            assertThat(fixture.acknowledged).hasSize(1);

            fixture.disk.isFull = false;
            fixture.send(camera("signal"), HUP_1).settle();
            assertThat(code(fixture.lastReply())).isEqualTo("ok");
        }

        @Test
        void letsAServiceBeRemovedToMakeRoom() {
            fixture.supervision.running(CAMERA);
            fixture.disk.isFull = true;
            fixture.send(camera("remove"), "{\"id\":\"r1\"}").settle();
            assertThat(code(fixture.reply())).isEqualTo("ok");
            assertThat(fixture.supervision.find(CAMERA)).isEmpty();
            assertThat(fixture.disk.store(KillSwitch.never()).load()).containsKey("r1");
        }

        @Test
        void keepsTheReserveFromRemovalsOfWhatIsNotThere() {
            fixture.disk.isFull = true;
            fixture.send(camera("remove"), "{\"id\":\"r1\"}").settle();
            assertThat(code(fixture.reply())).isEqualTo("disk_full");
            assertThat(fixture.disk.store(KillSwitch.never()).load()).isEmpty();
        }

        @Test
        void hasTheOutcomeWrittenDownByTheReserve() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("signal"), HUP_1).settle();
            fixture.disk.isFull = true;
            fixture.supervision.letGo();
            fixture.settle();
            assertThat(code(fixture.reply())).isEqualTo("ok");
            CommandFixture next = fixture.nextLife();
            next.router.recover();
            next.settle();
            assertThat(fixture.supervision.told).hasSize(1);
            assertThat(next.texts()).allMatch(text -> text.contains("\"ok\":true"));
        }

        @Test
        void keepsTheOutcomeInMemoryWhenTheReserveIsUsedUp() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("signal"), HUP_1).settle();
            fixture.disk.isFull = true;
            fixture.disk.isReserveUsedUp = true;
            fixture.supervision.letGo();
            fixture.settle();
            assertThat(code(fixture.reply())).isEqualTo("ok");
            fixture.disk.sync();
            CommandFixture next = fixture.nextLife();
            next.router.recover();
            next.settle();
            assertThat(fixture.supervision.told).hasSize(1);
            assertThat(next.texts()).allMatch(text -> text.contains("\"ok\":true"));
        }
    }

    @Nested
    class Kill {
        /** Every touch of the outside world, until one life gets through. */
        private void atEveryTouch(String command, String payload, boolean running, Verdict verdict) {
            for (int touch = 0; ; touch++) {
                CommandFixture first = new CommandFixture().nextLife(KillSwitch.at(touch));
                if (running) first.supervision.running(CAMERA);
                else if (!command.equals("install")) first.supervision.with(CAMERA);
                var message = new Message(
                        camera(command), payload.getBytes(StandardCharsets.UTF_8), 1, false, Message.Properties.NONE);
                live(first, message, true);
                boolean wasKilled = first.kill.isDead();
                CommandFixture second = first.nextLife();
                live(second, message, first.acknowledged.isEmpty());
                verdict.check(touch, first, second);
                if (!wasKilled) return;
            }
        }

        private interface Verdict {
            void check(int touch, CommandFixture first, CommandFixture second);
        }

        private static void live(CommandFixture fixture, Message message, boolean delivered) {
            try {
                fixture.router.recover();
                if (delivered) fixture.deliver(message);
                fixture.settle();
            } catch (KillSwitch.Killed end) {
                assertThat(fixture.kill.isDead()).isTrue();
            }
        }

        private static List<JsonObject> replies(CommandFixture first, CommandFixture second) {
            var all = new ArrayList<>(first.replies);
            all.addAll(second.replies);
            return all.stream().map(CommandFixture::json).toList();
        }

        @Test
        void neverSignalsTwiceAndAlwaysAnswers() {
            atEveryTouch("signal", HUP_1, true, (touch, first, second) -> {
                assertThat(first.supervision.told).as("killed at %d", touch).hasSizeLessThanOrEqualTo(1);
                List<JsonObject> replies = replies(first, second);
                assertThat(replies).as("killed at %d", touch).isNotEmpty();
                assertThat(replies).extracting(CommandFixture::code).containsAnyOf("ok", "interrupted");
                assertThat(replies.stream().map(JsonObject::toString).distinct())
                        .as("killed at %d", touch)
                        .hasSize(1);
                if (code(replies.get(0)).equals("ok"))
                    assertThat(first.supervision.told).hasSize(1);
            });
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\"id\":\"1\"}", "{\"id\":\"1\",\"wait\":false}", ""})
        void alwaysEndsAStartRunning(String payload) {
            atEveryTouch("start", payload, false, (touch, first, second) -> {
                assertThat(second.supervision.state(CAMERA))
                        .as("killed at %d", touch)
                        .isEqualTo(State.RUNNING);
                assertThat(first.supervision.told).containsExactly("start camera");
                // Without an id it is at least once: a redelivery finds the service running.
                if (!payload.isEmpty()) {
                    assertThat(replies(first, second))
                            .as("killed at %d", touch)
                            .isNotEmpty()
                            .allMatch(reply -> code(reply).equals("ok"));
                } else assertThat(replies(first, second)).isNotEmpty();
            });
        }

        @Test
        void alwaysEndsAStopStopped() {
            atEveryTouch("stop", "{\"id\":\"1\"}", true, (touch, first, second) -> {
                assertThat(second.supervision.state(CAMERA)).isEqualTo(State.STOPPED);
                assertThat(first.supervision.told).containsExactly("stop camera");
                assertThat(replies(first, second))
                        .isNotEmpty()
                        .allMatch(reply -> code(reply).equals("ok"));
            });
        }

        @Test
        void alwaysEndsASwitchOffStopped() {
            atEveryTouch("switch", "{\"id\":\"1\",\"on\":false}", true, (touch, first, second) -> {
                assertThat(second.supervision.state(CAMERA)).isEqualTo(State.STOPPED);
                assertThat(first.supervision.told).containsExactly("stop camera");
                assertThat(replies(first, second))
                        .isNotEmpty()
                        .allMatch(reply -> code(reply).equals("ok"));
            });
        }

        @Test
        void neverRestartsTwice() {
            atEveryTouch("restart", "{\"id\":\"1\"}", true, (touch, first, second) -> {
                assertThat(first.supervision.told).as("killed at %d", touch).containsExactly("restart camera");
                assertThat(replies(first, second))
                        .isNotEmpty()
                        .allMatch(reply -> code(reply).equals("ok"));
            });
        }

        @Test
        void alwaysEndsAnInstallInstalledAndStarted() {
            String payload = "{\"id\":\"1\",\"manifest\":{\"exec\":\"run.sh\"},\"start\":true}";
            atEveryTouch("install", payload, false, (touch, first, second) -> {
                assertThat(second.supervision.find(CAMERA))
                        .as("killed at %d", touch)
                        .isPresent();
                assertThat(second.supervision.state(CAMERA)).isEqualTo(State.RUNNING);
                assertThat(second.installer.folders).containsOnlyKeys(CAMERA);
                assertThat(replies(first, second))
                        .isNotEmpty()
                        .allMatch(reply -> code(reply).equals("ok"));
            });
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\"id\":\"1\"}", "{\"id\":\"1\",\"wait\":false}"})
        void alwaysEndsARemoveRemoved(String payload) {
            atEveryTouch("remove", payload, true, (touch, first, second) -> {
                assertThat(second.supervision.find(CAMERA))
                        .as("killed at %d", touch)
                        .isEmpty();
                assertThat(replies(first, second))
                        .isNotEmpty()
                        .allMatch(reply -> code(reply).equals("ok"));
            });
        }

        @Test
        void leavesNoDuplicateOfADoneCommandWithoutItsReply() {
            atEveryTouchWithADuplicate(false, (touch, lives) -> {
                assertThat(lives.get(0).supervision.told)
                        .as("killed at %d", touch)
                        .hasSize(1);
                assertThat(repliesOn("answers/2", lives))
                        .as("killed at %d", touch)
                        .isNotEmpty();
            });
        }

        @Test
        void leavesNoDuplicateOfACommandUnderWayWithoutItsReply() {
            atEveryTouchWithADuplicate(true, (touch, lives) -> {
                assertThat(repliesOn("answers/1", lives))
                        .as("killed at %d", touch)
                        .isNotEmpty();
                assertThat(repliesOn("answers/2", lives))
                        .as("killed at %d", touch)
                        .isNotEmpty();
            });
        }

        /** The broker delivers again what a life did not acknowledge; the last life owes nothing. */
        private void atEveryTouchWithADuplicate(boolean together, LivesVerdict verdict) {
            Message original = stop("answers/1");
            Message duplicate = stop("answers/2");
            for (int touch = 0; ; touch++) {
                CommandFixture first = new CommandFixture();
                first.supervision.running(CAMERA);
                if (!together) live(first, List.of(original));
                CommandFixture second = first.nextLife(KillSwitch.at(touch));
                live(second, together ? List.of(original, duplicate) : List.of(duplicate));
                boolean wasKilled = second.kill.isDead();
                CommandFixture third = second.nextLife();
                var left = new ArrayList<>(List.of(original, duplicate));
                left.removeAll(first.acknowledged);
                left.removeAll(second.acknowledged);
                live(third, left);
                verdict.check(touch, List.of(first, second, third));
                third.disk.sync();
                CommandFixture fourth = third.nextLife();
                live(fourth, List.of());
                assertThat(fourth.replies).as("killed at %d", touch).isEmpty();
                if (!wasKilled) return;
            }
        }

        private interface LivesVerdict {
            void check(int touch, List<CommandFixture> lives);
        }

        private static Message stop(String replyTopic) {
            return new Message(
                    camera("stop"), new byte[0], 1, false, CommandFixture.request(replyTopic, new byte[] {'1'}));
        }

        private static void live(CommandFixture fixture, List<Message> delivered) {
            try {
                fixture.router.recover();
                delivered.forEach(fixture::deliver);
                fixture.settle();
            } catch (KillSwitch.Killed end) {
                assertThat(fixture.kill.isDead()).isTrue();
            }
        }

        private static List<Message> repliesOn(String topic, List<CommandFixture> lives) {
            return lives.stream()
                    .flatMap(life -> life.replies.stream())
                    .filter(reply -> reply.topic().equals(topic))
                    .toList();
        }

        @Test
        void beforeTheReplyToADuplicateIsAwaySendsItInTheNextLife() {
            fixture.supervision.running(CAMERA);
            fixture.deliver(stop("answers/1")).settle();
            fixture.broker = new CompletableFuture<>();
            fixture.deliver(stop("answers/2")).settle();
            CommandFixture next = fixture.nextLife();
            next.router.recover();
            assertThat(repliesOn("answers/2", List.of(next))).hasSize(1);
        }

        @Test
        void leavesADuplicateThatWasToldOfTheOutcomeInPeace() {
            fixture.supervision.running(CAMERA);
            fixture.deliver(stop("answers/1")).settle();
            fixture.deliver(stop("answers/2")).settle();
            fixture.disk.sync();
            CommandFixture next = fixture.nextLife();
            next.router.recover();
            assertThat(next.replies).isEmpty();
        }

        @Test
        void beforeTheReplyIsAwaySendsItInTheNextLife() {
            fixture.supervision.running(CAMERA);
            fixture.broker = new CompletableFuture<>();
            fixture.send(camera("signal"), HUP_1).settle();
            CommandFixture next = fixture.nextLife();
            next.router.recover();
            assertThat(next.texts()).isEqualTo(fixture.texts());
            next.disk.sync();
            CommandFixture third = next.nextLife();
            third.router.recover();
            assertThat(third.replies).isEmpty();
        }

        @Test
        void leavesAStartOfWhatRanAlreadyRefused() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("start"), "{\"id\":\"1\"}").settle();
            fixture.supervision.isHolding = false;
            CommandFixture next = fixture.nextLife();
            next.router.recover();
            next.settle();
            assertThat(code(next.reply())).isEqualTo("already_running");
        }

        @Test
        void keepsTheOrderOfWhatWasAccepted() {
            fixture.supervision.with(CAMERA).isHolding = true;
            for (int i = 0; i < 12; i++)
                fixture.send(camera(i % 2 == 0 ? "start" : "stop"), "{\"id\":\"" + i + "\"}")
                        .settle();
            fixture.supervision.isHolding = false;
            CommandFixture next = fixture.nextLife();
            next.router.recover();
            next.settle();
            assertThat(next.supervision.told).hasSize(12).startsWith("start camera", "stop camera");
            assertThat(next.texts()).hasSize(12);
        }
    }

    @Nested
    class Bounds {
        private final FakeDisk disk = new FakeDisk();
        private final FakeTimers timers = new FakeTimers();
        private final Ledger ledger = new Ledger(disk.store(KillSwitch.never()), 10, Duration.ofHours(24), timers);
        private final ReplyTo nobody = new ReplyTo("r", Optional.empty(), Optional.empty());

        private void run(String id, String reply) throws Exception {
            ledger.admit(Optional.of(id), "d", nobody);
            var message = new Message("t", new byte[0], 1, false, Message.Properties.NONE);
            ledger.accept(id, message, ServiceSnapshot.NONE, timers.now(), false);
            ledger.finish(id, nobody, reply);
            ledger.replied(id);
        }

        private boolean knows(String id) {
            return ledger.admit(Optional.of(id), "d", nobody) instanceof Ledger.Admission.Finished;
        }

        @Test
        void keepYoungOutcomesBeyondTheirNumber() throws Exception {
            for (int i = 0; i < 30; i++) run("c" + i, "{}");
            assertThat(knows("c0")).isTrue();
        }

        @Test
        void keepTheNewestBeyondTheirAge() throws Exception {
            for (int i = 0; i < 30; i++) run("c" + i, "{}");
            timers.advance(Duration.ofHours(25));
            run("last", "{}");
            assertThat(knows("c20")).isFalse();
            assertThat(knows("c21")).isTrue();
            disk.sync();
            assertThat(disk.durable).hasSize(10);
        }

        @Test
        void forgetTheOldestInAFloodOfIds() throws Exception {
            for (int i = 0; i < Ledger.HARD_ENTRIES + 5; i++) run("c" + i, "{}");
            disk.sync();
            assertThat(disk.durable).hasSize(Ledger.HARD_ENTRIES);
            assertThat(knows("c4")).isFalse();
            assertThat(knows("c5")).isTrue();
        }

        @Test
        void forgetTheOldestOfLargeReplies() throws Exception {
            String large = "x".repeat(ShortReply.MAX_KEPT);
            for (int i = 0; i < 600; i++) run("c" + i, large);
            disk.sync();
            assertThat(disk.durable).hasSize(Ledger.HARD_CHARACTERS / ShortReply.MAX_KEPT);
        }

        @Test
        void refuseWhatWouldBeTooMuchUnderWay() {
            for (int i = 0; i < Ledger.HARD_ENTRIES; i++) ledger.admit(Optional.of("c" + i), "d", nobody);
            assertThat(ledger.admit(Optional.of("more"), "d", nobody)).isInstanceOf(Ledger.Admission.Full.class);
        }

        @Test
        void keepSoManyRepliesToDuplicatesOnly() throws Exception {
            run("c0", "{}");
            for (int i = 0; i < OwedReplies.MAX_OWED; i++)
                assertThat(ledger.owe("c0", nobody)).isPresent();
            assertThat(ledger.owe("c0", nobody)).isEmpty();
            assertThat(ledger.owe("c0", nobody)).isEmpty();
            disk.sync();
            assertThat(disk.durable).hasSize(1 + OwedReplies.MAX_OWED);
        }

        @Test
        void keepNoMoreTextOfThemThanTheyMay() throws Exception {
            run("c0", "{}");
            var far = new ReplyTo("x".repeat(60_000), Optional.empty(), Optional.empty());
            for (int i = 0; i < 100; i++) ledger.owe("c0", far);
            disk.sync();
            assertThat(disk.durable.values().stream().mapToInt(String::length).sum())
                    .isLessThan(OwedReplies.MAX_CHARACTERS * 2);
            assertThat(disk.durable.size()).isBetween(10, 30);
        }

        @Test
        void forgetRepliesToDuplicatesWithTheirOutcome() throws Exception {
            run("c0", "{}");
            OwedReplies.Owed owed = ledger.owe("c0", nobody).orElseThrow();
            for (int i = 1; i < 30; i++) run("c" + i, "{}");
            timers.advance(Duration.ofHours(25));
            run("last", "{}");
            disk.sync();
            assertThat(disk.durable).hasSize(10).doesNotContainKey(owed.key());
            ledger.settled(owed);
            assertThat(ledger.owed()).isEmpty();
        }

        @Test
        void readWhatIsOwedFromTheDiskAndForgetWhatBelongsToNothing() throws Exception {
            run("c0", "{}");
            ledger.owe("c0", nobody);
            ledger.owe("unknown", nobody);
            disk.sync();
            disk.durable.put("\n7", "garbage");
            var next = new Ledger(disk.store(KillSwitch.never()), 10, Duration.ofHours(24), timers);
            next.load();
            assertThat(next.owed()).extracting(OwedReplies.Owed::command).containsExactly("c0");
            disk.sync();
            assertThat(disk.durable).hasSize(2);
        }

        @Test
        void leaveOutADocumentThatCannotBeRead() {
            disk.durable.put("a", "{\"v\":2}");
            disk.durable.put("b", "garbage");
            disk.durable.put("c", "{\"v\":1,\"number\":\"x\"}");
            disk.durable.put("d", "[]");
            assertThat(ledger.load()).isEmpty();
        }
    }
}
