package io.efka.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.Holding;
import io.efka.protocol.artifact.Wish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of many artifacts, at a broker within the test. */
final class ArtifactServerTest {
    private static final GroupId ALL = GroupId.ALL;
    private static final int ARTIFACTS = 10;

    private final TinyBroker broker = new TinyBroker();
    private final AtomicLong passed = new AtomicLong();
    private final Map<ArtifactTopics, Path> files = new LinkedHashMap<>();
    private final List<ArtifactTopics> released = new CopyOnWriteArrayList<>();
    private ArtifactServer server;
    private Thread thread;
    private volatile boolean isConnected;

    @TempDir
    private Path folder;

    @BeforeEach
    void serve() throws IOException {
        for (int i = 0; i < ARTIFACTS; i++) {
            byte[] content = ("artifact " + i).getBytes(StandardCharsets.UTF_8);
            files.put(
                    new ArtifactTopics("efka", ALL, Sha256.of(content)), Files.write(folder.resolve("a" + i), content));
        }
        server = new ArtifactServer(
                new SenderId("ana", false),
                "efka",
                new ManyArtifacts(),
                broker.link(),
                0,
                () -> System.nanoTime() + passed.get(),
                new Random(1));
        thread = new Thread(() -> {
            try {
                server.run(
                        List.of(new Subscription(ArtifactTopics.anyArtifact("efka", ALL, "want"), false)),
                        new Nobody());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        // What is asked for before it has subscribed is heard by nobody.
        Await.until("connected", Duration.ofSeconds(10), () -> isConnected);
    }

    @AfterEach
    void close() throws InterruptedException {
        server.close();
        thread.join();
        broker.close();
    }

    private void ask(ArtifactTopics topics) {
        byte[] wish = Wish.ofInfo(new DeviceId("dev1")).json();
        broker.publish(new Message(topics.want(), wish, 1, false, Message.Properties.JSON));
    }

    private boolean isOffered(ArtifactTopics topics) {
        return broker.published().stream().anyMatch(message -> message.topic().equals(topics.info()));
    }

    @Test
    void moreArtifactsThanAreSentAtOnceAreSentOneAfterTheOther() {
        var all = new ArrayList<>(files.keySet());
        for (int i = 0; i < ARTIFACTS; i++) {
            ArtifactTopics topics = all.get(i);
            passed.addAndGet(Duration.ofSeconds(2).toNanos());
            ask(topics);
            Await.until("artifact " + i, Duration.ofSeconds(10), () -> isOffered(topics));
        }
        assertThat(released).containsExactly(all.get(0), all.get(1));
    }

    private final class ManyArtifacts implements ArtifactServer.Library {
        @Override
        public Optional<ArtifactSender.Loader> find(ArtifactTopics topics) {
            return Optional.ofNullable(files.get(topics))
                    .map(file ->
                            chunk -> ServedArtifact.read(file, "efka", ALL, Optional.empty(), Long.MAX_VALUE, chunk));
        }

        @Override
        public void failed(ArtifactTopics topics, IOException problem) throws IOException {
            throw problem;
        }

        @Override
        public void released(ArtifactTopics topics) {
            released.add(topics);
        }
    }

    private final class Nobody implements ArtifactServer.Watcher {
        @Override
        public void connected() {
            isConnected = true;
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
}
