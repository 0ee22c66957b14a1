package io.efka.agent.telemetry;

import io.efka.threads.Timers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns once when the file system of the data folder is almost full, and once when there is room again. */
public final class DiskWatch implements AutoCloseable {
    /** Between two checks: in this time a service that writes 3 MiB a second fills most of the last 100 MiB. */
    static final Duration INTERVAL = Duration.ofSeconds(30);

    /** Inodes are counted every 5 minutes only: counting starts a process, which takes 5 to 10 ms of CPU time. */
    static final int CHECKS_PER_INODE_COUNT = 10;

    /** Less than this is hardly enough for state and output. */
    static final long LOW_BYTES = 100L << 20;

    static final double LOW_SHARE = 0.05;

    /** There is room again only at this multiple of the limit: a small deletion causes no event. */
    static final double REGAINED = 1.5;

    private static final Logger log = LoggerFactory.getLogger(DiskWatch.class);

    private final Meters meters;
    private final Events events;
    private final PeriodicTask task;

    // Confined to the periodic task.
    private final Resource bytes = new Resource("bytes");
    private final Resource inodes = new Resource("inodes");
    private int checks;

    /** @param executor runs a check: some milliseconds when inodes are counted, which starts a process; 2 s if that hangs */
    public DiskWatch(Meters meters, Events events, Timers timers, Executor executor) {
        this.meters = meters;
        this.events = events;
        this.task = new PeriodicTask("the disk check", timers, executor, INTERVAL, this::check);
    }

    /** Starts; the first check is due after one interval. */
    public void start() {
        task.start();
    }

    /** Idempotent. */
    @Override
    public void close() {
        task.close();
    }

    private void check() {
        checkBytes();
        if (++checks % CHECKS_PER_INODE_COUNT == 0) meters.inodes().ifPresent(this::checkInodes);
    }

    private void checkBytes() {
        Meters.Disk disk = meters.disk();
        if (disk.total() <= 0) return;
        double limit = Math.max(LOW_BYTES, disk.total() * LOW_SHARE);
        // On a file system of less than 2,000 MB a fixed limit of 100 MB would be too large a part, or more than all.
        bytes.update(disk.available(), disk.total(), Math.min(limit, disk.total() * 0.25));
    }

    private void checkInodes(Meters.Inodes found) {
        if (found.total() > 0) inodes.update(found.available(), found.total(), found.total() * LOW_SHARE);
    }

    /** A resource that can run out, and whether it is low. */
    private final class Resource {
        private final String name;
        private boolean low;

        private Resource(String name) {
            this.name = name;
        }

        /** Reports when it falls below the limit, and when it is well above it again. */
        private void update(long available, long total, double limit) {
            boolean was = low;
            low = available < (was ? limit * REGAINED : limit);
            if (low != was) report(low ? "disk_low" : "disk_ok", available, total, (long) limit);
        }

        private void report(String event, long available, long total, long limit) {
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
