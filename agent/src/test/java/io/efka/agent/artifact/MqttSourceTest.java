package io.efka.agent.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.artifact.mqtt.MqttSource;
import io.efka.agent.runtime.SystemTimers;
import io.efka.fixtures.Await;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.Holding;
import io.efka.protocol.artifact.Wish;
import io.efka.threads.AgentThread;
import io.efka.transfer.ArtifactSender;
import io.efka.transfer.ArtifactServer;
import io.efka.transfer.SenderId;
import io.efka.transfer.ServedArtifact;
import io.efka.transfer.TinyBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetches over a broker within the test, from a real server and into a real file. */
final class MqttSourceTest {
    private static final GroupId CAMERAS = new GroupId("cameras");
    private static final URI ANY = ArtifactRef.source("mqtt:");
    private static final int CHUNKS = 200;

    private final TinyBroker broker = new TinyBroker();
    private final SystemTimers timers = new SystemTimers(ForkJoinPool.commonPool());
    private final List<ArtifactServer> servers = new ArrayList<>();
    private final AtomicInteger progress = new AtomicInteger();
    private final byte[] content = new byte[CHUNKS * 65_536 - 777];
    private ArtifactTopics topics;
    private Path file;
    private ArtifactSender.Loader served =
            chunk -> ServedArtifact.read(file, "efka", CAMERAS, Optional.empty(), Long.MAX_VALUE, chunk);

    @TempDir
    private Path folder;

    @BeforeEach
    void create() throws IOException {
        new Random(1).nextBytes(content);
        file = Files.write(folder.resolve("camera.tar.gz"), content);
        topics = new ArtifactTopics("efka", CAMERAS, Sha256.of(content));
    }

    @AfterEach
    void close() {
        servers.forEach(ArtifactServer::close);
        broker.close();
        timers.close();
    }

    private MqttSource source(String device) {
        return source(device, 0);
    }

    /** @param rate bytes per second; 0: no limit */
    private MqttSource source(String device, long rate) {
        return new MqttSource(
                suffix -> broker.link(),
                "efka",
                new DeviceId(device),
                List.of(GroupId.ALL, CAMERAS),
                new RateLimit(rate, timers),
                timers,
                new Random(2));
    }

    private PartialArtifact part(String name) throws IOException {
        return new PartialArtifact(
                folder.resolve(name), topics.artifact(), content.length, bytes -> progress.set((int) bytes));
    }

    private ArtifactServer serve(long rate) {
        MqttLink link = broker.link();
        var server = new ArtifactServer(
                new SenderId("ana", false), "efka", new OneArtifact(), link, rate, System::nanoTime, new Random(3));
        servers.add(server);
        var subscriptions = List.of(
                new MqttLink.Subscription(topics.want(), false), new MqttLink.Subscription(topics.answer(), false));
        var thread = new Thread(() -> {
            try {
                server.run(subscriptions, new Offering(server));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private final class OneArtifact implements ArtifactServer.Library {
        @Override
        public Optional<ArtifactSender.Loader> find(ArtifactTopics wanted) {
            return wanted.equals(topics) ? Optional.of(served) : Optional.empty();
        }

        @Override
        public void failed(ArtifactTopics of, IOException problem) throws IOException {
            throw problem;
        }

        @Override
        public void released(ArtifactTopics of) {}
    }

    private final class Offering implements ArtifactServer.Watcher {
        private final ArtifactServer server;

        Offering(ArtifactServer server) {
            this.server = server;
        }

        @Override
        public void connected() throws IOException {
            server.offer(topics);
        }

        @Override
        public void holds(Holding holding) {}

        @Override
        public void wishes(Wish wish) {}

        @Override
        public void refused(Map<String, String> filters) {}

        @Override
        public boolean isOver(long now) {
            return false;
        }
    }

    private CompletableFuture<Void> fetching(PartialArtifact part, Cancellation cancellation) {
        return CompletableFuture.runAsync(() -> {
            try {
                source("dev1").fetch(ANY, part, cancellation);
            } catch (IOException | SourceRefusedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private List<Message> publishedOn(String topic) {
        return broker.published().stream()
                .filter(message -> message.topic().equals(topic))
                .toList();
    }

    private long chunksSent() {
        return broker.published().stream().filter(MqttSourceTest::isChunk).count();
    }

    /**
     * The numbers of the chunks that were sent.
     *
     * @param from how many were sent before; a chunk may be sent twice, since a device on a busy machine asks for it again
     *     before it has arrived
     */
    private Set<Integer> chunksSentAfter(long from) {
        return broker.published().stream()
                .filter(MqttSourceTest::isChunk)
                .skip(from)
                .map(message -> Integer.valueOf(
                        message.topic().substring(message.topic().lastIndexOf('/') + 1)))
                .collect(Collectors.toSet());
    }

    private static boolean isChunk(Message message) {
        return message.topic().contains("/chunk/");
    }

    @Test
    void bringsTheWholeArtifactAndLeavesNoConnection() throws Exception {
        serve(0);
        try (PartialArtifact part = part("part")) {
            source("dev1").fetch(ANY, part, new Cancellation());

            assertThat(part.isComplete()).isTrue();
            assertThat(part.found()).isEqualTo(topics.artifact());
        }
        assertThat(progress).hasValue(content.length);
        // On a busy machine a chunk is asked for again now and then before it has arrived.
        assertThat(chunksSent()).isBetween((long) CHUNKS, CHUNKS * 13L / 10);
        assertThat(broker.clients()).as("only the server's").isEqualTo(1);
        List<Message> reports = publishedOn(topics.have(new DeviceId("dev1")));
        assertThat(Holding.parse(reports.get(reports.size() - 1).payload()))
                .isEqualTo(new Holding(new DeviceId("dev1"), CHUNKS, CHUNKS, Holding.State.COMPLETE));
    }

    @Test
    void afterARestartItAsksOnlyForWhatIsMissing() throws Exception {
        serve(20 << 20);
        var cancellation = new Cancellation();
        try (PartialArtifact part = part("part")) {
            CompletableFuture<Void> fetch = fetching(part, cancellation);
            Await.until("some chunks", () -> progress.get() > 30 * 65_536);
            cancellation.cancel();
            assertThatThrownBy(fetch::join).hasCauseInstanceOf(CancellationException.class);
        }
        int had = progress.get() / 65_536;
        List<Message> reports = publishedOn(topics.have(new DeviceId("dev1")));
        assertThat(Holding.parse(reports.get(reports.size() - 1).payload()).state())
                .isEqualTo(Holding.State.STOPPED);
        Await.until("the server has nothing to send", () -> servers.get(0).isIdle());
        long before = chunksSent();

        try (PartialArtifact part = part("part")) {
            source("dev1").fetch(ANY, part, new Cancellation());
            assertThat(part.found()).isEqualTo(topics.artifact());
        }

        assertThat(chunksSentAfter(before)).hasSizeLessThanOrEqualTo(CHUNKS - had);
    }

    @Test
    void aChunkThatIsDamagedOnTheDiskIsFetchedAgain() throws Exception {
        serve(0);
        try (PartialArtifact part = part("part")) {
            source("dev1").fetch(ANY, part, new Cancellation());
        }
        try (var channel = FileChannel.open(folder.resolve("part"), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1_000]), 70 * 65_536);
        }
        long before = chunksSent();

        try (PartialArtifact part = part("part")) {
            part.recount();
            source("dev1").fetch(ANY, part, new Cancellation());
            assertThat(part.found()).isEqualTo(topics.artifact());
        }

        assertThat(chunksSentAfter(before)).containsExactly(70);
    }

    @Test
    void whatAnotherSourceHasBroughtIsUsed() throws Exception {
        serve(0);
        try (PartialArtifact part = part("part")) {
            part.append(content, 150 * 65_536 + 5_000);
            source("dev1").fetch(ANY, part, new Cancellation());

            assertThat(part.found()).isEqualTo(topics.artifact());
        }
        assertThat(chunksSentAfter(0)).hasSize(CHUNKS - 150).allMatch(chunk -> chunk >= 150);
    }

    @Test
    void aWrongChunkOfSomebodyElseIsNotWritten() throws Exception {
        serve(8 << 20);
        try (PartialArtifact part = part("part")) {
            CompletableFuture<Void> fetch = fetching(part, new Cancellation());
            for (int i = 0; !fetch.isDone(); i++) {
                broker.publish(
                        new Message(topics.chunk(i % CHUNKS), new byte[65_536], 1, false, Message.Properties.NONE));
                broker.publish(new Message(topics.chunk(i), new byte[7], 1, false, Message.Properties.NONE));
                broker.publish(new Message(topics.want(), new byte[7], 1, false, Message.Properties.NONE));
                Await.within(Duration.ofMillis(20), fetch::isDone);
            }
            fetch.join();
            assertThat(part.found()).isEqualTo(topics.artifact());
        }
    }

    @Test
    void whatHasAnotherHashThanItShouldIsNotReportedAsComplete() throws Exception {
        var other = new byte[content.length];
        Path forged = Files.write(folder.resolve("forged"), other);
        ServedArtifact read =
                ServedArtifact.read(forged, "efka", CAMERAS, Optional.empty(), Long.MAX_VALUE, OptionalInt.empty());
        served = chunk -> new ServedArtifact(forged, topics, read.info(), read.hashes());
        serve(0);
        try (PartialArtifact part = part("part")) {
            source("dev1").fetch(ANY, part, new Cancellation());
            assertThat(part.found()).isNotEqualTo(topics.artifact());
        }
        List<Message> reports = publishedOn(topics.have(new DeviceId("dev1")));
        assertThat(Holding.parse(reports.get(reports.size() - 1).payload()).state())
                .isEqualTo(Holding.State.STOPPED);
    }

    @Test
    void isNoFasterThanItMayBe() throws Exception {
        serve(0);
        var cancellation = new Cancellation();
        try (PartialArtifact part = part("part")) {
            long begun = System.nanoTime();
            CompletableFuture<Void> fetch = CompletableFuture.runAsync(() -> {
                try {
                    source("dev1", 1 << 20).fetch(ANY, part, cancellation);
                } catch (IOException | SourceRefusedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Await.until("2 MiB", () -> progress.get() > 2 << 20);
            // A quarter of a second's bytes may come at once.
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_500));
            cancellation.cancel();
            assertThatThrownBy(fetch::join).hasCauseInstanceOf(CancellationException.class);
        }
    }

    @Test
    void aDeviceThatMayNotAskSaysSo() throws Exception {
        broker.refuse(message -> message.topic().endsWith("/want"));
        try (PartialArtifact part = part("part")) {
            assertThatThrownBy(() -> source("dev1").fetch(ANY, part, new Cancellation()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the broker refuses what this device asks for")
                    .hasMessageContaining("not authorized");
        }
    }

    @Test
    void whileALargeArtifactIsReadTheAgentSeesThatItMoves() throws Exception {
        var steps = new CompletableFuture<Integer>();
        var thread = new AgentThread("reader", () -> {
            try {
                int before = ((AgentThread) Thread.currentThread()).steps();
                ServedArtifact.read(file, "efka", CAMERAS, Optional.empty(), Long.MAX_VALUE, OptionalInt.empty());
                steps.complete(((AgentThread) Thread.currentThread()).steps() - before);
            } catch (IOException e) {
                steps.completeExceptionally(e);
            }
        });
        thread.start();
        thread.join();
        assertThat(steps.join()).isGreaterThanOrEqualTo(CHUNKS);
    }

    @Test
    void whileAnEarlierTransferIsVerifiedTheAgentSeesThatItMoves() throws Exception {
        serve(0);
        try (PartialArtifact part = part("part")) {
            source("dev1").fetch(ANY, part, new Cancellation());
        }
        long before = chunksSent();
        var steps = new CompletableFuture<Integer>();
        var thread = new AgentThread("verifier", () -> {
            try (PartialArtifact part = part("part")) {
                part.recount();
                int already = ((AgentThread) Thread.currentThread()).steps();
                source("dev1").fetch(ANY, part, new Cancellation());
                steps.complete(((AgentThread) Thread.currentThread()).steps() - already);
            } catch (IOException | SourceRefusedException e) {
                steps.completeExceptionally(e);
            }
        });
        thread.start();
        thread.join();
        assertThat(chunksSent()).isEqualTo(before);
        // Once for each chunk that is read, and once more when its bytes are added to the hash of the whole.
        assertThat(steps.join()).isGreaterThanOrEqualTo(2 * CHUNKS);
    }

    @Test
    void aGroupThatIsNotTheDevicesIsRefused() throws Exception {
        try (PartialArtifact part = part("part")) {
            assertThatThrownBy(() -> source("dev1").fetch(URI.create("mqtt:berlin"), part, new Cancellation()))
                    .isInstanceOf(SourceRefusedException.class)
                    .hasMessage("mqtt:berlin must name a group of this device, which are [all, cameras]; or be mqtt:"
                            + " alone");
        }
    }

    @Test
    void isCancelledAtOnceWhileNobodyAnswers() throws Exception {
        var cancellation = new Cancellation();
        try (PartialArtifact part = part("part")) {
            CompletableFuture<Void> fetch = fetching(part, cancellation);
            Await.until("connected", () -> broker.clients() == 1);
            cancellation.cancel();

            assertThatThrownBy(fetch::join).hasCauseInstanceOf(CancellationException.class);
        }
        assertThat(broker.clients()).isZero();
    }
}
