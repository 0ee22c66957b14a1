package io.efka.agent.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.protocol.ServiceId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * One bounded queue a service and one for the device: what is in one lane runs one after the other, in the order in which
 * places were reserved; lanes never wait for each other. No thread of their own: work runs on the given executor.
 * Thread-safe; never blocks.
 */
public final class KeyedSerialExecutor {
    private final Executor pool;
    private final Executor folders;
    private final int size;
    private final long maxBytes;

    @GuardedBy("this") private final Map<Key, Lane> lanes = new HashMap<>();

    @GuardedBy("this") private long bytes;

    /**
     * @param pool runs the work; disk writes among it, so give it some threads; must not run it at once on
     *     the caller's
     * @param size places of one lane, the one at work not counted
     * @param maxBytes of the payloads that wait in all lanes together
     */
    public KeyedSerialExecutor(Executor pool, int size, long maxBytes) {
        this(pool, pool, size, maxBytes);
    }

    /**
     * @param pool as above
     * @param folders runs the work that reads folders, where it may wait some seconds for a dead mount
     */
    public KeyedSerialExecutor(Executor pool, Executor folders, int size, long maxBytes) {
        this.pool = pool;
        this.folders = folders;
        this.size = size;
        this.maxBytes = maxBytes;
    }

    /** What is done when a place's turn has come; the next one's turn comes when {@code release} is run. */
    public interface Work {
        void run(Runnable release);

        /** Whether it reads services' folders, which may be on a dead mount. */
        default boolean readsFolders() {
            return false;
        }
    }

    /** Which lane. */
    public record Key(Optional<ServiceId> service, boolean query) {
        static final Key DEVICE = new Key(Optional.empty(), false);
        /** Beside the device's own, so that a ping is answered while an apply is under way. */
        static final Key DEVICE_QUERIES = new Key(Optional.empty(), true);

        public static Key of(ServiceId service) {
            return new Key(Optional.of(service), false);
        }
    }

    /** Takes the next place, whose turn cannot come before it is {@link Place#ready()}; empty when the lane is full. */
    public synchronized Optional<Place> reserve(Key key, int weight, Work work) {
        Lane lane = lane(key);
        if (lane.waiting.size() >= size || bytes + weight > maxBytes) {
            forgetIfIdle(lane);
            return Optional.empty();
        }
        return Optional.of(append(lane, weight, work));
    }

    /** Takes a place also in a full lane: for work that was accepted in an earlier life of the agent. */
    synchronized Place insist(Key key, Work work) {
        return append(lane(key), 0, work);
    }

    @GuardedBy("this") private Lane lane(Key key) {
        return lanes.computeIfAbsent(key, Lane::new);
    }

    /** Outside the lock: the pool has locks of its own. */
    private void begin(Optional<Place> next) {
        next.ifPresent(place -> {
            Executor its = place.work.readsFolders() ? folders : pool;
            its.execute(() -> place.work.run(place::release));
        });
    }

    @GuardedBy("this") private Place append(Lane lane, int weight, Work work) {
        var place = new Place(lane, weight, work);
        lane.waiting.add(place);
        bytes += weight;
        return place;
    }

    /** The place whose turn it is now, if there is one. */
    @GuardedBy("this") private Optional<Place> advance(Lane lane) {
        Optional<Place> next = Optional.empty();
        Place head = lane.waiting.peek();
        if (!lane.atWork && head != null && head.ready) {
            lane.waiting.remove();
            bytes -= head.weight;
            lane.atWork = true;
            next = Optional.of(head);
        }
        forgetIfIdle(lane);
        return next;
    }

    @GuardedBy("this") private void forgetIfIdle(Lane lane) {
        if (!lane.atWork && lane.waiting.isEmpty()) lanes.remove(lane.key);
    }

    /** A reserved place. */
    public final class Place {
        private final Lane lane;
        private final int weight;
        private final Work work;
        private boolean ready;
        private boolean released;

        private Place(Lane lane, int weight, Work work) {
            this.lane = lane;
            this.weight = weight;
            this.work = work;
        }

        /** Its turn may come. */
        public void ready() {
            Optional<Place> next;
            synchronized (KeyedSerialExecutor.this) {
                ready = true;
                next = advance(lane);
            }
            begin(next);
        }

        /** Gives the place up; only before it is ready. */
        void withdraw() {
            Optional<Place> next;
            synchronized (KeyedSerialExecutor.this) {
                if (lane.waiting.remove(this)) bytes -= weight;
                next = advance(lane);
            }
            begin(next);
        }

        private void release() {
            Optional<Place> next;
            synchronized (KeyedSerialExecutor.this) {
                if (released) return;
                released = true;
                lane.atWork = false;
                next = advance(lane);
            }
            begin(next);
        }
    }

    /** One queue. Guarded by the lanes' monitor; work never runs within that. */
    private static final class Lane {
        private final Key key;
        private final ArrayDeque<Place> waiting = new ArrayDeque<>();
        private boolean atWork;

        private Lane(Key key) {
            this.key = key;
        }
    }
}
