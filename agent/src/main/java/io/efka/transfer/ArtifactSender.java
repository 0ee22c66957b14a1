package io.efka.transfer;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.artifact.Answer;
import io.efka.protocol.artifact.PieceHashes;
import io.efka.protocol.artifact.Wish;
import io.efka.threads.FatalErrors;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends one artifact in one group to whoever asks for it. It sends what was asked for and nothing else, since a broker's
 * acknowledgement does not mean that a device has got a message. Confined to the thread of its owner, who calls {@link
 * #pump} after everything that happens. Times are monotonic nanoseconds.
 */
public final class ArtifactSender {
    /** With chunks of 64 KiB more than the link lets into the network at once, so the wire never waits for the disk. */
    private static final int MAX_IN_FLIGHT = 8;

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Between two times that a device that helps out cuts the file anew, for which it reads all of it. */
    private static final Duration RECUT = Duration.ofSeconds(10);

    private final SenderId self;
    private final Loader loader;
    private final MqttLink link;
    private final Pace pace;
    private final Runnable wake;
    private final ServingTurn turn;
    private final Queue<Result> results = new ConcurrentLinkedQueue<>();

    private Optional<Loaded> loaded = Optional.empty();
    private int inFlight;
    private long retryAt;
    private long usedAt;
    private long chunkBytes;
    private long cutAt;

    /** Reads the artifact when it is needed: a device that stands by need not. Blocks for the disk. */
    public interface Loader {
        /** @param chunk the size of the chunks that are asked for, if the broker takes it; empty: any */
        ServedArtifact load(OptionalInt chunk) throws IOException;
    }

    private record Loaded(ServedArtifact artifact, ServingPlan plan) {}

    private record Result(Sending sending, Optional<LinkException> failure) {}

    /**
     * Sends nothing yet.
     *
     * @param pace shared by all senders of a link
     * @param wake called on any thread when {@link #pump} has more to do; must not block
     */
    public ArtifactSender(
            SenderId self, Loader loader, MqttLink link, Pace pace, Runnable wake, RandomGenerator chance, long now) {
        this.self = self;
        this.loader = loader;
        this.link = link;
        this.pace = pace;
        this.wake = wake;
        this.turn = new ServingTurn(self.isPeer(), chance, now);
        this.retryAt = now;
        this.usedAt = now;
    }

    /** A device asks for something. */
    public void wished(Wish wish, long now) throws IOException {
        usedAt = now;
        if (turn.answers(wish, now)) answer(wish, now);
    }

    /** A wish that counts in chunks of another size is left to others: what this sender has would be of no use. */
    private void answer(Wish wish, long now) throws IOException {
        OptionalInt asked = self.isPeer() ? wish.chunk() : OptionalInt.empty();
        boolean isCutOtherwise = loaded.isPresent() && !isCutIn(asked) && isIdle() && now - cutAt > RECUT.toNanos();
        if (loaded.isEmpty() || isCutOtherwise) load(asked, now);
        if (isCutIn(wish.chunk())) plan(now).wished(wish, now);
    }

    private boolean isCutIn(OptionalInt chunk) {
        return chunk.isEmpty() || loaded.orElseThrow().artifact.info().chunk() == chunk.getAsInt();
    }

    /** Publishes the info, whether anybody asks for it or not. */
    public void offer(long now) throws IOException {
        plan(now).offer(now);
    }

    /** Somebody answers, perhaps this sender. */
    public void answered(Answer answer, long now) {
        if (!self.yieldsTo(answer)) return;
        turn.answered(now);
        loaded.ifPresent(one -> one.plan.withdraw(answer.chunks()));
    }

    private ServingPlan plan(long now) throws IOException {
        if (loaded.isEmpty()) load(OptionalInt.empty(), now);
        return loaded.orElseThrow().plan;
    }

    private void load(OptionalInt chunk, long now) throws IOException {
        ServedArtifact artifact = loader.load(chunk);
        var plan = new ServingPlan(artifact.info(), hashesPerMessage(link.maxPacket()));
        loaded = Optional.of(new Loaded(artifact, plan));
        cutAt = now;
    }

    private static int hashesPerMessage(long maxPacket) {
        long fitting = (maxPacket - ServedArtifact.HEAD) / PieceHashes.BYTES;
        return (int) Math.max(1, Math.min(PieceHashes.PER_MESSAGE, fitting));
    }

    /**
     * Sends what may be sent now.
     *
     * @return nanoseconds until there may be more to do, if nothing happens before
     * @throws IOException if the file cannot be read or has changed, or the broker refuses what is published: sending
     *     again does not help
     */
    public long pump(long now) throws IOException {
        settle(now);
        List<Wish> unanswered = turn.takeOver(now);
        for (Wish wish : unanswered) answer(wish, now);
        if (loaded.isEmpty()) return turn.untilTakeOver(now);
        ServingPlan plan = loaded.get().plan;
        while (!plan.isIdle() && inFlight < MAX_IN_FLIGHT && link.isUp()) {
            long wait = Math.max(pace.delay(now), retryAt - now);
            if (wait > 0) return Math.min(wait, turn.untilTakeOver(now));
            Optional<Sending> next = plan.next(now);
            if (next.isPresent()) send(loaded.get().artifact, next.get(), now);
        }
        return turn.untilTakeOver(now);
    }

    private void send(ServedArtifact artifact, Sending sending, long now) throws IOException {
        Message message = sending.of(artifact, self);
        pace.sent(message.payload().length, now);
        if (sending instanceof Sending.Chunk) chunkBytes += message.payload().length;
        usedAt = now;
        inFlight++;
        link.publish(message, MqttLink.Lane.BULK)
                .whenComplete(FatalErrors.top((none, problem) -> finished(sending, problem)));
    }

    private void finished(Sending sending, @Nullable Throwable problem) {
        results.add(new Result(sending, Optional.ofNullable(problem).map(ArtifactSender::failure)));
        wake.run();
    }

    private static LinkException failure(Throwable problem) {
        return problem instanceof LinkException failure ? failure : new LinkException("lost", problem);
    }

    private void settle(long now) throws IOException {
        for (Result result = results.poll(); result != null; result = results.poll()) {
            inFlight--;
            ServingPlan plan = plan(now);
            if (result.failure.isEmpty()) {
                plan.acknowledged(result.sending, now);
            } else if (result.failure.get().isRefused()) {
                throw new IOException(result.failure.get().getMessage(), result.failure.get());
            } else {
                plan.failed(result.sending);
                retryAt = now + RETRY.toNanos();
            }
        }
    }

    /** Whether everything that was asked for is sent and acknowledged. */
    public boolean isIdle() {
        return inFlight == 0 && (loaded.isEmpty() || loaded.get().plan.isIdle());
    }

    /** When somebody asked last, or something was sent. */
    public long usedAt() {
        return usedAt;
    }

    /** Bytes of chunks that were handed to the broker, also those that were sent twice. */
    public long sentBytes() {
        return chunkBytes;
    }
}
