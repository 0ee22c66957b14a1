package io.efka.agent.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.protocol.ServiceId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A bounded queue for each service, and one for the device. The work of one queue runs one after the other, in the order in
 * which slots were reserved; queues never wait for each other. Work runs on the given executor. Thread-safe; never blocks.
 */
public final class KeyedSerialExecutor {
    /** Commands that wait for one service, or for the device. */
    private static final int SIZE = 64;
    /** For the payloads of waiting commands: eight of the largest. */
    private static final long MAX_BYTES = 2L << 20;

    private final Executor pool;
    private final Executor folders;
    private final int size;
    private final long maxBytes;

    @GuardedBy("this") private final Map<Key, KeyedQueue> queues = new HashMap<>();

    @GuardedBy("this") private long bytes;

    /**
     * @param pool runs the work, disk writes among it, so it needs several threads; must not run it on the caller's
     * thread
     * @param size slots of one queue, not counting the one whose work runs
     * @param maxBytes of the payloads that wait in all queues together
     */
    public KeyedSerialExecutor(Executor pool, int size, long maxBytes) {
        this(pool, pool, size, maxBytes);
    }

    /** With the bounds of the protocol. */
    public static KeyedSerialExecutor standard(Executor pool, Executor folders) {
        return new KeyedSerialExecutor(pool, folders, SIZE, MAX_BYTES);
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

    /** What is done at a slot's turn. The next slot's turn comes when {@code release} is run. */
    public interface Work {
        void run(Runnable release);

        /** Whether it reads services' folders, which may be on a dead mount. */
        default boolean readsFolders() {
            return false;
        }
    }

    /** Names a queue. */
    public record Key(Optional<ServiceId> service, boolean query) {
        static final Key DEVICE = new Key(Optional.empty(), false);
        /** Apart from the device's other commands, so that a ping is answered while an apply is under way. */
        static final Key DEVICE_QUERIES = new Key(Optional.empty(), true);

        public static Key of(ServiceId service) {
            return new Key(Optional.of(service), false);
        }
    }

    /** Takes the next slot, whose turn cannot come before it is {@link Slot#ready()}; empty when the queue is full. */
    public synchronized Optional<Slot> reserve(Key key, int weight, Work work) {
        KeyedQueue queue = queue(key);
        if (queue.waiting.size() >= size || bytes + weight > maxBytes) {
            forgetIfIdle(queue);
            return Optional.empty();
        }
        return Optional.of(append(queue, weight, work));
    }

    /** Takes a slot even in a full queue: for work that was accepted before, as by an agent that ended. */
    synchronized Slot reserveUnbounded(Key key, Work work) {
        return append(queue(key), 0, work);
    }

    /**
     * Runs {@code work} in the queue of a service, where it may wait for folders; also if the queue is full, because it belongs
     * to a command that was accepted before. The next slot's turn comes when {@code work}'s argument is run.
     */
    public void turn(ServiceId service, Consumer<Runnable> work) {
        Work slot = new Work() {
            @Override
            public void run(Runnable release) {
                work.accept(release);
            }

            @Override
            public boolean readsFolders() {
                return true;
            }
        };
        reserveUnbounded(Key.of(service), slot).ready();
    }

    @GuardedBy("this") private KeyedQueue queue(Key key) {
        return queues.computeIfAbsent(key, KeyedQueue::new);
    }

    /** Outside the lock: the pool has locks of its own. */
    private void begin(Optional<Slot> next) {
        next.ifPresent(slot -> {
            Executor its = slot.work.readsFolders() ? folders : pool;
            its.execute(() -> slot.work.run(slot::release));
        });
    }

    @GuardedBy("this") private Slot append(KeyedQueue queue, int weight, Work work) {
        var slot = new Slot(queue, weight, work);
        queue.waiting.add(slot);
        bytes += weight;
        return slot;
    }

    /** The slot whose turn it is now, if there is one. */
    @GuardedBy("this") private Optional<Slot> advance(KeyedQueue queue) {
        Optional<Slot> next = Optional.empty();
        Slot head = queue.waiting.peek();
        if (!queue.isBusy && head != null && head.isReady) {
            queue.waiting.remove();
            bytes -= head.weight;
            queue.isBusy = true;
            next = Optional.of(head);
        }
        forgetIfIdle(queue);
        return next;
    }

    @GuardedBy("this") private void forgetIfIdle(KeyedQueue queue) {
        if (!queue.isBusy && queue.waiting.isEmpty()) queues.remove(queue.key);
    }

    /** A reserved slot. */
    public final class Slot {
        private final KeyedQueue queue;
        private final int weight;
        private final Work work;
        private boolean isReady;
        private boolean isReleased;

        private Slot(KeyedQueue queue, int weight, Work work) {
            this.queue = queue;
            this.weight = weight;
            this.work = work;
        }

        /** From now on its turn may come. */
        public void ready() {
            Optional<Slot> next;
            synchronized (KeyedSerialExecutor.this) {
                isReady = true;
                next = advance(queue);
            }
            begin(next);
        }

        /** Gives the slot up; only before it is ready. */
        void withdraw() {
            Optional<Slot> next;
            synchronized (KeyedSerialExecutor.this) {
                if (queue.waiting.remove(this)) bytes -= weight;
                next = advance(queue);
            }
            begin(next);
        }

        private void release() {
            Optional<Slot> next;
            synchronized (KeyedSerialExecutor.this) {
                if (isReleased) return;
                isReleased = true;
                queue.isBusy = false;
                next = advance(queue);
            }
            begin(next);
        }
    }

    /** One queue. Guarded by the executor's monitor; work never runs within that. */
    private static final class KeyedQueue {
        private final Key key;
        private final ArrayDeque<Slot> waiting = new ArrayDeque<>();
        private boolean isBusy;

        private KeyedQueue(Key key) {
            this.key = key;
        }
    }
}
