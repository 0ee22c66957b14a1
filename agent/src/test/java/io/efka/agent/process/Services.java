package io.efka.agent.process;

import io.efka.agent.supervision.Launcher.Launch;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Manifests and launches for tests, changed step by step. */
public record Services(Manifest manifest, Path workDir) {
    private static final AtomicLong NUMBER = new AtomicLong(System.nanoTime());

    public static Services shell(Path workDir, String script) {
        return program(workDir, "/bin/sh", "-c", script);
    }

    static Services program(Path workDir, String exec, String... args) {
        var program = new Manifest.Program(
                exec, List.of(args), Map.of(), Optional.empty(), Optional.empty(), OptionalInt.empty());
        return new Services(manifest(program), workDir);
    }

    private static Manifest manifest(Manifest.Program program) {
        return new Manifest(
                new ServiceId("cam"),
                program,
                health(new HealthCheck.Alive(), Duration.ofSeconds(2)),
                new Manifest.Readiness(Manifest.Readiness.Kind.SPAWN, Duration.ofSeconds(30)),
                Optional.empty(),
                new Manifest.RestartRule(
                        Manifest.RestartRule.Policy.ALWAYS,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(60),
                        0,
                        Duration.ofMinutes(10)),
                new Manifest.StopRule(Optional.empty(), List.of(), Signal.TERM, Duration.ofSeconds(10)),
                noLimits(),
                List.of(),
                new Manifest.OutputRule(
                        16 << 20, 256 << 20, 0, Duration.ofMillis(50), 65_536, Manifest.OutputRule.Stderr.SEPARATE),
                Manifest.OnAgentExit.STOP,
                true);
    }

    static Manifest.Limits noLimits() {
        return new Manifest.Limits(
                OptionalLong.empty(),
                OptionalDouble.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    private static Manifest.Health health(HealthCheck check, Duration timeout) {
        return new Manifest.Health(
                check, Duration.ofSeconds(10), timeout, Duration.ZERO, 3, Manifest.OnUnhealthy.RESTART);
    }

    Services named(String id) {
        return with(new ServiceId(id), manifest.program(), manifest.health(), manifest.stop(), manifest.limits());
    }

    public Services asking(HealthCheck check, Duration timeout) {
        return with(manifest.id(), manifest.program(), health(check, timeout), manifest.stop(), manifest.limits());
    }

    public Services limitedTo(Manifest.Limits limits) {
        return with(manifest.id(), manifest.program(), manifest.health(), manifest.stop(), limits);
    }

    Services grace(Duration grace) {
        var stop = new Manifest.StopRule(Optional.empty(), List.of(), Signal.TERM, grace);
        return with(manifest.id(), manifest.program(), manifest.health(), stop, manifest.limits());
    }

    Services env(Map<String, String> env) {
        Manifest.Program old = manifest.program();
        return with(new Manifest.Program(old.exec(), old.args(), env, old.user(), old.group(), old.umask()));
    }

    Services user(String user) {
        Manifest.Program old = manifest.program();
        return with(
                new Manifest.Program(old.exec(), old.args(), old.env(), Optional.of(user), old.group(), old.umask()));
    }

    Services group(String group) {
        Manifest.Program old = manifest.program();
        return with(
                new Manifest.Program(old.exec(), old.args(), old.env(), old.user(), Optional.of(group), old.umask()));
    }

    Services umask(int umask) {
        Manifest.Program old = manifest.program();
        return with(new Manifest.Program(
                old.exec(), old.args(), old.env(), old.user(), old.group(), OptionalInt.of(umask)));
    }

    private Services with(Manifest.Program program) {
        return with(manifest.id(), program, manifest.health(), manifest.stop(), manifest.limits());
    }

    private Services with(
            ServiceId id,
            Manifest.Program program,
            Manifest.Health health,
            Manifest.StopRule stop,
            Manifest.Limits limits) {
        Manifest old = manifest;
        return new Services(
                new Manifest(
                        id,
                        program,
                        health,
                        old.readiness(),
                        old.watchdog(),
                        old.restart(),
                        stop,
                        limits,
                        old.after(),
                        old.output(),
                        old.onAgentExit(),
                        old.autostart()),
                workDir);
    }

    /** A launch of its own run. */
    public Launch launch() {
        return new Launch(newRun(), manifest, workDir);
    }

    static RunId newRun() {
        return new RunId(String.format("01K%023d", NUMBER.incrementAndGet()));
    }
}
