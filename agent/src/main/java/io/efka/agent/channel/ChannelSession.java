package io.efka.agent.channel;

import io.efka.agent.channel.ChannelRegistry.AttachedChannel;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.runtime.TokenBucket;
import io.efka.agent.supervision.Event;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Handles the lines of one connection. Confined to the channel's thread. */
final class ChannelSession implements LineSplitter.Taker, ServiceLine.Hearer {
    /** As long as the longest service id, a token and some blanks. */
    static final int MAX_ATTACH = 4 * 1024;

    static final int MAX_LINE = 1 << 20;

    /** More than a sensor needs, less than would keep the thread from the other services. */
    private static final int LINES_PER_SECOND = 5_000;

    /** Until it is asked again whether what a service says is taken away, when it comes faster than that. */
    private static final long THROTTLE_CHECK_NANOS = 10_000_000;

    private final ChannelConnection connection;
    private final ChannelRegistry registry;
    private final LineCodec codec = new LineCodec();
    private final LineSplitter lines = new LineSplitter(MAX_ATTACH, this);
    private final TokenBucket rateLimit;
    private final long since;
    private Optional<AttachedChannel> attached = Optional.empty();
    private boolean throttled;

    ChannelSession(ChannelConnection connection, ChannelRegistry registry, long now) {
        this.connection = connection;
        this.registry = registry;
        this.rateLimit = new TokenBucket(LINES_PER_SECOND, 1, now);
        this.since = now;
    }

    ChannelConnection connection() {
        return connection;
    }

    boolean isAttached() {
        return attached.isPresent();
    }

    /** When it was begun. */
    long since() {
        return since;
    }

    /** Hears what has come, once; false if nothing had. */
    boolean listen(ByteBuffer buffer) {
        buffer.clear();
        if (!connection.read(buffer)) return false;
        lines.take(buffer.flip());
        return true;
    }

    /** How long it is better not read before this is asked again, in nanoseconds; 0: it may be read. */
    long pause(long now) {
        throttled &= attached.isPresent()
                && !registry.publications().canAccept(attached.get().service());
        return Math.max(rateLimit.delay(now), throttled ? THROTTLE_CHECK_NANOS : 0);
    }

    @Override
    public boolean line(byte[] line) {
        registry.stats().line();
        rateLimit.take(1);
        try {
            ServiceLine said = codec.decode(line);
            boolean isInOrder = attached.isPresent() != said instanceof ServiceLine.Attach;
            if (!isInOrder) throw new BadLineException("attach must be the first line, and only that");
            said.to(this);
        } catch (BadLineException bad) {
            reportBadLine(bad.reason());
        }
        return !connection.isOver();
    }

    @Override
    public boolean tooLong(int max) {
        rateLimit.take(1);
        reportBadLine("a line must have " + max + " bytes at most" + (isAttached() ? "" : " before attach"));
        return !connection.isOver();
    }

    private void reportBadLine(String reason) {
        registry.stats().badLine(attached.map(a -> "service=" + a.service()).orElse("somebody"), reason);
        AgentLine error = AgentLine.error("bad_line", reason);
        if (attached.isPresent()) connection.send(error);
        else connection.refuse(error);
    }

    @Override
    public void attach(ServiceLine.Attach line) {
        attached = registry.attach(line, connection);
        if (attached.isPresent()) lines.allow(MAX_LINE);
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
            throttled |= !registry.publications().data(a.service(), line.name(), line.value(), line.retain());
        });
    }

    @Override
    public void report(ServiceLine.Report line) {
        attached.ifPresent(a -> registry.publications().report(a.service(), line.content()));
    }

    @Override
    public void result(ServiceLine.Result line) {
        attached.ifPresent(a -> {
            CallResult answer = line.error()
                    .map(why -> (CallResult) new CallResult.Refused(why))
                    .orElseGet(() -> new CallResult.Done(line.value()));
            // One that comes after its time is no mistake of the service's.
            a.pendingCalls().complete(line.id(), answer);
        });
    }
}
