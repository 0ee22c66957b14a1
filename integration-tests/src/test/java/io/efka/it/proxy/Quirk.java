package io.efka.it.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** One way in which a broker can misbehave; counts how often it did. Thread-safe. */
public abstract class Quirk {
    private final AtomicLong fired = new AtomicLong();

    /** How often it has done something. */
    public final long fired() {
        return fired.get();
    }

    final void fire() {
        fired.incrementAndGet();
    }

    /** Switched on at that proxy. */
    void begin(BrokerProxy proxy) {}

    /** Switched off again. */
    void end(BrokerProxy proxy) {}

    /**
     * Sees a packet before it goes on.
     *
     * @return what goes on in its place; empty: nothing
     */
    Optional<Packet> see(Direction direction, Packet packet, ProxyConnection connection) throws IOException {
        return Optional.of(packet);
    }

    /** What is done to a packet that matched. */
    @FunctionalInterface
    public interface Action {
        /** @return what goes on in its place; empty: nothing */
        Optional<Packet> apply(Packet packet, ProxyConnection connection) throws IOException;
    }

    /** Does something to packets that match: to all of them, unless it is limited. */
    public static final class OnPacket extends Quirk {
        private final Match match;
        private final Action action;
        private final long skip;
        private final long limit;
        private final Optional<Duration> time;
        private long matched;
        private long deadline;

        OnPacket(Match match, Action action) {
            this(match, action, 0, Long.MAX_VALUE, Optional.empty());
        }

        private OnPacket(Match match, Action action, long skip, long limit, Optional<Duration> time) {
            this.match = match;
            this.action = action;
            this.skip = skip;
            this.limit = limit;
            this.time = time;
        }

        /** The same for the next so many only. */
        public OnPacket times(long count) {
            return new OnPacket(match, action, skip, count, time);
        }

        /** The same, not before so many have passed. */
        public OnPacket after(long count) {
            return new OnPacket(match, action, count, limit, time);
        }

        /** The same for so long only, counted from the first match. */
        public OnPacket lasting(Duration duration) {
            return new OnPacket(match, action, skip, limit, Optional.of(duration));
        }

        @Override
        Optional<Packet> see(Direction direction, Packet packet, ProxyConnection connection) throws IOException {
            boolean isHit = match.covers(direction, connection.subject(direction, packet)) && isDue();
            return isHit ? action.apply(packet, connection) : Optional.of(packet);
        }

        private synchronized boolean isDue() {
            long now = System.nanoTime();
            if (matched == 0) deadline = now + time.map(Duration::toNanos).orElse(0L);
            matched++;
            if (matched <= skip || fired() >= limit || (time.isPresent() && now - deadline >= 0)) return false;
            fire();
            return true;
        }
    }

    /** Resets all connections, again and again. */
    static final class PeriodicCut extends Quirk {
        private final Duration period;

        PeriodicCut(Duration period) {
            this.period = period;
        }

        @Override
        void begin(BrokerProxy proxy) {
            proxy.every(period, this, () -> {
                for (long cut = proxy.reset(); cut > 0; cut--) fire();
            });
        }

        @Override
        void end(BrokerProxy proxy) {
            proxy.stopTask(this);
        }
    }

    /** Nobody listens: whoever connects is refused by the kernel. Fires when it is switched on. */
    static final class NobodyListens extends Quirk {
        @Override
        void begin(BrokerProxy proxy) {
            fire();
            proxy.stopListening();
            proxy.reset();
        }

        @Override
        void end(BrokerProxy proxy) {
            proxy.listen();
        }
    }
}
