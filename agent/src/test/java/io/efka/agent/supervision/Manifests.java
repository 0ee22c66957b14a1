package io.efka.agent.supervision;

import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import io.efka.protocol.manifest.ManifestParser;
import io.efka.protocol.manifest.Schedule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/** Manifests that read like English in a test: {@code manifest("camera", readyByHealth())}. */
public final class Manifests {
    private static final Manifest DEFAULTS = ManifestParser.defaults(new ServiceId("any"));

    private Manifests() {}

    /** One that is as plain as can be: {@code process:} health, ready at spawn, always restarted. */
    @SafeVarargs
    public static Manifest manifest(String id, UnaryOperator<Manifest>... changes) {
        Manifest manifest = new Manifest(
                new ServiceId(id),
                new Manifest.Program(
                        "run.sh", List.of(), Map.of(), Optional.empty(), Optional.empty(), OptionalInt.empty()),
                DEFAULTS.health(),
                new Manifest.Readiness(
                        Manifest.Readiness.Kind.SPAWN, DEFAULTS.readiness().timeout()),
                Optional.empty(),
                DEFAULTS.restart(),
                DEFAULTS.stop(),
                DEFAULTS.limits(),
                List.of(),
                DEFAULTS.output(),
                Manifest.OnAgentExit.STOP,
                true);
        for (UnaryOperator<Manifest> change : changes) manifest = change.apply(manifest);
        return manifest;
    }

    public static UnaryOperator<Manifest> restart(Manifest.RestartRule rule) {
        return m -> new Manifest(
                m.id(),
                m.program(),
                m.health(),
                m.readiness(),
                m.watchdog(),
                rule,
                m.stop(),
                m.limits(),
                m.after(),
                m.output(),
                m.onAgentExit(),
                m.autostart(),
                m.oneshot());
    }

    public static UnaryOperator<Manifest> policy(Manifest.RestartRule.Policy policy) {
        var d = DEFAULTS.restart();
        return restart(new Manifest.RestartRule(policy, d.stable(), d.delay(), d.maxDelay(), d.limit(), d.window()));
    }

    public static UnaryOperator<Manifest> limit(int limit) {
        var d = DEFAULTS.restart();
        return restart(new Manifest.RestartRule(d.policy(), d.stable(), d.delay(), d.maxDelay(), limit, d.window()));
    }

    public static UnaryOperator<Manifest> stop(Manifest.StopRule rule) {
        return m -> new Manifest(
                m.id(),
                m.program(),
                m.health(),
                m.readiness(),
                m.watchdog(),
                m.restart(),
                rule,
                m.limits(),
                m.after(),
                m.output(),
                m.onAgentExit(),
                m.autostart(),
                m.oneshot());
    }

    public static UnaryOperator<Manifest> ready(Manifest.Readiness.Kind kind) {
        return m -> new Manifest(
                m.id(),
                m.program(),
                m.health(),
                new Manifest.Readiness(kind, DEFAULTS.readiness().timeout()),
                m.watchdog(),
                m.restart(),
                m.stop(),
                m.limits(),
                m.after(),
                m.output(),
                m.onAgentExit(),
                m.autostart(),
                m.oneshot());
    }

    public static UnaryOperator<Manifest> watchdog(Duration silence) {
        return m -> new Manifest(
                m.id(),
                m.program(),
                m.health(),
                m.readiness(),
                Optional.of(silence),
                m.restart(),
                m.stop(),
                m.limits(),
                m.after(),
                m.output(),
                m.onAgentExit(),
                m.autostart(),
                m.oneshot());
    }

    /** Asked over TCP every 10 s, 3 failures after a start period of 30 s. */
    public static UnaryOperator<Manifest> checked(Manifest.OnUnhealthy onUnhealthy) {
        return m -> new Manifest(
                m.id(),
                m.program(),
                new Manifest.Health(
                        new HealthCheck.Tcp("localhost", 80),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(30),
                        3,
                        onUnhealthy),
                m.readiness(),
                m.watchdog(),
                m.restart(),
                m.stop(),
                m.limits(),
                m.after(),
                m.output(),
                m.onAgentExit(),
                m.autostart(),
                m.oneshot());
    }

    /** Run until it ends; not tried again unless a policy says so. */
    public static UnaryOperator<Manifest> oneshot() {
        return oneshot(new Manifest.Oneshot(Optional.empty(), Optional.empty()));
    }

    public static UnaryOperator<Manifest> oneshot(Manifest.Oneshot oneshot) {
        return m -> new Manifest(
                m.id(),
                m.program(),
                m.health(),
                m.readiness(),
                m.watchdog(),
                new Manifest.RestartRule(
                        Manifest.RestartRule.Policy.NEVER,
                        m.restart().stable(),
                        m.restart().delay(),
                        m.restart().maxDelay(),
                        m.restart().limit(),
                        m.restart().window()),
                m.stop(),
                m.limits(),
                m.after(),
                m.output(),
                m.onAgentExit(),
                m.autostart(),
                Optional.of(oneshot));
    }

    /** A oneshot that is due by this schedule, without jitter. */
    public static UnaryOperator<Manifest> scheduled(Schedule schedule, boolean catchUp) {
        var rule = new Manifest.ScheduleRule(schedule, Duration.ZERO, catchUp);
        return oneshot(new Manifest.Oneshot(Optional.empty(), Optional.of(rule)));
    }

    public static UnaryOperator<Manifest> every(Duration interval) {
        return scheduled(new Schedule.Every(interval), false);
    }

    public static UnaryOperator<Manifest> after(String... ids) {
        return m -> new Manifest(
                m.id(),
                m.program(),
                m.health(),
                m.readiness(),
                m.watchdog(),
                m.restart(),
                m.stop(),
                m.limits(),
                java.util.Arrays.stream(ids).map(ServiceId::new).toList(),
                m.output(),
                m.onAgentExit(),
                m.autostart(),
                m.oneshot());
    }

    public static UnaryOperator<Manifest> onAgentExit(Manifest.OnAgentExit onAgentExit) {
        return m -> new Manifest(
                m.id(),
                m.program(),
                m.health(),
                m.readiness(),
                m.watchdog(),
                m.restart(),
                m.stop(),
                m.limits(),
                m.after(),
                m.output(),
                onAgentExit,
                m.autostart(),
                m.oneshot());
    }
}
