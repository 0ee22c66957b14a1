package io.efka.protocol.manifest;

import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a service is run and supervised, as its {@code manifest.json} says ({@code agent/docs/protocol.md}). {@link
 * ManifestSchema} has the defaults.
 *
 * @param oneshot present: the program is run until it ends; empty: it is kept running
 * @param release what its author calls this version of the service; 1-64 of A-Z a-z 0-9 . _ + -
 * @param platforms what it is made for, as in {@code linux/arm64}; empty: any
 */
public record Manifest(
        ServiceId id,
        Program program,
        Health health,
        Readiness readiness,
        Optional<Duration> watchdog,
        RestartRule restart,
        StopRule stop,
        Limits limits,
        List<ServiceId> after,
        OutputRule output,
        OnAgentExit onAgentExit,
        boolean autostart,
        Optional<Oneshot> oneshot,
        Optional<String> release,
        List<String> platforms) {
    /** What the file is called in a work directory; also the place of a fault that belongs to no key. */
    public static final String FILE_NAME = "manifest.json";

    /** The largest {@code restart.limit}: so many failures are remembered of a service. */
    public static final int MAX_RESTART_LIMIT = 1000;

    public Manifest {
        after = List.copyOf(after);
        platforms = List.copyOf(platforms);
    }

    /** When a oneshot is due; empty for a service that is kept running and for a oneshot that runs only by command. */
    public Optional<ScheduleRule> schedule() {
        return oneshot.flatMap(Oneshot::schedule);
    }

    /**
     * The program to run.
     *
     * @param exec relative to the work directory or absolute, without spaces
     * @param user the user to run as; empty: the agent's
     * @param group the group to run as; empty: the user's own
     * @param umask 0-0777; empty: the agent's
     */
    public record Program(
            String exec,
            List<String> args,
            Map<String, String> env,
            Optional<String> user,
            Optional<String> group,
            OptionalInt umask) {
        public Program {
            args = List.copyOf(args);
            env = Map.copyOf(env);
        }
    }

    /**
     * The health check and its schedule.
     *
     * @param startPeriod after a launch, failures within it are not counted
     * @param failures how many in a row make the service unhealthy, at least 1
     */
    public record Health(
            HealthCheck check,
            Duration interval,
            Duration timeout,
            Duration startPeriod,
            int failures,
            OnUnhealthy onUnhealthy) {}

    /** How the agent checks that a service is healthy ({@code health_check} in the manifest). */
    public sealed interface HealthCheck {
        /** {@code http://…} or {@code https://…}: healthy when a GET is answered with a status of 200-399. */
        record Http(URI uri) implements HealthCheck {}

        /** {@code tcp://host:port}: healthy when a connection is accepted. */
        record Tcp(String host, int port) implements HealthCheck {
            public Tcp {
                if (port < 1 || port > 65_535) throw new IllegalArgumentException("port must be 1-65535, was " + port);
            }
        }

        /** {@code exec:path}: healthy when the program, relative to the work directory, exits with 0. */
        record Exec(String path) implements HealthCheck {}

        /** {@code process:}: being alive is enough. */
        record Alive() implements HealthCheck {}
    }

    public enum OnUnhealthy {
        RESTART,
        REPORT
    }

    /** When a start is done; {@code timeout} is how long the service may take to become ready. */
    public record Readiness(Kind kind, Duration timeout) {
        public enum Kind {
            /** Ready as soon as it is seen alive. */
            SPAWN,
            /** Ready at the first healthy answer. */
            HEALTH,
            /** Ready when the service says so over its channel. */
            CHANNEL
        }
    }

    /**
     * When and how fast a service that ended is started again.
     *
     * @param stable a run of at least this makes the next restart immediate
     * @param delay wait before the first restart after a shorter run; doubled, with jitter, up to {@code maxDelay}
     * @param limit restarts within {@code window} after which it is given up; 0: never
     */
    public record RestartRule(
            Policy policy, Duration stable, Duration delay, Duration maxDelay, int limit, Duration window) {
        public enum Policy {
            ALWAYS,
            ON_FAILURE,
            NEVER
        }
    }

    /**
     * How a service is asked to end.
     *
     * @param exec a stop command relative to the work directory or absolute; empty: {@code signal} is sent
     * @param grace how long the tree may take before it is killed
     */
    public record StopRule(Optional<String> exec, List<String> args, Signal signal, Duration grace) {
        public StopRule {
            args = List.copyOf(args);
        }
    }

    /**
     * Bounds on what the service may use; an empty one is no bound.
     *
     * @param memory bytes
     * @param cpu cores, 0.5 is half of one
     * @param pids processes and threads
     * @param nofile open files of a process
     * @param core bytes of a core dump
     */
    public record Limits(
            OptionalLong memory, OptionalDouble cpu, OptionalLong pids, OptionalLong nofile, OptionalLong core) {}

    /**
     * What becomes of stdout and stderr.
     *
     * @param keep bytes kept on disk of what was sent, a stream
     * @param backlog bytes kept on disk of what was not sent, a stream
     * @param rate bytes a second published at most; 0: no limit
     * @param linger how long a line without its newline is waited for
     * @param batch bytes of one message at most, 1-65536
     */
    public record OutputRule(long keep, long backlog, long rate, Duration linger, int batch, Stderr stderr) {
        public enum Stderr {
            SEPARATE,
            MERGE
        }
    }

    /** What kind of program it is. */
    public enum Type {
        /** It is kept running. */
        SERVICE,
        /** It is run until it ends; exit code 0 is success. */
        ONESHOT
    }

    /**
     * How a oneshot is run.
     *
     * @param timeout a run that takes longer is ended and has failed; empty: it may take for ever
     * @param schedule when it is due; empty: it runs only by command
     */
    public record Oneshot(Optional<Duration> timeout, Optional<ScheduleRule> schedule) {}

    /**
     * When a oneshot is due.
     *
     * @param jitter each run begins at a random moment up to this long after its due time
     * @param catchUp whether runs that were missed while no agent was running are made up for, by one
     */
    public record ScheduleRule(Schedule schedule, Duration jitter, boolean catchUp) {}

    /** What a graceful end of the agent means for the service. */
    public enum OnAgentExit {
        STOP,
        KEEP
    }
}
