package io.efka.fleet.artifact;

import io.efka.fleet.terminal.ProgressDisplay;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.Holding;
import io.efka.protocol.artifact.Wish;
import io.efka.transfer.ArtifactServer;
import io.efka.transfer.SenderId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Sends a file to the devices of a group that ask for it, beside something else that goes on. {@link #run} does it until {@link #close}. */
public final class ArtifactOffer implements ArtifactServer.Watcher, AutoCloseable {
    private final SingleFile file;
    private final MqttLink link;
    private final ProgressDisplay display;
    private final ArtifactServer server;
    private final TransferProgress progress = new TransferProgress();
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
        this.link = link;
        this.display = display;
        this.file = new SingleFile(file, prefix, group, link);
        this.server = new ArtifactServer(sender, prefix, this.file, link, rate, clock, chance);
    }

    public Sha256 sha256() {
        return file.topics().artifact();
    }

    /** In bytes. */
    public long size() {
        return file.size();
    }

    /**
     * Sends until {@link #close}, or until it cannot. On the calling thread.
     *
     * @param failed told why it cannot; the cause is a {@link io.efka.mqtt.LinkException} if the broker refuses it
     */
    public void run(Consumer<IOException> failed) throws InterruptedException {
        try {
            server.run(file.subscriptions(), this);
        } catch (IOException e) {
            failed.accept(e);
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
        server.offer(file.topics());
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
    public boolean isOver(long now) {
        if (progress.seen() > 0) display.show(progress.percent(), progress.line(server.sentBytes()), now);
        return isClosed;
    }
}
