package io.efka.fleet.doctor;

import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.VisitorLink;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that connects as a device does, with a session and a will. Thread-safe. */
final class DeviceLikeClient implements MqttLink.Listener, AutoCloseable {
    private static final Duration FOR_GOOD = Duration.ofDays(1);

    private final VisitorLink link;
    private final AtomicInteger received = new AtomicInteger();
    private final CompletableFuture<Boolean> settled = new CompletableFuture<>();
    private volatile boolean isPresent;
    private volatile String trouble = "";

    private DeviceLikeClient(VisitorLink link) {
        this.link = link;
    }

    /** Connects in the background. */
    static DeviceLikeClient open(VisitorLink link, Message will, String filter) {
        var client = new DeviceLikeClient(link);
        link.open(() -> will, List.of(new MqttLink.Subscription(filter, false)), client);
        return client;
    }

    /** The same for one that leaves no session behind, and ends one that is there. */
    static DeviceLikeClient visit(VisitorLink link) {
        var client = new DeviceLikeClient(link);
        link.visit(List.of(), client);
        return client;
    }

    /** Completes with the answer to the attempt to connect. */
    CompletableFuture<Boolean> settled() {
        return settled;
    }

    /** Whether the broker had the session when this client connected. */
    boolean isPresent() {
        return isPresent;
    }

    /** Why it could not connect; empty if it could. */
    String trouble() {
        return trouble;
    }

    int received() {
        return received.get();
    }

    VisitorLink link() {
        return link;
    }

    @Override
    public void connected(boolean sessionPresent) {
        isPresent = sessionPresent;
        settled.complete(true);
    }

    @Override
    public void attemptFailed(URI broker, String reason, boolean isRefused) {
        trouble = reason;
        settled.complete(false);
    }

    /** The next client has its id: coming back would throw that one out. */
    @Override
    public void disconnected(MqttLink.Loss loss) {
        link.holdOff(FOR_GOOD);
    }

    @Override
    public void received(MqttLink.Inbound message) {
        received.incrementAndGet();
        message.acknowledge();
    }

    @Override
    public void close() {
        link.close();
    }
}
