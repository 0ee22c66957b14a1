package io.efka.agent.telemetry;

import io.efka.agent.supervision.FakeTimers;
import io.efka.protocol.Cause;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Exit;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.ServiceStatus.HealthState;
import io.efka.protocol.ServiceStatus.State;
import io.efka.protocol.Topics;
import io.efka.protocol.Topics.GroupId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Values that read like English. */
public final class Samples {
    public static final ServiceId CAMERA = new ServiceId("camera");
    public static final ServiceId MODEM = new ServiceId("modem");
    public static final RunId RUN_1 = new RunId("01JDA000000000000000000001");
    public static final RunId RUN_2 = new RunId("01JDA000000000000000000002");
    public static final Instant SINCE = FakeTimers.START;
    public static final Topics TOPICS = new Topics("efka", new DeviceId("dev1"), List.of(new GroupId("lab")));

    private Samples() {}

    public static ServiceStatus stopped(ServiceId id) {
        return status(id, Desired.STOPPED, State.STOPPED, Cause.of(Cause.Kind.AGENT_START));
    }

    public static ServiceStatus running(ServiceId id, RunId run) {
        return alive(id, run, State.RUNNING, true, HealthState.UNKNOWN);
    }

    public static ServiceStatus alive(ServiceId id, RunId run, State state, boolean ready, HealthState health) {
        return new ServiceStatus(
                id,
                Desired.RUNNING,
                state,
                ready,
                health,
                OptionalLong.of(4711),
                Optional.of(run),
                SINCE,
                0,
                Optional.empty(),
                Cause.command(Optional.of("7f3a")),
                Optional.empty(),
                false,
                true,
                List.of(),
                List.of(),
                List.of(),
                Optional.empty());
    }

    public static ServiceStatus backoff(ServiceId id, int restarts) {
        return backoff(id, restarts, "no device\nbye \uFFFD\n");
    }

    public static ServiceStatus crashed(ServiceId id, String tail) {
        return backoff(id, 1, tail);
    }

    private static ServiceStatus backoff(ServiceId id, int restarts, String tail) {
        var exit = new Exit(OptionalInt.of(1), Optional.empty(), false, SINCE, tail);
        return new ServiceStatus(
                id,
                Desired.RUNNING,
                State.BACKOFF,
                false,
                HealthState.UNKNOWN,
                OptionalLong.empty(),
                Optional.empty(),
                SINCE,
                restarts,
                Optional.of(SINCE.plusMillis(2500)),
                Cause.exit(exit),
                Optional.of(new ServiceStatus.LastExit(RUN_1, exit)),
                false,
                true,
                List.of(),
                List.of("limits.memory cannot be had here"),
                List.of(),
                Optional.empty());
    }

    private static ServiceStatus status(ServiceId id, Desired desired, State state, Cause cause) {
        return new ServiceStatus(
                id,
                desired,
                state,
                false,
                HealthState.UNKNOWN,
                OptionalLong.empty(),
                Optional.empty(),
                SINCE,
                0,
                Optional.empty(),
                cause,
                Optional.empty(),
                false,
                true,
                List.of(),
                List.of(),
                List.of(),
                Optional.empty());
    }
}
