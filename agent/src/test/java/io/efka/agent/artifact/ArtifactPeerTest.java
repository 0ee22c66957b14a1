package io.efka.agent.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.artifact.mqtt.ArtifactPeer;
import io.efka.agent.runtime.SystemTimers;
import io.efka.fixtures.Await;
import io.efka.mqtt.Message;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.Answer;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.ChunkNumbers;
import io.efka.protocol.artifact.Wish;
import io.efka.transfer.TinyBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that helps out, at a broker within the test. */
final class ArtifactPeerTest {
    private static final DeviceId DEV1 = new DeviceId("dev1");

    private final TinyBroker broker = new TinyBroker();
    private final SystemTimers timers = new SystemTimers(ForkJoinPool.commonPool());
    private final byte[] content = new byte[3 * 65_536];
    private ArtifactCache cache;
    private ArtifactTopics topics;
    private ArtifactPeer peer;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(content);
        topics = new ArtifactTopics("efka", GroupId.ALL, Sha256.of(content));
        cache = new ArtifactCache(folder, 1 << 20, timers);
        PartialArtifact part = cache.open(topics.artifact(), content.length, bytes -> {});
        part.append(content, content.length);
        cache.keep(part).close();
        peer = new ArtifactPeer(
                broker::link, cache, "efka", new DeviceId("helper"), List.of(GroupId.ALL), timers, new Random(2));
        peer.start();
        Await.until("it listens", () -> broker.clients() == 1);
    }

    @AfterEach
    void close() {
        peer.close();
        broker.close();
        timers.close();
    }

    private void wants(ArtifactTopics of, Wish wish) {
        broker.publish(new Message(of.want(), wish.json(), 1, false, Message.Properties.JSON));
    }

    private static Wish chunk(int number) {
        return Wish.of(DEV1, new ChunkNumbers(List.of(number)));
    }

    private List<Message> on(String topic) {
        return broker.published().stream()
                .filter(message -> message.topic().equals(topic))
                .toList();
    }

    @Test
    void sendsWhatNobodyElseSends() {
        wants(topics, chunk(2));

        Await.until("the chunk", () -> !on(topics.chunk(2)).isEmpty());
        assertThat(on(topics.chunk(2)).get(0).payload()).hasSize(65_536);
        Answer answer = Answer.parse(on(topics.answer()).get(0).payload());
        assertThat(answer).isEqualTo(new Answer("helper", true, new ChunkNumbers(List.of(2))));

        // From now on at once: it is the one that answers.
        long before = System.nanoTime();
        wants(topics, chunk(1));
        Await.until("the chunk", () -> !on(topics.chunk(1)).isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void leavesItToAPublisherThatAnswers() {
        wants(topics, chunk(2));
        byte[] answer = new Answer("push-1", false, new ChunkNumbers(List.of(2))).json();
        broker.publish(new Message(topics.answer(), answer, 1, false, Message.Properties.JSON));

        assertThat(Await.within(
                        Duration.ofSeconds(6), () -> !on(topics.chunk(2)).isEmpty()))
                .isFalse();
    }

    @Test
    void saysNothingOfWhatItHasNot() {
        wants(new ArtifactTopics("efka", GroupId.ALL, Sha256.of(new byte[1])), chunk(0));
        wants(topics, Wish.ofInfo(DEV1));

        Await.until("the info of what it has", () -> !on(topics.info()).isEmpty());
        assertThat(broker.published())
                .filteredOn(message -> message.topic().endsWith("/info"))
                .hasSize(1);
    }

    @Test
    void sendsNothingThatHasChangedOnTheDisk() throws IOException {
        Files.write(folder.resolve(topics.artifact().hex()), new byte[content.length]);
        wants(topics, chunk(0));

        assertThat(Await.within(Duration.ofSeconds(6), () -> broker.published().size() > 1))
                .isFalse();
    }
}
