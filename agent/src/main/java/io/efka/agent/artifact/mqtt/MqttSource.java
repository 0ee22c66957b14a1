package io.efka.agent.artifact.mqtt;

import io.efka.agent.artifact.ArtifactSource;
import io.efka.agent.artifact.Cancellation;
import io.efka.agent.artifact.PartialArtifact;
import io.efka.agent.artifact.RateLimit;
import io.efka.agent.artifact.SourceRefusedException;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Topics.GroupId;
import io.efka.threads.Timers;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Artifacts from the broker itself: {@code mqtt:} looks in all groups of the device, {@code mqtt:cameras} in one. Each
 * fetch has a connection of its own. Thread-safe.
 */
public final class MqttSource implements ArtifactSource {
    private static final String ANY_GROUP = "*";
    private static final int SHORT_HASH = 8;

    private final Function<String, MqttLink> links;
    private final String prefix;
    private final DeviceId device;
    private final List<GroupId> groups;
    private final RateLimit rate;
    private final Timers timers;
    private final RandomGenerator chance;

    /**
     * @param links makes a link that is not open yet; the argument belongs at the end of its client id
     * @param prefix first levels of every topic
     * @param groups of the device, {@code all} among them
     * @param rate of all downloads together
     */
    public MqttSource(
            Function<String, MqttLink> links,
            String prefix,
            DeviceId device,
            List<GroupId> groups,
            RateLimit rate,
            Timers timers,
            RandomGenerator chance) {
        this.links = links;
        this.prefix = prefix;
        this.device = device;
        this.groups = List.copyOf(groups);
        this.rate = rate;
        this.timers = timers;
        this.chance = chance;
    }

    @Override
    public boolean serves(URI source) {
        return "mqtt".equalsIgnoreCase(source.getScheme());
    }

    @Override
    public void fetch(URI source, PartialArtifact sink, Cancellation cancellation)
            throws IOException, SourceRefusedException {
        List<GroupId> from = groups(source.getSchemeSpecificPart());
        String suffix = "-" + sink.hash().hex().substring(0, SHORT_HASH);
        try (MqttLink link = links.apply(suffix)) {
            var transfer = new ChunkTransfer(device, sink.size(), chance, timers.nanos());
            var inbox = new TransferInbox(prefix, sink.hash(), from);
            link.visit(inbox.subscriptions(), inbox);
            new BrokerFetch(link, inbox, transfer, new ChunkFile(sink, cancellation), device, rate, timers)
                    .run(cancellation);
        }
    }

    private List<GroupId> groups(String named) throws SourceRefusedException {
        if (named.equals(ANY_GROUP)) return groups;
        List<GroupId> one =
                groups.stream().filter(group -> group.value().equals(named)).toList();
        if (!one.isEmpty()) return one;
        throw new SourceRefusedException(
                ErrorCode.NOT_ALLOWED,
                "mqtt:" + named + " must name a group of this device, which are " + groups + "; or be mqtt: alone");
    }
}
