package io.efka.agent.command;

import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Manifests for tests: only what commands look at differs. */
final class Manifests {
    private Manifests() {}

    static Manifest plain(ServiceId id) {
        return manifest(id, "1", List.of());
    }

    static Manifest manifest(ServiceId id, String version, List<ServiceId> after) {
        Duration second = Duration.ofSeconds(1);
        return new Manifest(
                id,
                new Manifest.Program(
                        "run.sh", List.of(version), Map.of(), Optional.empty(), Optional.empty(), OptionalInt.empty()),
                new Manifest.Health(new HealthCheck.Alive(), second, second, second, 3, Manifest.OnUnhealthy.RESTART),
                new Manifest.Readiness(Manifest.Readiness.Kind.SPAWN, second),
                Optional.empty(),
                new Manifest.RestartRule(
                        Manifest.RestartRule.Policy.ALWAYS, second, second, second, 0, Duration.ofMinutes(10)),
                new Manifest.StopRule(Optional.empty(), List.of(), Signal.TERM, second),
                new Manifest.Limits(
                        OptionalLong.empty(),
                        OptionalDouble.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty()),
                after,
                new Manifest.OutputRule(1 << 24, 1 << 28, 0, second, 65_536, Manifest.OutputRule.Stderr.SEPARATE),
                Manifest.OnAgentExit.STOP,
                true);
    }
}
