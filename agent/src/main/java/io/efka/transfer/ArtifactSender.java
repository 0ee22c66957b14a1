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
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends one artifact to whoever asks for it. It sends what was asked for and nothing else, since a broker's
 * acknowledgement does not mean that a device has got a message. Confined to the thread of its owner, who calls {@link
 * #pump} after everything that happens. Times are monotonic nanoseconds.
 */
public final class ArtifactSender {
    /** With chunks of 64 KiB more than the link lets into the network at once, so the wire never waits for the disk. */
    private static final int MAX_IN_FLIGHT = 8;

    private static final Duration RETRY = Duration.ofSeconds(1);
    /** Room for the topic and the properties of a message. */
    private static final int HEAD = 1024;

    private final ServedArtifact artifact;
    private final MqttLink link;
    private final Pace pace;
    private final Runnable wake;
    private final ServingPlan plan;
    private final ServingTurn turn;
    private final Queue<Result> results = new ConcurrentLinkedQueue<>();

    private int inFlight;
    private long retryAt;
    private long chunkBytes;
    private Optional<String> refusal = Optional.empty();

    private record Result(Sending sending, Optional<LinkException.Kind> failure, String reason) {}

    /**
     * Sends nothing yet.
     *
     * @param wake called on any thread when {@link #pump} has more to do; must not block
     */
    public ArtifactSender(
            ServedArtifact artifact, MqttLink link, Pace pace, Runnable wake, RandomGenerator chance, long now) {
        this.artifact = artifact;
        this.link = link;
        this.pace = pace;
        this.wake = wake;
        this.retryAt = now;
        this.plan = new ServingPlan(artifact.info(), hashesPerMessage(link.maxPacket()));
        this.turn = new ServingTurn(artifact.isPeer(), chance, now);
    }

    private static int hashesPerMessage(long maxPacket) {
        long fitting = (maxPacket - HEAD) / PieceHashes.BYTES;
        return (int) Math.max(1, Math.min(PieceHashes.PER_MESSAGE, fitting));
    }

    /** A device asks for something. */
    public void wished(Wish wish, long now) {
        if (turn.answers(wish, now)) plan.wished(wish, now);
    }

    /** Publishes the info, whether anybody asks for it or not. */
    public void offer() {
        plan.offer();
    }

    /** Somebody answers. A publisher goes before a device, and otherwise who has the lower name. */
    public void answered(Answer answer, long now) {
        boolean goesFirst =
                artifact.isPeer() == answer.isPeer() ? answer.by().compareTo(artifact.by()) < 0 : artifact.isPeer();
        if (!goesFirst) return;
        turn.answered(now);
        plan.withdraw(answer.chunks());
    }

    /**
     * Sends what may be sent now.
     *
     * @return nanoseconds until there may be more to do, if nothing happens before
     * @throws IOException if the file cannot be read, or has changed
     */
    public long pump(long now) throws IOException {
        settle(now);
        turn.takeOver(now).forEach(wish -> plan.wished(wish, now));
        while (inFlight < MAX_IN_FLIGHT && link.isUp() && refusal.isEmpty()) {
            long wait = Math.max(pace.delay(now), retryAt - now);
            if (wait > 0 && !plan.isIdle()) return Math.min(wait, turn.untilTakeOver(now));
            Optional<Sending> next = plan.next(now);
            if (next.isEmpty()) break;
            send(next.get(), now);
        }
        return turn.untilTakeOver(now);
    }

    private void send(Sending sending, long now) throws IOException {
        Message message = sending.of(artifact);
        pace.sent(message.payload().length, now);
        if (sending instanceof Sending.Chunk) chunkBytes += message.payload().length;
        inFlight++;
        link.publish(message, MqttLink.Lane.BULK)
                .whenComplete(FatalErrors.top((none, problem) -> finished(sending, problem)));
    }

    private void finished(Sending sending, @Nullable Throwable problem) {
        Optional<LinkException.Kind> failure = Optional.ofNullable(problem).map(LinkException::kindOf);
        results.add(new Result(sending, failure, problem == null ? "" : String.valueOf(problem.getMessage())));
        wake.run();
    }

    private void settle(long now) {
        for (Result result = results.poll(); result != null; result = results.poll()) {
            inFlight--;
            if (result.failure.isEmpty()) {
                plan.acknowledged(result.sending, now);
                continue;
            }
            switch (result.failure.get()) {
                case LOST, BUSY -> {
                    plan.failed(result.sending);
                    retryAt = now + RETRY.toNanos();
                }
                case TOO_LARGE, REFUSED, POISON -> refusal = Optional.of(result.reason);
            }
        }
    }

    /** Whether everything that was asked for is sent and acknowledged. */
    public boolean isIdle() {
        return plan.isIdle() && inFlight == 0;
    }

    /** Bytes of chunks that were handed to the broker, also those that were sent twice. */
    public long sentBytes() {
        return chunkBytes;
    }

    /** Why the broker takes nothing of this artifact: sending again does not help. */
    public Optional<String> refusal() {
        return refusal;
    }
}
