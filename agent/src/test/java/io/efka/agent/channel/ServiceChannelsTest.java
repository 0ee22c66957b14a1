package io.efka.agent.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.runtime.SystemTimers;
import io.efka.agent.state.InMemoryConfigs;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Launcher;
import io.efka.agent.supervision.TimerKind;
import io.efka.fixtures.Manifests;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Until;
import io.efka.threads.Timers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services and the agent over the real socket. */
@Timeout(60)
final class ServiceChannelsTest {
    private static final ServiceId CAMERA = new ServiceId("camera");
    private static final ServiceId LAMP = new ServiceId("lamp");
    private static final RunId RUN_1 = new RunId("00000000000000000000000001");
    private static final RunId RUN_2 = new RunId("00000000000000000000000002");
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    Path data;

    private final SystemTimers timers = new SystemTimers(Runnable::run);
    private final FakeServices services = new FakeServices();
    private final Heard heard = new Heard();
    private final Holding holds = new Holding();
    private final InMemoryConfigs configs = new InMemoryConfigs();
    private final List<Client> clients = new ArrayList<>();
    private ServiceChannels channels;

    /** Monotonic time that passes only when the test says so; alarms are real. */
    private static final class ManualClock implements Timers {
        private final Timers real;
        private final AtomicLong nanos = new AtomicLong();

        ManualClock(Timers real) {
            this.real = real;
        }

        void advance(Duration time) {
            nanos.addAndGet(time.toNanos());
        }

        @Override
        public Instant now() {
            return real.now();
        }

        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return real.schedule(delay, task);
        }
    }

    /** What services said to the world. */
    private static final class Heard implements ServiceMessageSink {
        final BlockingQueue<String> said = new LinkedBlockingQueue<>();
        volatile boolean isCrowded;

        @Override
        public boolean data(ServiceId service, String name, JsonElement value, boolean retain) {
            if (name.equals("bug")) throw new IllegalStateException("a bug of the agent's");
            said.add(service + " " + name + "=" + value + (retain ? " retained" : ""));
            return canAccept(service);
        }

        @Override
        public boolean canAccept(ServiceId service) {
            return !isCrowded || !service.equals(CAMERA);
        }

        @Override
        public void report(ServiceId service, JsonObject content) {
            said.add(service + " " + content);
        }

        @Override
        public void incident(ServiceId service, String kind, String reason) {
            said.add(service + " " + kind + " " + reason);
        }

        String next() throws InterruptedException {
            String next = said.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("something said within 10 s").isNotNull();
            return String.valueOf(next);
        }
    }

    /** Holds that are granted, unless the test says otherwise. */
    private static final class Holding implements ServiceHolds {
        private static final Instant END = Instant.parse("2026-11-27T18:00:00Z");
        final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        volatile Optional<CommandException> refusal = Optional.empty();

        @Override
        public CompletableFuture<Instant> hold(ServiceId service, RunId run, String reason, Optional<Until> until) {
            asked.add(service + " " + run + " " + reason + " " + until.map(Until::text));
            return refusal.<CompletableFuture<Instant>>map(CompletableFuture::failedFuture)
                    .orElseGet(() -> CompletableFuture.completedFuture(END));
        }

        @Override
        public void release(ServiceId service) {
            asked.add(service + " released");
        }
    }

    @BeforeEach
    void begin() {
        channels = opened();
        services.set(CAMERA, Desired.RUNNING, ServiceStatus.State.RUNNING, Optional.of(RUN_1));
        services.set(LAMP, Desired.RUNNING, ServiceStatus.State.RUNNING, Optional.of(RUN_2));
    }

    private ServiceChannels opened() {
        return opened(NEVER);
    }

    /** @param look between two looks at the socket */
    private ServiceChannels opened(Duration look) {
        return opened(look, timers);
    }

    private ServiceChannels opened(Duration look, Timers clock) {
        var opened = new ServiceChannels(data, clock, heard, configs, Runnable::run, look);
        opened.open(services, holds);
        opened.start();
        return opened;
    }

    @AfterEach
    void end() throws IOException {
        for (Client client : clients) client.close();
        services.set(CAMERA, Desired.STOPPED, ServiceStatus.State.STOPPED, Optional.empty());
        services.set(LAMP, Desired.STOPPED, ServiceStatus.State.STOPPED, Optional.empty());
        channels.close();
        timers.close();
    }

    private Map<String, String> environment(ServiceId id, RunId run) {
        return channels.environment(new Launcher.Launch(run, Manifests.manifest(id.value()), data));
    }

    private String token(ServiceId id, RunId run) {
        return environment(id, run).getOrDefault("EFKA_TOKEN", "");
    }

    private Client connect() throws IOException {
        var client = new Client(Path.of(environment(CAMERA, RUN_1).getOrDefault("EFKA_CHANNEL", "")));
        clients.add(client);
        return client;
    }

    private Client attached() throws IOException {
        Client client = connect().attach("camera", token(CAMERA, RUN_1));
        assertThat(client.hear().get("type").getAsString()).isEqualTo("attached");
        return client;
    }

    private Client attachedLamp() throws IOException {
        Client client = connect().attach("lamp", token(LAMP, RUN_2));
        assertThat(client.hear().get("type").getAsString()).isEqualTo("attached");
        return client;
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private long count(String what) {
        return ((Number) channels.describe().getOrDefault(what, -1)).longValue();
    }

    private static String code(Client client) throws IOException {
        return client.hear().get("code").getAsString();
    }

    @Test
    void aServiceThatHoldsHearsUntilWhen() throws Exception {
        Client client = attached();
        client.say("{\"type\":\"hold\",\"reason\":\"surgery\",\"until\":\"2h\"}");
        assertThat(client.hear()).hasToString("{\"type\":\"held\",\"until\":\"2026-11-27T18:00:00.000Z\"}");
        client.say("{\"type\":\"release_hold\"}").say("{\"type\":\"hold\",\"reason\":\"again\"}");
        client.hear();
        assertThat(holds.asked)
                .containsExactly(
                        "camera " + RUN_1 + " surgery Optional[2h]",
                        "camera released",
                        "camera " + RUN_1 + " again Optional.empty");
    }

    @Test
    void aHoldThatCannotBeKeptIsAnError() throws Exception {
        holds.refusal = Optional.of(new CommandException(ErrorCode.DISK_FULL, "nothing is held: no space left"));
        Client client = attached();
        client.say("{\"type\":\"hold\",\"reason\":\"surgery\"}");
        assertThat(client.hear())
                .hasToString(
                        "{\"type\":\"error\",\"code\":\"disk_full\",\"message\":\"nothing is held: no space left\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'hold'}",
                "{'type':'hold','reason':' '}",
                "{'type':'hold','reason':'surgery','until':'tomorrow'}",
                "{'type':'hold','reason':'surgery','until':7}"
            })
    void aHoldThatDoesNotSayWhyOrUntilWhenIsABadLine(String line) throws Exception {
        Client client = attached();
        client.say(line.replace('\'', '"'));
        assertThat(code(client)).isEqualTo("bad_line");
        assertThat(holds.asked).isEmpty();
    }

    /** One write to the disk each: a service cannot keep the disk busy. */
    @Test
    void aServiceThatHoldsAgainAndAgainIsReadSlowly() throws Exception {
        Client client = attached();
        String hold = "{\"type\":\"hold\",\"reason\":\"surgery\"}";
        long begin = System.nanoTime();
        // What has arrived together is read together, and the next line later.
        for (int i = 0; i < 25; i++) client.say(hold);
        for (int i = 0; i < 25; i++) client.hear();
        client.say(hold).hear();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(1));
    }

    /** Somebody deletes what the agent made when it started. */
    @Nested
    class Deleted {
        @Test
        void theSocketIsThereForTheNextLaunch() throws Exception {
            Client first = attached();
            Path socket = Path.of(environment(CAMERA, RUN_1).getOrDefault("EFKA_CHANNEL", ""));
            Files.delete(socket);
            attachedLamp();
            first.say("{\"type\":\"event\",\"name\":\"still\"}");
            assertThat(heard.next()).contains("still");
        }

        @Test
        void theWholeFolderIsThereForTheNextLaunch() throws Exception {
            Path socket = Path.of(environment(CAMERA, RUN_1).getOrDefault("EFKA_CHANNEL", ""));
            try (Stream<Path> all = Files.walk(socket.getParent())) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(each);
            }
            Map<String, String> environment = environment(LAMP, RUN_2);
            attachedLamp();
            assertThat(Path.of(environment.getOrDefault("EFKA_CONFIG", ""))).isRegularFile();
        }

        @Test
        void anotherFileInItsPlaceIsReplaced() throws Exception {
            Path socket = Path.of(environment(CAMERA, RUN_1).getOrDefault("EFKA_CHANNEL", ""));
            Files.delete(socket);
            Files.writeString(socket, "of somebody else");
            attached();
        }

        @Test
        void theSocketIsThereForAServiceThatIsNotLaunchedAnew() throws Exception {
            Map<String, String> environment = environment(CAMERA, RUN_1);
            channels.close();
            channels = opened(Duration.ofMillis(10));
            Path socket = Path.of(environment.getOrDefault("EFKA_CHANNEL", ""));
            for (int i = 0; i < 3; i++) {
                Files.delete(socket);
                until(() -> Files.exists(socket));
            }
            try (Client client = new Client(socket).attach("camera", environment.getOrDefault("EFKA_TOKEN", ""))) {
                assertThat(client.hear().get("type").getAsString()).isEqualTo("attached");
            }
        }
    }

    /** Something that cannot be deleted is where the socket is to be. */
    @Nested
    class NotToBeHadAtTheStart {
        private Path obstacle;

        @BeforeEach
        void startAgain() throws IOException {
            Path socket = Path.of(environment(CAMERA, RUN_1).getOrDefault("EFKA_CHANNEL", ""));
            channels.close();
            obstacle = Files.createDirectories(socket.resolve("in the way"));
        }

        private void clear() throws IOException {
            Files.delete(obstacle);
            // The agent may replace the empty folder first.
            Files.deleteIfExists(obstacle.getParent());
        }

        @Test
        void theSocketIsThereForTheNextLaunch() throws Exception {
            channels = opened();
            assertThat(environment(CAMERA, RUN_1)).containsKeys("EFKA_CHANNEL", "EFKA_TOKEN", "EFKA_CONFIG");
            clear();
            attached();
        }

        @Test
        void theSocketIsThereForAServiceThatWaitsForIt() throws Exception {
            channels = opened(Duration.ofMillis(10));
            Path socket = Path.of(environment(CAMERA, RUN_1).getOrDefault("EFKA_CHANNEL", ""));
            clear();
            until(() -> Files.exists(socket));
            attached();
        }

        @Test
        void tryingAgainLeavesNoDescriptorBehind() throws Exception {
            channels = opened();
            String[] before = fds();
            for (int i = 0; i < 100; i++) environment(CAMERA, RUN_1);
            assertThat(fds().length).isLessThan(before.length + 50);
            clear();
        }

        private static String[] fds() {
            return Optional.ofNullable(Path.of("/proc/self/fd").toFile().list()).orElseThrow();
        }
    }

    @Nested
    class Attaching {
        @Test
        void isAnswered() throws IOException {
            JsonObject answer = connect().attach("camera", token(CAMERA, RUN_1)).hear();
            assertThat(answer.get("type").getAsString()).isEqualTo("attached");
            assertThat(answer.get("config").getAsJsonObject().size()).isZero();
        }

        @Test
        void isPossibleWhileTheFirstStartIsUnderWay() throws IOException {
            services.set(CAMERA, Desired.STOPPED, ServiceStatus.State.STARTING, Optional.of(RUN_1));
            attached();
        }

        @Test
        void aSecondLivingChannelIsRefused() throws IOException {
            attached();
            Client second = connect().attach("camera", token(CAMERA, RUN_1));
            assertThat(code(second)).isEqualTo("channel_exists");
            assertThat(second.isClosedByAgent()).isTrue();
        }

        @Test
        void theChannelIsFreeWhenItsServiceClosed() throws IOException {
            for (int i = 0; i < 200; i++) attached().close();
        }

        @Test
        void aServiceThatIsNotToRunIsRefused() throws IOException {
            services.set(CAMERA, Desired.STOPPED, ServiceStatus.State.STOPPED, Optional.empty());
            assertThat(code(connect().attach("camera", token(CAMERA, RUN_1)))).isEqualTo("service_stopped");
            services.set(CAMERA, Desired.STOPPED, ServiceStatus.State.STOPPING, Optional.of(RUN_1));
            assertThat(code(connect().attach("camera", token(CAMERA, RUN_1)))).isEqualTo("service_stopped");
        }

        @Test
        void wrongTokensAreRefused() throws IOException {
            assertThat(code(connect().attach("camera", "guessed"))).isEqualTo("not_allowed");
            assertThat(code(connect().attach("camera", RUN_1 + ".guessed"))).isEqualTo("not_allowed");
            assertThat(code(connect().attach("camera", token(LAMP, RUN_2)))).isEqualTo("not_allowed");
            assertThat(code(connect().attach("camera", token(LAMP, RUN_1)))).isEqualTo("not_allowed");
            assertThat(code(connect().attach("camera", token(CAMERA, RUN_2)))).isEqualTo("not_allowed");
            assertThat(code(connect().attach("nobody", token(new ServiceId("nobody"), RUN_1))))
                    .isEqualTo("not_allowed");
            assertThat(count("attaches_refused")).isEqualTo(6);
        }

        @Test
        void anOldTokenIsGoodForTheNextAgent() throws IOException {
            String old = token(CAMERA, RUN_1);
            Client before = attached();
            channels.close();
            assertThat(before.isClosedByAgent()).isTrue();
            channels = opened();
            assertThat(connect().attach("camera", old).hear().get("type").getAsString())
                    .isEqualTo("attached");
        }

        @Test
        void theSecretIsTheAgentsAlone() throws IOException {
            assertThat(Files.getPosixFilePermissions(data.resolve("channel.key")))
                    .hasSize(2);
        }

        @Test
        void comesFirst() throws IOException {
            Client client = connect().say("{\"type\":\"ready\"}");
            assertThat(code(client)).isEqualTo("bad_line");
            assertThat(client.isClosedByAgent()).isTrue();
            assertThat(services.told).isEmpty();
        }
    }

    @Nested
    class Speaking {
        private static final String ALIVE = "{\"type\":\"alive\"}\n";

        private final CountDownLatch goesOn = new CountDownLatch(1);

        /** What had been told when the service was judged. */
        private CompletableFuture<List<Event>> fireDueTimers() {
            var toldBefore = new CompletableFuture<List<Event>>();
            afterReading(() -> toldBefore.complete(List.copyOf(services.told)));
            return toldBefore;
        }

        private static Event.TimerFired fired(long number) {
            return new Event.TimerFired(TimerKind.WATCHDOG, number);
        }

        private void afterReading(Runnable then) {
            channels.afterReading(fired(1), event -> then.run());
        }

        private void standStill() {
            var standsStill = new CountDownLatch(1);
            afterReading(() -> {
                standsStill.countDown();
                await(goesOn);
            });
            await(standsStill);
        }

        /** In one write: the kernel counts many small ones as more than they are, and the socket would be full. */
        private static String much(String name) {
            String line = "{\"type\":\"data\",\"name\":\"" + name + "\",\"value\":\"" + "x".repeat(1_000) + "\"}\n";
            return line.repeat(100);
        }

        /** More than one piece waits in the socket, as after a time in which the agent stood still. */
        @Test
        void areReadBeforeTheServiceIsJudged() throws Exception {
            Client client = attached();
            standStill();
            client.say(much("n") + ALIVE);
            var toldBefore = fireDueTimers();
            goesOn.countDown();
            assertThat(toldBefore.get(20, TimeUnit.SECONDS))
                    .containsExactly(new Event.AliveReported(RUN_1, Optional.empty()));
        }

        @Test
        void ofWhoIsNotWelcomeAreReadBeforeTheServiceIsJudged() throws Exception {
            Client client = attached();
            heard.isCrowded = true;
            client.say("{\"type\":\"data\",\"name\":\"a\",\"value\":1}");
            assertThat(heard.next()).isEqualTo("camera a=1");
            client.say(much("n") + ALIVE);
            assertThat(fireDueTimers().get(20, TimeUnit.SECONDS))
                    .containsExactly(new Event.AliveReported(RUN_1, Optional.empty()));
        }

        /** One that is not judged now would never be judged again. */
        @Test
        void ofOneServiceAreABugAndTheOthersAreHeardAndJudgedAllTheSame() throws Exception {
            Client camera = attached();
            Client lamp = attachedLamp();
            standStill();
            // Behind the first piece, so that it is met when the sockets are read for the judgement.
            camera.say(much("n") + "{\"type\":\"data\",\"name\":\"bug\",\"value\":1}");
            lamp.say(ALIVE);
            var toldBefore = fireDueTimers();
            goesOn.countDown();
            assertThat(toldBefore.get(20, TimeUnit.SECONDS))
                    .containsExactly(new Event.AliveReported(RUN_2, Optional.empty()));
            camera.say("{\"type\":\"event\",\"name\":\"still\"}");
            until(() -> heard.said.contains("camera {\"name\":\"still\"}"));
        }

        @Test
        void areJudgedByTheNewestTimerOnlyHoweverManyHaveFired() throws Exception {
            var told = new LinkedBlockingQueue<Event>();
            Consumer<Event> supervisor = told::add;
            standStill();
            for (int i = 1; i <= 1_000; i++) channels.afterReading(fired(i), supervisor);
            channels.afterReading(fired(999), supervisor);
            var last = fireDueTimers();
            goesOn.countDown();
            last.get(20, TimeUnit.SECONDS);
            until(() -> !told.isEmpty());
            assertThat(told).containsExactly(fired(1_000));
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        void nobodyWaitsForAChannelThatIsClosed() {
            channels.close();
            assertThat(fireDueTimers()).isCompletedWithValue(List.of());
        }

        @Test
        void readyAndAliveReachTheSupervisor() throws Exception {
            attached().say("{\"type\":\"ready\"}").say("{\"type\":\"alive\",\"extend_ms\":10}");
            assertThat(services.told.poll(10, TimeUnit.SECONDS)).isEqualTo(new Event.ReadyReported(RUN_1));
            assertThat(services.told.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(new Event.AliveReported(RUN_1, Optional.of(Duration.ofMillis(10))));
        }

        @Test
        void dataAndEventsGoOut() throws Exception {
            attached()
                    .say("{\"type\":\"data\",\"name\":\"temp\",\"value\":21.50,\"retain\":true}")
                    .say("{\"type\":\"event\",\"name\":\"door\",\"open\":true}");
            assertThat(heard.next()).isEqualTo("camera temp=21.50 retained");
            assertThat(heard.next()).isEqualTo("camera {\"name\":\"door\",\"open\":true}");
        }

        @Test
        void badLinesAreAnsweredAndCountedAndTheChannelLivesOn() throws Exception {
            Client client =
                    attached().say("nonsense").say("{\"type\":\"dance\"}").say("");
            assertThat(code(client)).isEqualTo("bad_line");
            assertThat(code(client)).isEqualTo("bad_line");
            client.say("{\"type\":\"data\",\"name\":\"a\",\"value\":1}");
            assertThat(heard.next()).isEqualTo("camera a=1");
            assertThat(count("bad_lines")).isEqualTo(2);
        }

        @Test
        void aGiantLineIsAnsweredAndTheNextOneIsHeard() throws Exception {
            Client client = attached();
            byte[] piece = "x".repeat(1 << 20).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            for (int i = 0; i < 64; i++) client.send(piece);
            client.say("").say("{\"type\":\"data\",\"name\":\"a\",\"value\":1}");
            assertThat(client.hear().get("message").getAsString()).contains("1048576 bytes");
            assertThat(heard.next()).isEqualTo("camera a=1");
        }

        @Test
        void aLineOfOneMebibyteIsHeard() throws Exception {
            String value = "x".repeat((1 << 20) - 60);
            attached().say("{\"type\":\"data\",\"name\":\"a\",\"value\":\"" + value + "\"}");
            assertThat(heard.next()).hasSize(value.length() + "camera a=\"\"".length());
        }

        @Test
        void halfALineIsForgotten() throws Exception {
            try (Client client = attached()) {
                client.send(new byte[] {'{', '"'});
            }
            until(() -> count("attached") == 0);
            attached();
        }

        @Test
        void whoIsNotWelcomeIsNotReadUntilItIsAndNobodyElseWaits() throws Exception {
            Client client = attached();
            Client lamp = attachedLamp();
            heard.isCrowded = true;
            client.say("{\"type\":\"data\",\"name\":\"a\",\"value\":1}");
            assertThat(heard.next()).isEqualTo("camera a=1");
            long read = count("lines");
            client.say("{\"type\":\"data\",\"name\":\"a\",\"value\":2}");
            for (int i = 0; i < 20; i++) {
                lamp.say("{\"type\":\"data\",\"name\":\"a\",\"value\":" + i + "}");
                assertThat(heard.next()).isEqualTo("lamp a=" + i);
            }
            assertThat(count("lines")).isEqualTo(read + 20);

            heard.isCrowded = false;

            assertThat(heard.next()).isEqualTo("camera a=2");
        }

        /** The clock stands still until the test moves it: 5,000 lines a second, and one buffer of 64 KiB beyond them. */
        @Test
        void whoSpeaksTooFastIsReadMoreSlowlyAndLosesNothing() throws Exception {
            var clock = new ManualClock(timers);
            channels.close();
            channels = opened(NEVER, clock);
            Client client = attached();
            Client lamp = attachedLamp();
            int lines = 12_000;
            int rate = 5_000;
            int lineBytes = 48;
            int overdraft = 64 * 1024 / lineBytes + 2;
            var all = new StringBuilder();
            for (int i = 0; i < lines; i++) {
                String line = "{\"type\":\"data\",\"name\":\"a\",\"value\":" + i + "}";
                all.append(line)
                        .append(" ".repeat(lineBytes - 1 - line.length()))
                        .append('\n');
            }
            var sending = CompletableFuture.runAsync(() -> {
                try {
                    client.send(all.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            int next = 0;
            int allowed = rate;
            while (next < lines) {
                // What the rate allows is read whatever the time; the lamp's lines show that the thread has had its
                // turns.
                int least = Math.min(lines, allowed - overdraft);
                while (next < least) assertThat(heard.next()).isEqualTo("camera a=" + next++);
                for (int i = 0; i < 20; i++) {
                    lamp.say("{\"type\":\"data\",\"name\":\"b\",\"value\":" + i + "}");
                    for (String said = heard.next(); !said.equals("lamp b=" + i); said = heard.next()) {
                        assertThat(said).isEqualTo("camera a=" + next++);
                    }
                }
                assertThat(next).isLessThanOrEqualTo(allowed + overdraft);
                clock.advance(Duration.ofSeconds(1));
                allowed += rate;
            }
            sending.get(10, TimeUnit.SECONDS);
        }
    }

    @Nested
    class Asking {
        private CompletableFuture<CallResult> call(String name, Duration timeout) {
            return channels.call(CAMERA, name, new JsonPrimitive(1), timeout);
        }

        @Test
        void answersFindTheirQuestions() throws Exception {
            Client client = attached();
            var first = call("one", Duration.ofSeconds(30));
            var second = call("two", Duration.ofSeconds(30));
            JsonObject one = client.hear();
            JsonObject two = client.hear();
            assertThat(one.get("name").getAsString()).isEqualTo("one");
            client.say("{\"type\":\"result\",\"id\":" + two.get("id") + ",\"error\":\"no\"}");
            client.say("{\"type\":\"result\",\"id\":" + one.get("id") + ",\"value\":{\"a\":1}}");
            assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(new CallResult.Refused("no"));
            assertThat(first.get(10, TimeUnit.SECONDS)).hasToString("Done[value={\"a\":1}]");
        }

        @Test
        void withoutAChannelThereIsNoAnswer() throws Exception {
            assertThat(why(call("x", Duration.ofSeconds(30)))).isEqualTo(ErrorCode.NO_CHANNEL);
        }

        @Test
        void aServiceThatGoesAwayDoesNotAnswer() throws Exception {
            Client client = attached();
            var asked = call("x", Duration.ofSeconds(30));
            client.hear();
            client.close();
            assertThat(why(asked)).isEqualTo(ErrorCode.NO_CHANNEL);
        }

        @Test
        void silenceIsATimeout() throws Exception {
            attached();
            assertThat(why(call("x", Duration.ofMillis(20)))).isEqualTo(ErrorCode.TIMEOUT);
        }

        @Test
        void tooManyQuestionsAreNotAsked() throws Exception {
            attached();
            for (int i = 0; i < PendingCalls.MAX; i++) call("x", Duration.ofSeconds(30));
            assertThat(why(call("x", Duration.ofSeconds(30)))).isEqualTo(ErrorCode.BUSY);
        }

        private static ErrorCode why(CompletableFuture<CallResult> asked) throws Exception {
            return ((CallResult.Unanswered) asked.get(10, TimeUnit.SECONDS)).code();
        }
    }

    @Nested
    class Configuring {
        private CompletableFuture<CallResult> set(String json) {
            return channels.configure(
                    Manifests.manifest("camera"), JsonParser.parseString(json).getAsJsonObject());
        }

        private String file() throws IOException {
            return Files.readString(Path.of(environment(CAMERA, RUN_1).getOrDefault("EFKA_CONFIG", "")))
                    .strip();
        }

        @Test
        void aServiceThatTakesItIsAsked() throws Exception {
            Client client = attached();
            var set = set("{\"a\":1}");
            JsonObject pushed = client.hear();
            assertThat(pushed.get("version").getAsInt()).isEqualTo(1);
            assertThat(pushed.get("config")).hasToString("{\"a\":1}");
            client.say("{\"type\":\"result\",\"id\":" + pushed.get("id") + "}");
            assertThat(set.get(10, TimeUnit.SECONDS))
                    .hasToString("Done[value={\"version\":1,\"config\":{\"a\":1},\"applied\":true}]");
            assertThat(file()).isEqualTo("{\"a\":1}");
        }

        @Test
        void whatItRefusesIsNotKept() throws Exception {
            Client client = attached();
            var set = set("{\"a\":-1}");
            client.say("{\"type\":\"result\",\"id\":" + client.hear().get("id") + ",\"error\":\"a must be positive\"}");
            assertThat(set.get(10, TimeUnit.SECONDS)).isEqualTo(new CallResult.Refused("a must be positive"));
            assertThat(channels.configuration(CAMERA)).isEqualTo(Configuration.NONE);
        }

        @Test
        void onAFullDiskTheServiceIsToldToGoOnAsItDid() throws Exception {
            set("{\"a\":1}").get(10, TimeUnit.SECONDS);
            Client client = attached();
            configs.fail(true);
            var set = set("{\"a\":2}");
            client.say("{\"type\":\"result\",\"id\":" + client.hear().get("id") + "}");
            var answer = (CallResult.Unanswered) set.get(10, TimeUnit.SECONDS);
            assertThat(answer.code()).isEqualTo(ErrorCode.DISK_FULL);
            JsonObject back = client.hear();
            assertThat(back.get("version").getAsInt()).isEqualTo(1);
            assertThat(back.get("config")).hasToString("{\"a\":1}");
            assertThat(file()).isEqualTo("{\"a\":1}");
        }

        @Test
        void aServiceThatGoesAwayHasNotTakenIt() throws Exception {
            Client client = attached();
            var set = set("{\"a\":1}");
            client.hear();
            client.close();
            assertThat(set.get(10, TimeUnit.SECONDS)).isInstanceOf(CallResult.Unanswered.class);
            assertThat(channels.configuration(CAMERA)).isEqualTo(Configuration.NONE);
        }

        @Test
        void whoAttachesLaterGetsTheNewest() throws Exception {
            set("{\"a\":1}").get(10, TimeUnit.SECONDS);
            set("{\"a\":2}").get(10, TimeUnit.SECONDS);
            JsonObject greeting =
                    connect().attach("camera", token(CAMERA, RUN_1)).hear();
            assertThat(greeting.get("version").getAsInt()).isEqualTo(2);
            assertThat(greeting.get("config")).hasToString("{\"a\":2}");
        }

        @Test
        void changesAreMadeOneAfterTheOther() throws Exception {
            Client client = attached();
            var first = set("{\"a\":1}");
            var second = set("{\"a\":2}");
            for (int version = 1; version <= 2; version++) {
                JsonObject pushed = client.hear();
                assertThat(pushed.get("version").getAsInt()).isEqualTo(version);
                client.say("{\"type\":\"result\",\"id\":" + pushed.get("id") + "}");
            }
            first.get(10, TimeUnit.SECONDS);
            second.get(10, TimeUnit.SECONDS);
            assertThat(channels.configuration(CAMERA)).isEqualTo(new Configuration(2, "{\"a\":2}"));
        }

        @Test
        void theSameAgainChangesNothing() throws Exception {
            set("{\"a\":1.0}").get(10, TimeUnit.SECONDS);
            set("{\"a\":1.0}").get(10, TimeUnit.SECONDS);
            assertThat(channels.configuration(CAMERA).version()).isEqualTo(1);
        }

        @Test
        void theFileIsTheServicesAlone() throws Exception {
            assertThat(file()).isEqualTo("{}");
            Path file = Path.of(environment(CAMERA, RUN_1).getOrDefault("EFKA_CONFIG", ""));
            assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
            channels.removed(CAMERA);
            assertThat(file).doesNotExist();
        }
    }

    @Nested
    class Ending {
        @Test
        void aRunThatIsToEndIsTold() throws IOException {
            Client client = attached();
            channels.stopping(CAMERA, RUN_1, Duration.ofSeconds(10));
            assertThat(client.hear()).hasToString("{\"type\":\"stop\",\"grace_ms\":10000}");
        }

        @Test
        void theChannelOfARunThatIsOverIsClosed() throws IOException {
            Client client = attached();
            channels.changed(services.set(CAMERA, Desired.RUNNING, ServiceStatus.State.STARTING, Optional.of(RUN_2)));
            assertThat(client.isClosedByAgent()).isTrue();
            assertThat(connect()
                            .attach("camera", token(CAMERA, RUN_2))
                            .hear()
                            .get("type")
                            .getAsString())
                    .isEqualTo("attached");
        }

        @Test
        void whoDoesNotReadIsCutOffAndTheOthersDoNotNotice() throws Exception {
            Client lamp = attachedLamp();
            attached();
            var big = new JsonPrimitive("x".repeat(100_000));
            for (int i = 0; i < 40; i++) channels.call(CAMERA, "x", big, Duration.ofSeconds(30));
            assertThat(heard.next()).isEqualTo("camera channel_cut_off not_reading");
            assertThat(count("ended_not_reading")).isEqualTo(1);
            lamp.say("{\"type\":\"data\",\"name\":\"a\",\"value\":1}");
            assertThat(heard.next()).isEqualTo("lamp a=1");
        }
    }

    @Nested
    class WhenTheAgentEnds {
        private Path folder() {
            return Path.of(environment(CAMERA, RUN_1).getOrDefault("EFKA_CHANNEL", ""))
                    .resolveSibling("");
        }

        @Test
        void theFolderStaysForServicesThatLiveOn() {
            Path folder = folder();
            channels.close();
            assertThat(folder.resolve("config/camera.json")).exists();
            assertThat(folder.resolve("channel.sock")).doesNotExist();
            channels = opened();
        }

        @Test
        void nothingIsLeftWhereNobodyIs() {
            Path folder = folder();
            services.set(CAMERA, Desired.RUNNING, ServiceStatus.State.BACKOFF, Optional.empty());
            services.set(LAMP, Desired.STOPPED, ServiceStatus.State.FAILED, Optional.empty());
            channels.close();
            assertThat(folder).doesNotExist();
        }
    }

    @Nested
    class UnderAttack {
        @Test
        void strangersDoNotKeepServicesOut() throws IOException {
            for (int i = 0; i < 300; i++) connect();
            attached();
            until(() -> count("ended_not_attached") >= 300 - ChannelThread.MAX_UNATTACHED);
        }

        @Test
        void attachesByTheThousandDoNotSilenceTheOthers() throws Exception {
            Client lamp = attachedLamp();
            for (int i = 0; i < 5_000; i++) {
                try (Client flood =
                        new Client(Path.of(environment(CAMERA, RUN_1).getOrDefault("EFKA_CHANNEL", "")))) {
                    flood.attach("camera", "guessed");
                }
                if (i % 100 != 0) continue;
                lamp.say("{\"type\":\"data\",\"name\":\"a\",\"value\":" + i + "}");
                assertThat(heard.next()).isEqualTo("lamp a=" + i);
            }
        }

        @Test
        void noiseIsSurvived() throws Exception {
            var random = new Random(42);
            for (int i = 0; i < 200; i++) {
                try (Client client = random.nextBoolean() && count("attached") == 0 ? attached() : connect()) {
                    byte[] noise = new byte[random.nextInt(20_000)];
                    random.nextBytes(noise);
                    client.socket.configureBlocking(false);
                    client.socket.write(ByteBuffer.wrap(noise));
                } catch (IOException closedByAgent) {
                    // just as well
                }
            }
            until(() -> count("attached") == 0);
            attached();
        }
    }
}
