package io.efka.agent.supervision;

import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is persisted of a service.
 *
 * @param workDir absolute; its {@code manifest.json} says the rest
 * @param autostart whether it is started at agent start when desired
 * @param run the recorded run while there is, or may be, a process
 * @param oneshot what came of it; {@link Oneshot#NEW} for a service that is kept running
 */
public record ServiceRecord(
        ServiceId id,
        Path workDir,
        Desired desired,
        boolean autostart,
        Optional<RunRecord> run,
        History history,
        Optional<ServiceStatus.LastExit> lastExit,
        Oneshot oneshot) {

    /** A service that is kept running. */
    public ServiceRecord(
            ServiceId id,
            Path workDir,
            Desired desired,
            boolean autostart,
            Optional<RunRecord> run,
            History history,
            Optional<ServiceStatus.LastExit> lastExit) {
        this(id, workDir, desired, autostart, run, history, lastExit, Oneshot.NEW);
    }

    /** A service that has never run. */
    public static ServiceRecord fresh(ServiceId id, Path workDir, Desired desired, boolean autostart) {
        return new ServiceRecord(id, workDir, desired, autostart, Optional.empty(), History.CLEAN, Optional.empty());
    }

    /** As it is while it is being removed: nobody wants it to run, whatever was asked for before. */
    ServiceRecord leaving() {
        return desired(Desired.STOPPED).run(run.map(RunRecord::withoutCommand));
    }

    /** Whether an agent that starts has it run, or keeps the run that there is. */
    boolean isWantedAtStart() {
        boolean isDesired = desired == Desired.RUNNING;
        return run.map(found -> isDesired || found.commanded()).orElse(isDesired && autostart);
    }

    // The same but for one part.

    ServiceRecord workDir(Path next) {
        return new ServiceRecord(id, next, desired, autostart, run, history, lastExit, oneshot);
    }

    ServiceRecord desired(Desired next) {
        return new ServiceRecord(id, workDir, next, autostart, run, history, lastExit, oneshot);
    }

    ServiceRecord autostart(boolean next) {
        return new ServiceRecord(id, workDir, desired, next, run, history, lastExit, oneshot);
    }

    ServiceRecord run(Optional<RunRecord> next) {
        return new ServiceRecord(id, workDir, desired, autostart, next, history, lastExit, oneshot);
    }

    ServiceRecord history(History next) {
        return new ServiceRecord(id, workDir, desired, autostart, run, next, lastExit, oneshot);
    }

    ServiceRecord lastExit(ServiceStatus.LastExit next) {
        return new ServiceRecord(id, workDir, desired, autostart, run, history, Optional.of(next), oneshot);
    }

    ServiceRecord oneshot(Oneshot next) {
        return new ServiceRecord(id, workDir, desired, autostart, run, history, lastExit, next);
    }

    /**
     * What is remembered of a oneshot.
     *
     * @param outcome of the last run that was not given up for another one
     * @param handled every due time up to this one was run, skipped or missed, and does not come again; empty while no
     *     schedule was ever in force
     * @param skipped due times that passed while an earlier run was still going on
     * @param missed due times that passed while no agent was running, or its machine was asleep
     */
    public record Oneshot(Outcome outcome, Optional<Instant> handled, long skipped, long missed) {
        /** It has never run. */
        public static final Oneshot NEW = new Oneshot(Outcome.NONE, Optional.empty(), 0, 0);

        /** How a oneshot stands while nothing of it runs and nothing is tried again. */
        public enum Outcome {
            NONE,
            COMPLETED,
            FAILED
        }

        Oneshot with(Outcome next) {
            return new Oneshot(next, handled, skipped, missed);
        }

        Oneshot handledUpTo(Instant due) {
            return new Oneshot(outcome, Optional.of(due), skipped, missed);
        }

        Oneshot moreSkipped(long more) {
            return new Oneshot(outcome, handled, skipped + more, missed);
        }

        Oneshot moreMissed(long more) {
            return new Oneshot(outcome, handled, skipped, missed + more);
        }
    }

    /**
     * What is written down of a run, before and after its launch, so that the next agent finds the process again.
     *
     * @param process empty between the decision to launch and the launch's outcome
     * @param ready whether it became ready by a rule that a later agent cannot see fulfilled again: it may not say so twice
     * @param commanded whether a command asked for it and its success has not made the service desired yet: an agent that finds
     *     it alive finishes that command, where it would end any other run that is not desired
     * @param group names its control group, where it has one
     */
    public record RunRecord(
            RunId run,
            Instant since,
            Optional<ProcessIdentity> process,
            boolean ready,
            boolean commanded,
            Optional<String> group) {

        /** A run that is not known to be ready, and that no command waits for. */
        public RunRecord(RunId run, Instant since, Optional<ProcessIdentity> process) {
            this(run, since, process, false, false, Optional.empty());
        }

        /** The same run, its process known. */
        RunRecord with(ProcessIdentity known, Optional<String> itsGroup) {
            return new RunRecord(run, since, Optional.of(known), ready, commanded, itsGroup);
        }

        RunRecord asReady() {
            return new RunRecord(run, since, process, true, commanded, group);
        }

        RunRecord asCommanded() {
            return new RunRecord(run, since, process, ready, true, group);
        }

        /** The command has been fulfilled, or another one has taken its place. */
        RunRecord withoutCommand() {
            return new RunRecord(run, since, process, ready, false, group);
        }
    }

    /**
     * Which process a run is, beyond doubt: a pid alone is used again by the kernel.
     *
     * @param pid the main process
     * @param startTicks field 22 of {@code /proc/PID/stat}: clock ticks from boot to its start
     * @param bootId {@code /proc/sys/kernel/random/boot_id}: changes with every boot
     */
    public record ProcessIdentity(long pid, long startTicks, String bootId) {}

    /**
     * What is remembered of a service's failures, to decide when it is started again.
     *
     * @param failures when it failed, oldest first; at most {@link Manifest#MAX_RESTART_LIMIT} and one
     * @param consecutive short runs and failed launches in a row
     * @param restarts automatic restarts since the last start by command or reset
     */
    public record History(List<Instant> failures, int consecutive, int restarts) {
        /** A failure noted so much later than now was noted before the clock was set back: it would never age. */
        private static final Duration CLOCK_SLACK = Duration.ofMinutes(1);

        /** Nothing has failed yet. */
        public static final History CLEAN = new History(List.of(), 0, 0);

        public History {
            failures = List.copyOf(failures);
        }

        /** With one more end that nobody asked for; those older than the window are forgotten. */
        History failed(Instant now, Manifest.RestartRule rule, boolean stable) {
            var recent = new ArrayList<Instant>(within(now, rule.window()));
            recent.add(now);
            List<Instant> kept = recent.subList(Math.max(0, recent.size() - bound(rule)), recent.size());
            return new History(kept, stable ? 0 : consecutive + 1, restarts);
        }

        History restarted() {
            return new History(failures, consecutive, restarts + 1);
        }

        /** A start by command: counting begins anew, what failed lately is still known. */
        History startedByCommand() {
            return new History(failures, 0, 0);
        }

        /** Those that are not older than {@code window}. */
        List<Instant> within(Instant now, Duration window) {
            Instant from = now.minus(window);
            Instant to = now.plus(CLOCK_SLACK);
            return failures.stream()
                    .filter(f -> f.isAfter(from) && f.isBefore(to))
                    .toList();
        }

        boolean isCrashLoop(Instant now, Duration window) {
            return within(now, window).size() > RestartPolicy.CRASH_LOOP;
        }

        /** How long until so many failures have aged that it is no crash loop any more; empty if it is none now. */
        Optional<Duration> crashLoopEnd(Instant now, Duration window) {
            if (!isCrashLoop(now, window)) return Optional.empty();
            List<Instant> recent = within(now, window);
            Instant deciding = recent.get(recent.size() - RestartPolicy.CRASH_LOOP - 1);
            return Optional.of(Duration.between(now, deciding.plus(window)).plusMillis(1));
        }

        /** As many as a decision needs: a service that fails for years must not make its record grow. */
        private static int bound(Manifest.RestartRule rule) {
            return Math.max(rule.limit(), RestartPolicy.CRASH_LOOP) + 1;
        }
    }
}
