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
import io.efka.threads.ExitCode;
import io.efka.transfer.ArtifactSender;
import io.efka.transfer.ArtifactServer;
import io.efka.transfer.SenderId;
import io.efka.transfer.ServedArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Sends the files of a folder to devices that ask for them, until it is told to end. New and changed files are found
 * within half a minute. {@link #run} does it on the calling thread.
 */
public final class ArtifactFolder implements ArtifactServer.Library, ArtifactServer.Watcher {
    private static final Duration SCAN = Duration.ofSeconds(30);

    private final Path folder;
    private final String prefix;
    private final List<GroupId> groups;
    private final MqttLink link;
    private final ProgressDisplay display;
    private final ArtifactServer server;

    private final Map<Path, KnownFile> known = new HashMap<>();
    private long scanAt;
    private volatile boolean isClosed;

    private record KnownFile(long size, FileTime changed, Sha256 hash) {
        boolean isStill(Path file) throws IOException {
            return Files.size(file) == size && Files.getLastModifiedTime(file).equals(changed);
        }
    }

    /**
     * Sends nothing yet.
     *
     * @param groups in which devices are heard
     * @param rate bytes per second; 0: no limit
     */
    public ArtifactFolder(
            Path folder,
            String prefix,
            List<GroupId> groups,
            SenderId sender,
            long rate,
            MqttLink link,
            ProgressDisplay display,
            LongSupplier clock,
            RandomGenerator chance) {
        this.folder = folder;
        this.prefix = prefix;
        this.groups = List.copyOf(groups);
        this.link = link;
        this.display = display;
        this.server = new ArtifactServer(sender, prefix, this, link, rate, clock, chance);
        this.scanAt = clock.getAsLong();
    }

    /** Sends until {@link #close}. */
    public ExitCode run() throws InterruptedException {
        var subscriptions = new ArrayList<Subscription>();
        for (GroupId group : groups) {
            subscriptions.add(new Subscription(ArtifactTopics.anyArtifact(prefix, group, "want"), false));
            subscriptions.add(new Subscription(ArtifactTopics.anyArtifact(prefix, group, "answer"), false));
        }
        try {
            server.run(subscriptions, this);
            return ExitCode.OK;
        } catch (IOException e) {
            display.say(String.valueOf(e.getMessage()));
            return e.getCause() instanceof LinkException ? ExitCode.NOT_ALLOWED : ExitCode.NO_INPUT;
        } finally {
            link.close();
        }
    }

    /** Ends {@link #run} soon. From any thread. */
    public void close() {
        isClosed = true;
        server.close();
    }

    @Override
    public void connected() {
        display.say("serving " + known.size() + " files of " + folder + " in " + groups);
    }

    @Override
    public void holds(Holding holding) {}

    @Override
    public void wishes(Wish wish) {}

    @Override
    public boolean isOver(long now) throws IOException {
        if (now - scanAt >= 0) {
            scan();
            scanAt = now + SCAN.toNanos();
        }
        return false;
    }

    private void scan() throws IOException {
        var found = new ArrayList<Path>();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .forEach(found::add);
        }
        known.keySet().retainAll(found);
        for (Path file : found) {
            if (isClosed) return;
            try {
                KnownFile before = known.get(file);
                if (before == null || !before.isStill(file)) known.put(file, read(file));
            } catch (IOException e) {
                known.remove(file);
                display.say(file + " cannot be read: " + e.getMessage());
            }
        }
    }

    private static KnownFile read(Path file) throws IOException {
        FileTime changed = Files.getLastModifiedTime(file);
        return new KnownFile(Files.size(file), changed, FileHash.of(file));
    }

    @Override
    public Optional<ArtifactSender.Loader> find(ArtifactTopics wanted) {
        return known.entrySet().stream()
                .filter(one -> one.getValue().hash().equals(wanted.artifact()))
                .findFirst()
                .map(one -> chunk -> {
                    display.say("sending " + one.getKey().getFileName() + " in group " + wanted.group());
                    return ServedArtifact.read(
                            one.getKey(),
                            prefix,
                            wanted.group(),
                            Optional.of(wanted.artifact()),
                            link.maxPacket(),
                            chunk);
                });
    }

    @Override
    public void failed(ArtifactTopics of, IOException problem) throws IOException {
        if (problem.getCause() instanceof LinkException) throw problem;
        display.say(problem.getMessage() + "; it is read again");
        known.values().removeIf(file -> file.hash().equals(of.artifact()));
    }

    @Override
    public void released(ArtifactTopics of) {}
}
