package io.efka.agent.output;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** A link that records what is published, and acknowledges it when the test says so. */
final class RecordingLink implements MqttLink {
    private final List<Message> published = new ArrayList<>();
    private final List<CompletableFuture<Void>> unanswered = new ArrayList<>();
    private volatile boolean up = true;
    private boolean acknowledging = true;
    private boolean keeping = true;
    private Consumer<Message> observer = message -> {};
    private Function<Message, Optional<LinkException>> refusal = message -> Optional.empty();
    private long maxPacket = Long.MAX_VALUE;

    /** From now on every message is acknowledged at once, or none until {@link #acknowledge(int)}. */
    synchronized void acknowledgeAtOnce(boolean atOnce) {
        acknowledging = atOnce;
    }

    /** For floods: from now on the observer sees every message, but none is recorded. */
    synchronized void keepNothing() {
        keeping = false;
    }

    /** Passes every message to {@code each} as well. */
    synchronized void observe(Consumer<Message> each) {
        observer = each;
    }

    /** Refuses messages for the given reason, where there is one. */
    synchronized void refuse(Function<Message, Optional<LinkException>> reason) {
        refusal = reason;
    }

    /** The largest packet that the broker has announced; larger ones are refused. */
    synchronized void limit(long bytes) {
        maxPacket = bytes;
        refuse(message -> message.packetBytes() > bytes
                ? Optional.of(LinkException.tooLarge("the broker takes " + bytes + " bytes"))
                : Optional.empty());
    }

    @Override
    public synchronized long maxPacket() {
        return maxPacket;
    }

    /** Acknowledges one of the unanswered messages. */
    void acknowledge(int index) {
        CompletableFuture<Void> answer;
        synchronized (this) {
            answer = unanswered.remove(index);
        }
        answer.complete(null);
    }

    void fail(int index) {
        CompletableFuture<Void> answer;
        synchronized (this) {
            answer = unanswered.remove(index);
        }
        answer.completeExceptionally(new LinkException("refused"));
    }

    synchronized int unanswered() {
        return unanswered.size();
    }

    /** Loses the connection: everything unanswered fails. */
    void lose() {
        up = false;
        List<CompletableFuture<Void>> owed;
        synchronized (this) {
            owed = List.copyOf(unanswered);
            unanswered.clear();
        }
        owed.forEach(answer -> answer.completeExceptionally(new LinkException("connection lost")));
    }

    void restore() {
        up = true;
    }

    synchronized List<Message> published() {
        return List.copyOf(published);
    }

    @Override
    public CompletableFuture<Void> publish(Message message, Lane lane) {
        if (!up) return CompletableFuture.failedFuture(new LinkException("down"));
        synchronized (this) {
            Optional<LinkException> refused = refusal.apply(message);
            if (refused.isPresent()) return CompletableFuture.failedFuture(refused.get());
            observer.accept(message);
            if (keeping) published.add(message);
            if (acknowledging) return CompletableFuture.completedFuture(null);
            var answer = new CompletableFuture<Void>();
            unanswered.add(answer);
            return answer;
        }
    }

    synchronized void discard() {
        published.clear();
    }

    @Override
    public void holdOff(Duration pause) {}

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public void open(Supplier<Message> will, List<Subscription> subscriptions, Listener listener) {
        throw new UnsupportedOperationException("the tests tell of connections themselves");
    }

    @Override
    public void visit(List<Subscription> subscriptions, Listener listener) {
        throw new UnsupportedOperationException("output is no visitor's");
    }

    @Override
    public void close() {
        up = false;
    }
}
