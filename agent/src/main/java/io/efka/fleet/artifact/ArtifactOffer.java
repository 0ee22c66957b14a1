package io.efka.fleet.artifact;

import io.efka.fleet.terminal.ProgressDisplay;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.Holding;
import io.efka.protocol.artifact.Wish;
import io.efka.transfer.ArtifactSender;
import io.efka.transfer.ArtifactServer;
import io.efka.transfer.SenderId;
import io.efka.transfer.ServedArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Sends a file to the devices of a group that ask for it, beside something else that goes on. {@link #run} does it until {@link #close}. */
public final class ArtifactOffer implements ArtifactServer.Library, ArtifactServer.Watcher, AutoCloseable {
    private final Path file;
    private final String prefix;
    private final GroupId group;
    private final MqttLink link;
    private final ProgressDisplay display;
    private final ArtifactTopics topics;
    private final long size;
    private final ArtifactServer server;
    private final TransferProgress progress = new TransferProgress();
    private volatile Optional<String> problem = Optional.empty();
    private volatile boolean isClosed;

    /** @param rate bytes per second; 0: no limit */
    public ArtifactOffer(
            Path file,
            String prefix,
            GroupId group,
            long rate,
            SenderId sender,
            MqttLink link,
            ProgressDisplay display,
            LongSupplier clock,
            RandomGenerator chance)
            throws IOException {
        this.file = file;
        this.prefix = prefix;
        this.group = group;
        this.link = link;
        this.display = display;
        this.size = Files.size(file);
        this.topics = new ArtifactTopics(prefix, group, FileHash.of(file));
        this.server = new ArtifactServer(sender, prefix, this, link, rate, clock, chance);
    }

    public Sha256 sha256() {
        return topics.artifact();
    }

    /** In bytes. */
    public long size() {
        return size;
    }

    /** Why it has ended by itself; empty as long as it has not. From any thread. */
    public Optional<String> problem() {
        return problem;
    }

    /** Sends until {@link #close}, or until it cannot. On the calling thread. */
    public void run() throws InterruptedException {
        var subscriptions = List.of(
                new Subscription(topics.want(), false),
                new Subscription(topics.answer(), false),
                new Subscription(topics.haveFilter(), false));
        try {
            server.run(subscriptions, this);
        } catch (IOException e) {
            problem = Optional.of(String.valueOf(e.getMessage()));
        } finally {
            link.close();
        }
    }

    /** Ends {@link #run} soon. From any thread. */
    @Override
    public void close() {
        isClosed = true;
        server.close();
    }

    @Override
    public void connected() throws IOException {
        server.offer(topics);
    }

    @Override
    public void holds(Holding holding) {
        progress.holds(holding);
    }

    @Override
    public void wishes(Wish wish) {
        progress.wants(wish.device());
    }

    @Override
    public void refused(Map<String, String> filters) throws IOException {
        for (Map.Entry<String, String> one : filters.entrySet()) {
            String words = "the broker refuses the subscription to " + one.getKey() + ": " + one.getValue();
            throw new IOException(words, LinkException.refused(words));
        }
    }

    @Override
    public boolean isOver(long now) {
        if (progress.seen() > 0) display.show(progress.percent(), progress.line(server.sentBytes()), now);
        return isClosed;
    }

    @Override
    public Optional<ArtifactSender.Loader> find(ArtifactTopics wanted) {
        if (!wanted.equals(topics)) return Optional.empty();
        return Optional.of(chunk ->
                ServedArtifact.read(file, prefix, group, Optional.of(topics.artifact()), link.maxPacket(), chunk));
    }

    @Override
    public void failed(ArtifactTopics of, IOException failure) throws IOException {
        throw failure;
    }

    @Override
    public void released(ArtifactTopics of) {}
}
