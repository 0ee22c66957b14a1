package io.efka.agent.telemetry;

import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Counts from the status changes of one service how long it was desired, how long of that it was running and ready, and
 * how long its present run has been running. All in monotonic time. Not thread-safe.
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

    /** @param age how long ago the state of the status was entered */
    void changed(ServiceStatus next, long nanos, Duration age) {
        count(nanos);
        status = next;
        enterRun(next, nanos, age);
    }

    ServiceStatus status() {
        return status;
    }

    OptionalDouble cpuPercent(long nanos, Meters.Tree tree) {
        return cpu.sample(nanos, tree.cpuMillis(), nanos / 1e6);
    }

    /** How long the run has been running; empty before it runs, and without a run. */
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
            // An adopted run is older than this agent.
            runningSince = nanos - Math.max(0, age.toNanos());
        }
    }

    private static double seconds(long nanos) {
        return Math.round(nanos / 1e6) / 1e3;
    }

    /**
     * Computes from a growing counter which share was used between two samples. A sample within {@link #WINDOW} of the
     * last one returns that one's result: so a request between two periodic samples neither divides by zero nor
     * shortens their windows. Not thread-safe.
     */
    static final class CpuShare {
        /** Nanoseconds. A clock tick is 10 ms, so over a second one tick is 1 %. */
        static final long WINDOW = 1_000_000_000L;

        private boolean sampled;
        private long sampledAt;
        private double usedBefore;
        private double availableBefore;
        private OptionalDouble percent = OptionalDouble.empty();

        /**
         * @param nanos monotonic time of the sample
         * @param used counter in any unit
         * @param available counter in the same unit
         * @return percent, 100 for all that was available; empty before the second sample
         */
        OptionalDouble sample(long nanos, double used, double available) {
            if (sampled && nanos - sampledAt < WINDOW) return percent;
            if (sampled && available > availableBefore) {
                // Ended processes of a tree take their CPU time with them: a lower counter counts as no use.
                double share = Math.max(0, used - usedBefore) / (available - availableBefore);
                percent = OptionalDouble.of(Math.round(share * 1000) / 10.0);
            }
            sampled = true;
            sampledAt = nanos;
            usedBefore = used;
            availableBefore = available;
            return percent;
        }
    }
}
