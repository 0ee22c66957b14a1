package io.efka.protocol.manifest;

import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The values used where a manifest says nothing: the defaults of {@code agent/docs/protocol.md}. */
public final class DefaultRules {
    public static final Duration READY_TIMEOUT = Duration.ofSeconds(30);

    public static final Manifest.RestartRule RESTART = new Manifest.RestartRule(
            Manifest.RestartRule.Policy.ALWAYS,
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            0,
            Duration.ofMinutes(10));

    public static final Manifest.StopRule STOP =
            new Manifest.StopRule(Optional.empty(), List.of(), Signal.TERM, Duration.ofSeconds(10));

    public static final Manifest.Limits NO_LIMITS = new Manifest.Limits(
            OptionalLong.empty(),
            OptionalDouble.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty());

    public static final Manifest.OutputRule OUTPUT = new Manifest.OutputRule(
            16 * 1024 * 1024,
            256 * 1024 * 1024,
            0,
            Duration.ofMillis(50),
            64 * 1024,
            Manifest.OutputRule.Stderr.SEPARATE);

    private DefaultRules() {}

    /** The default health schedule for a check. */
    public static Manifest.Health health(HealthCheck check) {
        return new Manifest.Health(
                check,
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                Duration.ofSeconds(30),
                3,
                Manifest.OnUnhealthy.RESTART);
    }

    /** Rules for a service whose manifest cannot be used: enough to end a run of it, not to start one. */
    public static Manifest of(ServiceId id) {
        return new Manifest(
                id,
                new Manifest.Program(
                        "unusable-manifest",
                        List.of(),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty()),
                health(new HealthCheck.Alive()),
                new Manifest.Readiness(Manifest.Readiness.Kind.SPAWN, READY_TIMEOUT),
                Optional.empty(),
                RESTART,
                STOP,
                NO_LIMITS,
                List.of(),
                OUTPUT,
                Manifest.OnAgentExit.STOP,
                true);
    }
}
