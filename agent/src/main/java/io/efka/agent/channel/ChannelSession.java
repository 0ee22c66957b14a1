package io.efka.agent.channel;

import io.efka.agent.channel.ChannelRegistry.AttachedChannel;
import io.efka.agent.channel.LineCodec.BadLineException;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.runtime.TokenBucket;
import io.efka.agent.supervision.Event;
import io.efka.protocol.CommandException;
import io.efka.threads.FatalErrors;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Handles the lines of one connection. Confined to the channel's thread. */
final class ChannelSession implements LineSplitter.Listener, ServiceLine.Handler {
    /** Bytes of the first line: enough for the longest service id and a token. */
    private static final int MAX_ATTACH = 4 * 1024;

    /** Bytes of any other line. */
    private static final int MAX_LINE = 1 << 20;

    /** More than a sensor needs, but not so many that the thread neglects other services. */
    private static final int LINES_PER_SECOND = 5_000;

    /** How often a session asks whether more values of its service can be accepted. */
    private static final long THROTTLE_CHECK_NANOS = 10_000_000;

    /** Lines that a {@code hold} counts as: each is a write to the disk, so ten a second are enough. */
    private static final int HOLD_COST = LINES_PER_SECOND / 10;

    private final ChannelConnection connection;
    private final ChannelRegistry registry;
    private final LineSplitter lines = new LineSplitter(MAX_ATTACH, this);
    private final TokenBucket rateLimit;
    private final long openedAt;
    private Optional<AttachedChannel> attached = Optional.empty();
    private boolean throttled;

    /** @param now monotonic nanoseconds */
    ChannelSession(ChannelConnection connection, ChannelRegistry registry, long now) {
        this.connection = connection;
        this.registry = registry;
        this.rateLimit = new TokenBucket(LINES_PER_SECOND, 1, now);
        this.openedAt = now;
    }

    ChannelConnection connection() {
        return connection;
    }

    boolean isAttached() {
        return attached.isPresent();
    }

    /** Monotonic nanoseconds. */
    long openedAt() {
        return openedAt;
    }

    /** Reads and handles what has arrived, one buffer at most; returns false if there was nothing. */
    boolean read(ByteBuffer buffer) {
        buffer.clear();
        if (!connection.read(buffer)) return false;
        lines.feed(buffer.flip());
        return true;
    }

    /** Nanoseconds for which the session should not be read, and then ask again; 0: it can be read now. */
    long pause(long now) {
        throttled &= attached.isPresent()
                && !registry.messages().canAccept(attached.get().service());
        return Math.max(rateLimit.delay(now), throttled ? THROTTLE_CHECK_NANOS : 0);
    }

    @Override
    public boolean line(byte[] line) {
        registry.stats().line();
        rateLimit.take(1);
        try {
            ServiceLine decoded = LineCodec.decode(line);
            boolean isInOrder = attached.isPresent() != decoded instanceof ServiceLine.Attach;
            if (!isInOrder) throw new BadLineException("attach must be the first line, and no other");
            decoded.dispatch(this);
        } catch (BadLineException bad) {
            reportBadLine(bad.reason());
        }
        return !connection.hasEnded();
    }

    @Override
    public boolean tooLong(int max) {
        rateLimit.take(1);
        reportBadLine("a line must have at most " + max + " bytes" + (isAttached() ? "" : " before attach"));
        return !connection.hasEnded();
    }

    private void reportBadLine(String reason) {
        registry.stats().badLine(attached.map(a -> "service=" + a.service()).orElse("an unknown service"), reason);
        AgentLine error = AgentLine.error("bad_line", reason);
        if (attached.isPresent()) connection.send(error);
        else connection.refuse(error);
    }

    @Override
    public void attach(ServiceLine.Attach line) {
        attached = registry.attach(line, connection);
        if (attached.isPresent()) lines.setMax(MAX_LINE);
    }

    @Override
    public void ready() {
        attached.ifPresent(a -> registry.tell(a, new Event.ReadyReported(a.run())));
    }

    @Override
    public void alive(ServiceLine.Alive line) {
        attached.ifPresent(a -> registry.tell(a, new Event.AliveReported(a.run(), line.extend())));
    }

    @Override
    public void data(ServiceLine.Data line) {
        attached.ifPresent(a -> {
            throttled |= !registry.messages().data(a.service(), line.name(), line.value(), line.retain());
        });
    }

    @Override
    public void report(ServiceLine.Report line) {
        attached.ifPresent(a -> registry.messages().report(a.service(), line.content()));
    }

    @Override
    public void hold(ServiceLine.Hold line) {
        rateLimit.take(HOLD_COST);
        attached.ifPresent(a -> registry.holds()
                .hold(a.service(), a.run(), line.reason(), line.until())
                .whenComplete(FatalErrors.top((until, problem) -> connection.send(answer(until, problem)))));
    }

    private static AgentLine answer(@Nullable Instant until, @Nullable Throwable problem) {
        if (until != null) return AgentLine.held(until);
        // It comes as it is, or wrapped by the stages in between.
        Throwable cause = problem instanceof CompletionException wrapped ? wrapped.getCause() : problem;
        if (cause instanceof CommandException refusal)
            return AgentLine.error(refusal.code().word(), refusal.reason());
        throw new IllegalStateException("a hold was neither taken nor refused", problem);
    }

    @Override
    public void releaseHold() {
        rateLimit.take(HOLD_COST);
        attached.ifPresent(a -> registry.holds().release(a.service()));
    }

    @Override
    public void result(ServiceLine.Result line) {
        attached.ifPresent(a -> {
            CallResult answer = line.error()
                    .map(message -> (CallResult) new CallResult.Refused(message))
                    .orElseGet(() -> new CallResult.Done(line.value()));
            // An answer after the timeout is ignored: it is not an error of the service.
            a.pendingCalls().complete(line.id(), answer);
        });
    }
}
