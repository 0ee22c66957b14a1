package io.efka.agent.telemetry;

import io.efka.threads.Timers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns once when the file system of the data folder runs full, and once when there is room again. */
public final class DiskWatch implements AutoCloseable {
    /** Between two looks: of 100 MiB left, a service that writes 3 MiB a second has then filled the most. */
    static final Duration INTERVAL = Duration.ofSeconds(30);

    /** Below this much there is hardly room for state and output. */
    static final long LOW_BYTES = 100L << 20;

    static final double LOW_SHARE = 0.05;

    /** Room has to be half as much again before it counts as regained: no event at every small deletion. */
    static final double REGAINED = 1.5;

    private static final Logger log = LoggerFactory.getLogger(DiskWatch.class);

    private final Meters meters;
    private final Events events;
    private final PeriodicTask rounds;

    // Confined to the rounds.
    private final Resource bytes = new Resource("bytes");
    private final Resource inodes = new Resource("inodes");
    private int looks;

    /** @param executor runs a look: some milliseconds at most, as every second one starts a process; two seconds if that hangs */
    public DiskWatch(Meters meters, Events events, Timers timers, Executor executor) {
        this.meters = meters;
        this.events = events;
        this.rounds = new PeriodicTask("a look at the disk", timers, executor, INTERVAL, this::look);
    }

    /** Begins; the first look is due after an interval. */
    public void start() {
        rounds.start();
    }

    /** Idempotent. */
    @Override
    public void close() {
        rounds.close();
    }

    private void look() {
        lookAtBytes();
        // They cost a process, and so are asked for at every second look.
        if (++looks % 2 == 0) meters.inodes().ifPresent(this::lookAtInodes);
    }

    private void lookAtBytes() {
        Meters.Disk disk = meters.disk();
        if (disk.total() <= 0) return;
        double limit = Math.max(LOW_BYTES, disk.total() * LOW_SHARE);
        // On a file system of less than 2,000 MB a fixed 100 MB would be a large part, or more than all there is.
        bytes.judge(disk.available(), disk.total(), Math.min(limit, disk.total() * 0.25));
    }

    private void lookAtInodes(Meters.Inodes found) {
        if (found.total() > 0) inodes.judge(found.available(), found.total(), found.total() * LOW_SHARE);
    }

    /** What can run out, and whether it has. */
    private final class Resource {
        private final String name;
        private boolean low;

        private Resource(String name) {
            this.name = name;
        }

        /** Tells when it falls below the limit, and when it is well above it again. */
        private void judge(long available, long total, double limit) {
            boolean was = low;
            low = available < (was ? limit * REGAINED : limit);
            if (low != was) tell(low ? "disk_low" : "disk_ok", available, total, (long) limit);
        }

        private void tell(String event, long available, long total, long limit) {
            log.warn("{}: {} available={} total={} limit={}", event, name, available, total, limit);
            var fields = new LinkedHashMap<String, Object>();
            fields.put("resource", name);
            fields.put("available", available);
            fields.put("total", total);
            fields.put("limit", limit);
            events.device(event, fields);
        }
    }
}
