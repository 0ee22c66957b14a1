package io.efka.fleet.artifact;

import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.transfer.ArtifactSender;
import io.efka.transfer.ArtifactServer;
import io.efka.transfer.ServedArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One file that is sent in one group. What is wrong with it ends the server. */
final class SingleFile implements ArtifactServer.Library {
    private final Path file;
    private final MqttLink link;
    private final ArtifactTopics topics;
    private final long size;
    private final String prefix;
    private final GroupId group;

    /** @throws IOException if it cannot be read */
    SingleFile(Path file, String prefix, GroupId group, MqttLink link) throws IOException {
        this.file = file;
        this.link = link;
        this.prefix = prefix;
        this.group = group;
        this.size = Files.size(file);
        this.topics = new ArtifactTopics(prefix, group, FileHash.of(file));
    }

    ArtifactTopics topics() {
        return topics;
    }

    /** In bytes, when it was read first. */
    long size() {
        return size;
    }

    /** What a server of it listens to. */
    List<Subscription> subscriptions() {
        return List.of(
                new Subscription(topics.want(), false),
                new Subscription(topics.answer(), false),
                new Subscription(topics.haveFilter(), false));
    }

    @Override
    public Optional<ArtifactSender.Loader> find(ArtifactTopics wanted) {
        if (!wanted.equals(topics)) return Optional.empty();
        return Optional.of(chunk ->
                ServedArtifact.read(file, prefix, group, Optional.of(topics.artifact()), link.maxPacket(), chunk));
    }

    @Override
    public void failed(ArtifactTopics of, IOException problem) throws IOException {
        throw problem;
    }

    @Override
    public void released(ArtifactTopics of) {}
}
