package io.efka.protocol.manifest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import io.efka.protocol.manifest.ManifestSchema.ManifestKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Turns the text of a {@code manifest.json} into a {@link Manifest}, or into all that is wrong with it. Never throws,
 * whatever the text.
 */
public final class ManifestParser {
    /** As much as a command's payload may have. */
    public static final int MAX_SIZE = 256 * 1024;

    private final ManifestFields fields;

    private ManifestParser(JsonObject root, Diagnostics diagnostics) {
        fields = new ManifestFields(root, diagnostics);
    }

    /** Reads a manifest with every rule and default of {@link #knownKeys()}. */
    public static ManifestReading read(String json) {
        var diagnostics = new Diagnostics();
        Optional<Manifest> manifest = parse(json, diagnostics).flatMap(root -> object(root, diagnostics));
        List<Fault> faults = diagnostics.faults();
        if (!faults.isEmpty()) return new ManifestReading.Unusable(faults);
        return new ManifestReading.Usable(manifest.orElseThrow(), diagnostics.warnings());
    }

    /** All defaults, for a service whose manifest cannot be used: enough to stop its old run, not to start a new one. */
    public static Manifest defaults(ServiceId id) {
        var root = new JsonObject();
        root.addProperty(ManifestSchema.SERVICE_ID.path(), id.value());
        root.addProperty(ManifestSchema.EXEC.path(), "unusable-manifest");
        root.addProperty(ManifestSchema.HEALTH_CHECK.path(), "process:");
        return new ManifestParser(root, new Diagnostics()).manifest().orElseThrow();
    }

    /** Every key a manifest may have, in the order of the protocol document. */
    public static List<KnownKey> knownKeys() {
        return ManifestSchema.ALL.stream().map(ManifestParser::known).toList();
    }

    private static KnownKey known(ManifestKey<?> key) {
        return new KnownKey(key.path(), key.isRequired(), key.standard().map(JsonPrimitive::getAsString));
    }

    private static Optional<JsonElement> parse(String json, Diagnostics diagnostics) {
        if (json.length() > MAX_SIZE) {
            diagnostics.fault(Manifest.FILE_NAME, json.length() + " characters", "must be 256 KiB at most");
            return Optional.empty();
        }
        try {
            StrictJson.Document document = StrictJson.parse(json);
            document.duplicates().forEach(key -> diagnostics.fault(key, "there twice", "must be there once"));
            return Optional.of(document.root());
        } catch (StrictJson.NotJsonException e) {
            diagnostics.fault(Manifest.FILE_NAME, json.isBlank() ? "empty" : json, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Optional<Manifest> object(JsonElement root, Diagnostics diagnostics) {
        if (!root.isJsonObject()) return diagnostics.at(Manifest.FILE_NAME).unfit(root, "must be a JSON object");
        return new ManifestParser(root.getAsJsonObject(), diagnostics).manifest();
    }

    /** The manifest; empty if a required key is missing or wrong. Reads all keys in either case. */
    private Optional<Manifest> manifest() {
        Optional<ServiceId> id = serviceId();
        Optional<Manifest.Program> program = program();
        Optional<Manifest.Health> health = health();
        var readiness =
                new Manifest.Readiness(fields.value(ManifestSchema.READY), fields.value(ManifestSchema.READY_TIMEOUT));
        Optional<Duration> watchdog = fields.find(ManifestSchema.WATCHDOG);
        Manifest.RestartRule restart = restart();
        Manifest.StopRule stop = stop();
        Manifest.Limits limits = limits();
        List<ServiceId> after = after(id);
        Manifest.OutputRule output = output();
        Manifest.OnAgentExit onAgentExit = fields.value(ManifestSchema.ON_AGENT_EXIT);
        boolean autostart = fields.value(ManifestSchema.AUTOSTART);
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
        if (!fields.has(ManifestSchema.SERIVCE_ID)) return fields.find(ManifestSchema.SERVICE_ID);
        Optional<ServiceId> seedSpelling = fields.find(ManifestSchema.SERIVCE_ID);
        if (!fields.has(ManifestSchema.SERVICE_ID)) return seedSpelling;
        Optional<ServiceId> id = fields.find(ManifestSchema.SERVICE_ID);
        if (id.isPresent() && seedSpelling.isPresent() && !id.equals(seedSpelling)) {
            fields.unfit(ManifestSchema.SERIVCE_ID, "must be left out, or the same as service_id");
        }
        return id;
    }

    private Optional<Manifest.Program> program() {
        Optional<String> exec = fields.find(ManifestSchema.EXEC);
        List<String> args = fields.find(ManifestSchema.ARGS).orElse(List.of());
        Map<String, String> env = fields.find(ManifestSchema.ENV).orElse(Map.of());
        Optional<String> user = fields.find(ManifestSchema.USER);
        Optional<String> group = fields.find(ManifestSchema.GROUP);
        OptionalInt umask =
                fields.find(ManifestSchema.UMASK_BITS).map(OptionalInt::of).orElse(OptionalInt.empty());
        return exec.map(program -> new Manifest.Program(program, args, env, user, group, umask));
    }

    private Optional<Manifest.Health> health() {
        Optional<HealthCheck> check = fields.find(ManifestSchema.HEALTH_CHECK);
        Duration interval = fields.value(ManifestSchema.HEALTH_INTERVAL);
        Duration timeout = fields.value(ManifestSchema.HEALTH_TIMEOUT);
        Duration startPeriod = fields.value(ManifestSchema.HEALTH_START_PERIOD);
        int failures = Math.toIntExact(fields.value(ManifestSchema.HEALTH_FAILURES));
        Manifest.OnUnhealthy onUnhealthy = fields.value(ManifestSchema.ON_UNHEALTHY);
        return check.map(way -> new Manifest.Health(way, interval, timeout, startPeriod, failures, onUnhealthy));
    }

    private Manifest.RestartRule restart() {
        Duration delay = fields.value(ManifestSchema.RESTART_DELAY);
        return new Manifest.RestartRule(
                fields.value(ManifestSchema.RESTART_POLICY),
                fields.value(ManifestSchema.RESTART_STABLE),
                delay,
                maxDelay(delay),
                Math.toIntExact(fields.value(ManifestSchema.RESTART_LIMIT)),
                fields.value(ManifestSchema.RESTART_WINDOW));
    }

    /** A long {@code delay} alone lifts the default with it; only a written contradiction is a fault. */
    private Duration maxDelay(Duration delay) {
        Duration standard = ManifestSchema.RESTART_MAX_DELAY.fallback();
        Duration maxDelay =
                fields.find(ManifestSchema.RESTART_MAX_DELAY).orElse(standard.compareTo(delay) < 0 ? delay : standard);
        if (maxDelay.compareTo(delay) < 0) {
            fields.unfit(ManifestSchema.RESTART_MAX_DELAY, "must not be shorter than restart.delay");
        }
        return maxDelay;
    }

    private Manifest.StopRule stop() {
        if (fields.has(ManifestSchema.STOP_ARGS) && !fields.has(ManifestSchema.STOP_EXEC)) {
            fields.unfit(ManifestSchema.STOP_ARGS, "must come with stop.exec");
        }
        return new Manifest.StopRule(
                fields.find(ManifestSchema.STOP_EXEC),
                fields.find(ManifestSchema.STOP_ARGS).orElse(List.of()),
                fields.value(ManifestSchema.STOP_SIGNAL),
                fields.value(ManifestSchema.STOP_GRACE));
    }

    private Manifest.Limits limits() {
        return new Manifest.Limits(
                amount(ManifestSchema.LIMIT_MEMORY),
                fields.find(ManifestSchema.LIMIT_CPU).map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                amount(ManifestSchema.LIMIT_PIDS),
                amount(ManifestSchema.LIMIT_NOFILE),
                amount(ManifestSchema.LIMIT_CORE));
    }

    private OptionalLong amount(ManifestKey<Long> key) {
        return fields.find(key).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    private List<ServiceId> after(Optional<ServiceId> self) {
        List<ServiceId> after = fields.find(ManifestSchema.AFTER).orElse(List.of());
        if (self.isPresent() && after.contains(self.get())) {
            fields.unfit(ManifestSchema.AFTER, "must not name the service itself");
        }
        if (new HashSet<>(after).size() < after.size())
            fields.unfit(ManifestSchema.AFTER, "must name each service once");
        return after;
    }

    private Manifest.OutputRule output() {
        return new Manifest.OutputRule(
                fields.value(ManifestSchema.OUTPUT_KEEP),
                fields.value(ManifestSchema.OUTPUT_BACKLOG),
                fields.value(ManifestSchema.OUTPUT_RATE),
                fields.value(ManifestSchema.OUTPUT_LINGER),
                Math.toIntExact(fields.value(ManifestSchema.OUTPUT_BATCH)),
                fields.value(ManifestSchema.OUTPUT_STDERR));
    }

    /**
     * A key of the manifest, for documents and their tests.
     *
     * @param path with its section: {@code restart.delay}
     * @param required whether its absence is a fault
     * @param standard the default as written; empty where there is none
     */
    public record KnownKey(String path, boolean required, Optional<String> standard) {}
}
