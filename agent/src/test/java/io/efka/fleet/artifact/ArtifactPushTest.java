package io.efka.fleet.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.fleet.terminal.ProgressDisplay;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.ArtifactInfo;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.ChunkNumbers;
import io.efka.protocol.artifact.Holding;
import io.efka.protocol.artifact.Wish;
import io.efka.threads.ExitCode;
import io.efka.transfer.SenderId;
import io.efka.transfer.TinyBroker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of a push, and what goes to the broker. */
final class ArtifactPushTest {
    private static final GroupId CAMERAS = new GroupId("cameras");
    private static final int CHUNKS = 5;

    private final TinyBroker broker = new TinyBroker();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final byte[] content = new byte[CHUNKS * 65_536 - 100];
    private ArtifactTopics topics;
    private Path file;

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
        broker.close();
    }

    private ArtifactPush push(Optional<Integer> devices, Duration patience, MqttLink link) throws IOException {
        var plan = new ArtifactPush.Plan(
                file, "efka", CAMERAS, 0, devices, patience, Duration.ofMillis(200), new SenderId("push-1", false));
        var display = new ProgressDisplay(new PrintWriter(err, true), false);
        return new ArtifactPush(plan, link, new PrintWriter(out, true), display, System::nanoTime, new Random(2));
    }

    private static CompletableFuture<ExitCode> running(ArtifactPush push) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return push.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void tell(String topic, byte[] json) {
        broker.publish(new Message(topic, json, 1, false, Message.Properties.JSON));
    }

    private void wants(String device, int first, int last) {
        var chunks = new ChunkNumbers(IntStream.rangeClosed(first, last).boxed().toList());
        tell(topics.want(), Wish.of(new DeviceId(device), chunks).json());
    }

    private void has(String device, int chunks, Holding.State state) {
        var id = new DeviceId(device);
        tell(topics.have(id), new Holding(id, chunks, CHUNKS, state).json());
    }

    private List<Message> published(String topic) {
        return broker.published().stream()
                .filter(message -> message.topic().equals(topic))
                .toList();
    }

    private void awaitOffer() {
        Await.until("the info", () -> !published(topics.info()).isEmpty());
    }

    @Test
    void sendsWhatIsAskedForOnceAndEndsWhenAllHaveIt() throws Exception {
        CompletableFuture<ExitCode> result = running(push(Optional.empty(), Duration.ofMinutes(1), broker.link()));
        awaitOffer();
        wants("cam1", 0, 3);
        wants("cam2", 0, 3);
        wants("cam2", 4, 4);
        Await.until("the last chunk", () -> !published(topics.chunk(4)).isEmpty());
        has("cam1", CHUNKS, Holding.State.COMPLETE);
        has("cam2", CHUNKS, Holding.State.COMPLETE);

        assertThat(result).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(ExitCode.OK);
        assertThat(IntStream.range(0, CHUNKS))
                .allMatch(number -> published(topics.chunk(number)).size() == 1);
        assertThat(out)
                .hasToString("{\"url\":[\"mqtt:\"],\"sha256\":\"" + topics.artifact() + "\",\"size\":" + content.length
                        + "}\n");
        assertThat(err.toString())
                .contains("efka: cam1 has it (1 of 2)\n", "efka: cam2 has it (2 of 2)\n")
                .contains("done: 100 %, 2 of 2 have it, 0.3 MiB sent (1.00 times the file)");
        assertThat(broker.clients()).isZero();
    }

    @Test
    void leavesAnInfoThatExpires() throws Exception {
        ArtifactPush push = push(Optional.empty(), Duration.ofMinutes(1), broker.link());
        CompletableFuture<ExitCode> result = running(push);
        awaitOffer();
        push.interrupt();

        assertThat(result).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(ExitCode.INTERRUPTED);
        Message info = published(topics.info()).get(0);
        assertThat(info.retain()).isTrue();
        assertThat(info.properties().expirySeconds()).hasValue(7 * 24 * 3600);
        assertThat(ArtifactInfo.parse(info.payload()).name()).isEqualTo("camera.tar.gz");
        assertThat(err.toString()).contains("The same command goes on");
    }

    @Test
    void saysThatNobodyAsked() throws Exception {
        CompletableFuture<ExitCode> result = running(push(Optional.empty(), Duration.ofMillis(300), broker.link()));

        assertThat(result).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(ExitCode.NOTHING_MATCHED);
        assertThat(err.toString()).contains("no device of group cameras has asked for it");
    }

    @Test
    void waitsForAsManyDevicesAsItWasToldOf() throws Exception {
        CompletableFuture<ExitCode> result = running(push(Optional.of(2), Duration.ofMinutes(1), broker.link()));
        awaitOffer();
        has("cam1", CHUNKS, Holding.State.COMPLETE);
        Await.until("cam1 is seen", () -> err.toString().contains("cam1 has it"));
        assertThat(Await.within(Duration.ofMillis(500), result::isDone)).isFalse();
        has("cam2", CHUNKS, Holding.State.COMPLETE);

        assertThat(result).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(ExitCode.OK);
    }

    @Test
    void endsWhereTheFileChanges() throws Exception {
        CompletableFuture<ExitCode> result = running(push(Optional.empty(), Duration.ofMinutes(1), broker.link()));
        awaitOffer();
        Files.write(file, new byte[content.length]);
        wants("cam1", 0, 0);

        assertThat(result).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(ExitCode.NO_INPUT);
        assertThat(err.toString()).contains(file + " has changed while it was sent");
        assertThat(published(topics.chunk(0))).isEmpty();
    }

    @Test
    void offersItAgainAfterALostConnection() throws Exception {
        TinyBroker.Link link = broker.link();
        ArtifactPush push = push(Optional.empty(), Duration.ofMinutes(1), link);
        CompletableFuture<ExitCode> result = running(push);
        awaitOffer();
        Await.until("it was long ago", () -> {
            link.reconnect();
            return published(topics.info()).size() > 1;
        });
        push.interrupt();
        assertThat(result).succeedsWithin(Duration.ofSeconds(10));
        assertThat(out.toString().lines()).hasSize(1);
    }

    @Test
    void sendsTheFilesOfAFolder() throws Exception {
        var display = new ProgressDisplay(new PrintWriter(err, true), false);
        var serving = new ArtifactFolder(
                folder,
                "efka",
                List.of(GroupId.ALL, CAMERAS),
                new SenderId("push-2", false),
                0,
                broker.link(),
                display,
                System::nanoTime,
                new Random(3));
        CompletableFuture<ExitCode> result = CompletableFuture.supplyAsync(() -> {
            try {
                return serving.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Await.until("serving", () -> err.toString().contains("serving 1 files"));
        tell(topics.want(), Wish.ofInfo(new DeviceId("cam1")).json());
        wants("cam1", 2, 2);
        Await.until("the chunk", () -> !published(topics.chunk(2)).isEmpty());
        awaitOffer();
        serving.close();

        assertThat(result).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(ExitCode.OK);
        assertThat(err.toString()).contains("sending camera.tar.gz in group cameras");
    }

    @Test
    void aTerminalSeesOneLineThatChanges() {
        var terminal = new ProgressDisplay(new PrintWriter(err, true), true);
        var progress = new TransferProgress();
        terminal.show(progress.percent(), progress.line(0), 0);
        progress.holds(new Holding(new DeviceId("cam1"), 5, 5, Holding.State.COMPLETE));
        progress.holds(new Holding(new DeviceId("cam2"), 1, 5, Holding.State.RECEIVING));
        terminal.show(progress.percent(), progress.line(400_000), 1);

        assertThat(err.toString())
                .isEqualTo(line("[....................] waiting for devices that want it")
                        + line("[############........] 60 %, 1 of 2 have it, 0.4 MiB sent, slowest cam2 20 %"));
    }

    /** In the place of what is there, and cut where the terminal ends. */
    private static String line(String text) {
        return "\r\u001b[K\u001b[?7l" + text + "\u001b[?7h";
    }
}
