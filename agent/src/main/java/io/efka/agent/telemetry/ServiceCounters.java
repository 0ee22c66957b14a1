package io.efka.agent.telemetry;

import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What is counted of one service from its status changes: for how long it was wanted, for how long of that it did its
 * work (running and ready), and for how long its present run is running. All in monotonic time. Not thread-safe.
 */
final class ServiceCounters {
    private ServiceStatus status;
    private long countedAt;
    private long desiredNanos;
    private long asDesiredNanos;

    private Optional<RunId> run = Optional.empty();
    private boolean running;
    private long runningSince;
    private CpuShare cpu = new CpuShare();

    /** @param nanos monotonic time of the first status */
    ServiceCounters(ServiceStatus status, long nanos, Duration age) {
        this.status = status;
        this.countedAt = nanos;
        enterRun(status, nanos, age);
    }

    /** @param age how long ago the status's state was entered */
    void changed(ServiceStatus next, long nanos, Duration age) {
        count(nanos);
        status = next;
        enterRun(next, nanos, age);
    }

    ServiceStatus status() {
        return status;
    }

    OptionalDouble cpuPercent(long nanos, Meters.Tree tree) {
        return cpu.look(nanos, tree.cpuMillis(), nanos / 1e6);
    }

    /** How long the run is running; empty before it is, and when there is none. */
    OptionalLong uptimeMillis(long nanos) {
        return running ? OptionalLong.of((nanos - runningSince) / 1_000_000) : OptionalLong.empty();
    }

    double secondsDesired(long nanos) {
        count(nanos);
        return seconds(desiredNanos);
    }

    double secondsAsDesired(long nanos) {
        count(nanos);
        return seconds(asDesiredNanos);
    }

    private void count(long nanos) {
        long passed = nanos - countedAt;
        countedAt = nanos;
        if (status.desired() != Desired.RUNNING) return;
        desiredNanos += passed;
        if (status.state() == ServiceStatus.State.RUNNING && status.ready()) asDesiredNanos += passed;
    }

    private void enterRun(ServiceStatus next, long nanos, Duration age) {
        if (!next.run().equals(run)) {
            run = next.run();
            running = false;
            cpu = new CpuShare();
        }
        if (!running && next.state() == ServiceStatus.State.RUNNING) {
            running = true;
            // An adopted run was running before this agent was.
            runningSince = nanos - Math.max(0, age.toNanos());
        }
    }

    private static double seconds(long nanos) {
        return Math.round(nanos / 1e6) / 1e3;
    }

    /**
     * Percentages from a counter that only grows: what was used between two looks at it, of what there was to use. Looks
     * that come sooner than {@link #WINDOW} after the last one get that one's answer, so that somebody who asks between two
     * ticks neither divides by nothing nor shortens the ticks' windows. Not thread-safe.
     */
    static final class CpuShare {
        /** Clock ticks are 10 ms: over a second, one tick is 1 %. */
        static final long WINDOW = 1_000_000_000L;

        private boolean looked;
        private long lookedAt;
        private double usedBefore;
        private double availableBefore;
        private OptionalDouble percent = OptionalDouble.empty();

        /**
         * @param nanos monotonic time of the look
         * @param used counter in any unit
         * @param available counter in the same unit
         * @return 100 for all there was; empty before the second look
         */
        OptionalDouble look(long nanos, double used, double available) {
            if (looked && nanos - lookedAt < WINDOW) return percent;
            if (looked && available > availableBefore) {
                // Processes of a tree that ended take their time with them: less than before is no use at all.
                double share = Math.max(0, used - usedBefore) / (available - availableBefore);
                percent = OptionalDouble.of(Math.round(share * 1000) / 10.0);
            }
            looked = true;
            lookedAt = nanos;
            usedBefore = used;
            availableBefore = available;
            return percent;
        }
    }
}
