package io.efka.agent.events;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.gson.JsonObject;
import io.efka.agent.telemetry.EventPublisher;
import io.efka.agent.telemetry.EventRecorder;
import io.efka.protocol.ServiceId;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.AgentThread;
import io.efka.threads.Timers;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events into the journal, on a thread of its own, {@code agent-events}. Events that find no room in its queue, because the
 * disk is full or hangs, or because their source has used up its share, are dropped and counted; a line in the journal says how
 * many were lost there, as soon as there is room. Thread-safe; nothing but {@link #start} and {@link #close} waits.
 */
public final class EventJournal implements EventRecorder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventJournal.class);

    /** Lines that wait for the disk: some hundred events. */
    static final int MAX_WAITING = 256 << 10;
    /** A larger event is kept without its details, so that every event fits an answer. */
    static final int LARGEST_EVENT = 64 << 10;
    /** Between two attempts to write on a full disk. */
    static final Duration RETRY = Duration.ofSeconds(10);

    private static final Duration LAST_WRITE = Duration.ofSeconds(1);

    /** The numbers of one start of the agent begin at a multiple of this. */
    static final long NUMBERS = 1_000_000_000;

    private static final String GAP = "journal_gap";

    private final JournalFiles files;
    private final Timers timers;
    private final long session;

    @GuardedBy("this") private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    @GuardedBy("this") private final Shares shares = new Shares();

    @GuardedBy("this") private int bytes;

    @GuardedBy("this") private long number;

    @GuardedBy("this") private long dropped;
    /** Of those, for want of room in the queue, and not yet told of in the journal. */
    @GuardedBy("this") private long lost;

    @GuardedBy("this") private boolean isFailing;

    @GuardedBy("this") private long failedAt;

    @GuardedBy("this") private boolean isClosed;

    private Optional<AgentThread> thread = Optional.empty();

    /** A line that is not written yet. */
    record Waiting(long number, byte[] line) {}

    /**
     * Nothing happens before {@link #start}; what is recorded until then waits.
     *
     * @param session number of this start of the agent
     */
    public EventJournal(Path folder, Timers timers, long session) {
        this(new JournalFiles(folder, JournalFiles.Disk.REAL), timers, session);
    }

    EventJournal(JournalFiles files, Timers timers, long session) {
        this.files = files;
        this.timers = timers;
        this.session = session;
        this.number = session * NUMBERS;
    }

    /** Begins to write. To be called once, before anything is recorded. */
    public void start() {
        open();
        // Never calls AgentThread.step: the self-check must not end an agent for a journal that nobody can write.
        var writer = new AgentThread("agent-events", this::run);
        writer.start();
        thread = Optional.of(writer);
    }

    /**
     * Numbers go up even if those of the sessions do not, as with a state that was damaged; a number is never used again, although a
     * power cut may have taken the end of the journal.
     */
    void open() {
        try {
            long newest = files.newest();
            synchronized (this) {
                if (newest >= number) number = (newest / NUMBERS + 1) * NUMBERS;
            }
        } catch (IOException e) {
            LOG.warn("the event journal in {} cannot be read: {}", files.folder(), FileFailure.reason(e));
        }
    }

    @Override
    public synchronized void record(Optional<ServiceId> service, JsonObject event, byte[] payload) {
        if (payload.length > LARGEST_EVENT) {
            JsonObject core = EventPublisher.shortened(event);
            add(service, core, JsonWriter.bytes(core));
        } else {
            add(service, event, payload);
        }
    }

    @GuardedBy("this") private void add(Optional<ServiceId> service, JsonObject event, byte[] payload) {
        if (isClosed) {
            dropped++;
            return;
        }
        String kind = event.get("event").getAsString();
        String source = service.map(ServiceId::value).orElse("") + "/" + kind;
        Shares.Verdict verdict = shares.take(source, payload.length, timers.nanos());
        if (!verdict.isTaken()) {
            dropped++;
            return;
        }
        if (bytes + payload.length > MAX_WAITING) {
            dropped++;
            if (lost++ == 0 && !isFailing) {
                LOG.warn("events are not kept in the journal: its disk does not take them in time");
            }
            return;
        }
        if (verdict.skipped() > 0) {
            JsonObject gap = gap(service, verdict.skipped(), "rate");
            gap.addProperty("of", kind);
            enqueue(service, gap, JsonWriter.bytes(gap));
        }
        enqueue(service, event, payload);
    }

    @GuardedBy("this") private void enqueue(Optional<ServiceId> service, JsonObject event, byte[] payload) {
        long its = ++number;
        byte[] line = JournalLine.encode(its, event.get("at").getAsString(), JournalLine.topic(service), payload);
        waiting.add(new Waiting(its, line));
        bytes += line.length;
        notifyAll();
    }

    private JsonObject gap(Optional<ServiceId> service, long count, String reason) {
        var gap = new JsonObject();
        gap.addProperty("v", 1);
        gap.addProperty("at", JsonWriter.timestamp(timers.now()));
        service.ifPresent(id -> gap.addProperty("service", id.value()));
        gap.addProperty("event", GAP);
        gap.addProperty("session", session);
        gap.addProperty("count", count);
        gap.addProperty("reason", reason);
        return gap;
    }

    /** How many events were dropped since the agent started. */
    public synchronized long dropped() {
        return dropped;
    }

    /** The lines that are not on disk yet, and perhaps some that already are; the oldest first. */
    synchronized List<Waiting> waiting() {
        return List.copyOf(waiting);
    }

    /** The number that the next event has at least. */
    synchronized long end() {
        return number + 1;
    }

    JournalFiles files() {
        return files;
    }

    private void run() {
        while (await()) write();
        files.close();
    }

    /** Waits for lines; false: there are none, and will be none. */
    private synchronized boolean await() {
        while (!isDue()) {
            if (isClosed) return false;
            try {
                if (waiting.isEmpty()) wait();
                else TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, failedAt + RETRY.toNanos() - timers.nanos()));
            } catch (InterruptedException nobodyDoes) {
                // the journal goes on
            }
        }
        return true;
    }

    @GuardedBy("this") private boolean isDue() {
        return !waiting.isEmpty() && (!isFailing || timers.nanos() - failedAt >= RETRY.toNanos());
    }

    /** Writes the lines that wait, if it is time to. For the journal's thread; blocks for the disk. */
    void write() {
        for (List<Waiting> batch = due(); !batch.isEmpty(); batch = due()) {
            try {
                written(files.append(
                        batch.stream().map(Waiting::line).toList(), batch.get(0).number()));
            } catch (IOException e) {
                failed(e);
            } catch (RuntimeException bug) {
                LOG.error("a fault while {} events were written into the journal; they are lost", batch.size(), bug);
                giveUp(batch.size());
            }
        }
    }

    private synchronized List<Waiting> due() {
        return isDue() ? new ArrayList<>(waiting) : List.of();
    }

    private synchronized void written(int count) {
        remove(count);
        if (isFailing || lost > 0) LOG.info("events are kept in the journal again; {} were lost meanwhile", lost);
        isFailing = false;
        if (lost == 0) return;
        JsonObject gap = gap(Optional.empty(), lost, "disk");
        lost = 0;
        enqueue(Optional.empty(), gap, JsonWriter.bytes(gap));
    }

    private synchronized void failed(IOException why) {
        if (!isFailing) {
            LOG.warn(
                    "events are not kept in the journal in {}: {}; {} KiB of them wait in memory",
                    files.folder(),
                    FileFailure.reason(why),
                    MAX_WAITING >> 10);
        }
        isFailing = true;
        failedAt = timers.nanos();
    }

    private synchronized void giveUp(int count) {
        remove(count);
        dropped += count;
        lost += count;
    }

    @GuardedBy("this") private void remove(int count) {
        for (int i = 0; i < count; i++) bytes -= waiting.remove().line().length;
    }

    /** Writes what waits, for a second at most, and ends the thread. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            notifyAll();
        }
        try {
            if (thread.isPresent()) thread.get().join(LAST_WRITE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
