package io.efka.agent.install;

import com.google.gson.JsonObject;
import io.efka.agent.service.HealthCheck;
import io.efka.agent.service.Manifest;
import io.efka.agent.service.ServiceId;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Makes a manifest of its JSON object, section by section. */
final class ManifestDecoder {
    private final ManifestFields fields;

    ManifestDecoder(JsonObject root, Findings findings) {
        fields = new ManifestFields(root, findings);
    }

    /** The manifest; empty if one of its required keys is of no use. Reads all keys either way. */
    Optional<Manifest> decode() {
        Optional<ServiceId> id = serviceId();
        Optional<Manifest.Program> program = program();
        Optional<Manifest.Health> health = health();
        var readiness =
                new Manifest.Readiness(fields.value(ManifestKeys.READY), fields.value(ManifestKeys.READY_TIMEOUT));
        Optional<Duration> watchdog = fields.find(ManifestKeys.WATCHDOG);
        Manifest.RestartRule restart = restart();
        Manifest.StopRule stop = stop();
        Manifest.Limits limits = limits();
        List<ServiceId> after = after(id);
        Manifest.OutputRule output = output();
        Manifest.OnAgentExit onAgentExit = fields.value(ManifestKeys.ON_AGENT_EXIT);
        boolean autostart = fields.value(ManifestKeys.AUTOSTART);
        fields.warnOfUnknownKeys();
        if (id.isEmpty() || program.isEmpty() || health.isEmpty()) return Optional.empty();
        return Optional.of(new Manifest(
                id.get(),
                program.get(),
                health.get(),
                readiness,
                watchdog,
                restart,
                stop,
                limits,
                after,
                output,
                onAgentExit,
                autostart));
    }

    private Optional<ServiceId> serviceId() {
        if (!fields.has(ManifestKeys.SERIVCE_ID)) return fields.find(ManifestKeys.SERVICE_ID);
        Optional<ServiceId> seedSpelling = fields.find(ManifestKeys.SERIVCE_ID);
        if (!fields.has(ManifestKeys.SERVICE_ID)) return seedSpelling;
        Optional<ServiceId> id = fields.find(ManifestKeys.SERVICE_ID);
        if (id.isPresent() && seedSpelling.isPresent() && !id.equals(seedSpelling)) {
            fields.unfit(ManifestKeys.SERIVCE_ID, "must be left out, or the same as service_id");
        }
        return id;
    }

    private Optional<Manifest.Program> program() {
        Optional<String> exec = fields.find(ManifestKeys.EXEC);
        List<String> args = fields.find(ManifestKeys.ARGS).orElse(List.of());
        Map<String, String> env = fields.find(ManifestKeys.ENV).orElse(Map.of());
        Optional<String> user = fields.find(ManifestKeys.USER);
        Optional<String> group = fields.find(ManifestKeys.GROUP);
        OptionalInt umask =
                fields.find(ManifestKeys.UMASK_BITS).map(OptionalInt::of).orElse(OptionalInt.empty());
        return exec.map(program -> new Manifest.Program(program, args, env, user, group, umask));
    }

    private Optional<Manifest.Health> health() {
        Optional<HealthCheck> check = fields.find(ManifestKeys.HEALTH_CHECK);
        Duration interval = fields.value(ManifestKeys.HEALTH_INTERVAL);
        Duration timeout = fields.value(ManifestKeys.HEALTH_TIMEOUT);
        Duration startPeriod = fields.value(ManifestKeys.HEALTH_START_PERIOD);
        int failures = Math.toIntExact(fields.value(ManifestKeys.HEALTH_FAILURES));
        Manifest.OnUnhealthy onUnhealthy = fields.value(ManifestKeys.ON_UNHEALTHY);
        return check.map(way -> new Manifest.Health(way, interval, timeout, startPeriod, failures, onUnhealthy));
    }

    private Manifest.RestartRule restart() {
        Duration delay = fields.value(ManifestKeys.RESTART_DELAY);
        return new Manifest.RestartRule(
                fields.value(ManifestKeys.RESTART_POLICY),
                fields.value(ManifestKeys.RESTART_STABLE),
                delay,
                maxDelay(delay),
                Math.toIntExact(fields.value(ManifestKeys.RESTART_LIMIT)),
                fields.value(ManifestKeys.RESTART_WINDOW));
    }

    /** A long {@code delay} alone lifts the default with it; only a written contradiction is a fault. */
    private Duration maxDelay(Duration delay) {
        Duration standard = ManifestKeys.RESTART_MAX_DELAY.fallback();
        Duration maxDelay =
                fields.find(ManifestKeys.RESTART_MAX_DELAY).orElse(standard.compareTo(delay) < 0 ? delay : standard);
        if (maxDelay.compareTo(delay) < 0) {
            fields.unfit(ManifestKeys.RESTART_MAX_DELAY, "must not be shorter than restart.delay");
        }
        return maxDelay;
    }

    private Manifest.StopRule stop() {
        if (fields.has(ManifestKeys.STOP_ARGS) && !fields.has(ManifestKeys.STOP_EXEC)) {
            fields.unfit(ManifestKeys.STOP_ARGS, "must come with stop.exec");
        }
        return new Manifest.StopRule(
                fields.find(ManifestKeys.STOP_EXEC),
                fields.find(ManifestKeys.STOP_ARGS).orElse(List.of()),
                fields.value(ManifestKeys.STOP_SIGNAL),
                fields.value(ManifestKeys.STOP_GRACE));
    }

    private Manifest.Limits limits() {
        return new Manifest.Limits(
                amount(ManifestKeys.LIMIT_MEMORY),
                fields.find(ManifestKeys.LIMIT_CPU).map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                amount(ManifestKeys.LIMIT_PIDS),
                amount(ManifestKeys.LIMIT_NOFILE),
                amount(ManifestKeys.LIMIT_CORE));
    }

    private OptionalLong amount(Key<Long> key) {
        return fields.find(key).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    private List<ServiceId> after(Optional<ServiceId> self) {
        List<ServiceId> after = fields.find(ManifestKeys.AFTER).orElse(List.of());
        if (self.isPresent() && after.contains(self.get())) {
            fields.unfit(ManifestKeys.AFTER, "must not name the service itself");
        }
        if (new HashSet<>(after).size() < after.size()) fields.unfit(ManifestKeys.AFTER, "must name each service once");
        return after;
    }

    private Manifest.OutputRule output() {
        return new Manifest.OutputRule(
                fields.value(ManifestKeys.OUTPUT_KEEP),
                fields.value(ManifestKeys.OUTPUT_BACKLOG),
                fields.value(ManifestKeys.OUTPUT_RATE),
                fields.value(ManifestKeys.OUTPUT_LINGER),
                Math.toIntExact(fields.value(ManifestKeys.OUTPUT_BATCH)),
                fields.value(ManifestKeys.OUTPUT_STDERR));
    }
}
