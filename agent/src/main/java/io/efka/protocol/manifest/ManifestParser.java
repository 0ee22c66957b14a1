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
import java.time.ZoneId;
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

    private static final List<ManifestKey<?>> SERVICE_ONLY =
            List.of(ManifestSchema.READY, ManifestSchema.READY_TIMEOUT, ManifestSchema.WATCHDOG);

    private static final List<ManifestKey<?>> ONESHOT_ONLY = List.of(
            ManifestSchema.RUN_TIMEOUT,
            ManifestSchema.SCHEDULE_EVERY,
            ManifestSchema.SCHEDULE_CRON,
            ManifestSchema.SCHEDULE_TIME_ZONE,
            ManifestSchema.SCHEDULE_JITTER,
            ManifestSchema.SCHEDULE_CATCH_UP);

    private final ManifestFields fields;

    private ManifestParser(JsonObject root, Diagnostics diagnostics) {
        fields = new ManifestFields(root, diagnostics);
    }

    /** Reads a manifest with every rule and default of {@link #knownKeys()}. */
    public static ManifestReading read(String json) {
        return read(json, new Diagnostics(false));
    }

    /**
     * Reads the manifest of a service that is on the device already. What an earlier version took with a warning is no fault
     * here: a new agent must not stop a service that runs.
     */
    public static ManifestReading readInstalled(String json) {
        return read(json, new Diagnostics(true));
    }

    private static ManifestReading read(String json, Diagnostics diagnostics) {
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
        return new ManifestParser(root, new Diagnostics(false)).manifest().orElseThrow();
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
        boolean isOneshot = fields.value(ManifestSchema.TYPE) == Manifest.Type.ONESHOT;
        Optional<Manifest.Program> program = program();
        Optional<Manifest.Health> health = health(isOneshot);
        Optional<Manifest.Oneshot> oneshot = oneshot(isOneshot);
        var readiness =
                new Manifest.Readiness(fields.value(ManifestSchema.READY), fields.value(ManifestSchema.READY_TIMEOUT));
        Optional<Duration> watchdog = fields.find(ManifestSchema.WATCHDOG);
        Manifest.RestartRule restart = restart(isOneshot);
        Manifest.StopRule stop = stop();
        Manifest.Limits limits = limits();
        List<ServiceId> after = after(id);
        Manifest.OutputRule output = output();
        Manifest.OnAgentExit onAgentExit = fields.value(ManifestSchema.ON_AGENT_EXIT);
        boolean autostart = fields.value(ManifestSchema.AUTOSTART);
        Optional<String> release = fields.find(ManifestSchema.RELEASE);
        List<String> platforms = fields.find(ManifestSchema.PLATFORM).orElse(List.of());
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
                autostart,
                oneshot,
                release,
                platforms));
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

    /** What a oneshot may not say, a service may, and the other way round. */
    private Optional<Manifest.Oneshot> oneshot(boolean isOneshot) {
        for (ManifestKey<?> key : isOneshot ? SERVICE_ONLY : ONESHOT_ONLY) {
            fields.unfit(
                    key,
                    isOneshot
                            ? "must be left out of a oneshot, which is ready when it has completed"
                            : "must come with \"type\":\"oneshot\"");
        }
        Optional<Manifest.ScheduleRule> schedule = schedule();
        return isOneshot
                ? Optional.of(new Manifest.Oneshot(fields.find(ManifestSchema.RUN_TIMEOUT), schedule))
                : Optional.empty();
    }

    private Optional<Manifest.ScheduleRule> schedule() {
        Optional<Duration> every = fields.find(ManifestSchema.SCHEDULE_EVERY);
        Optional<ZoneId> zone = fields.find(ManifestSchema.SCHEDULE_TIME_ZONE);
        Optional<Schedule.Cron> cron =
                fields.find(ManifestSchema.SCHEDULE_CRON).map(times -> times.in(zone.orElse(ZoneId.systemDefault())));
        Duration jitter = fields.value(ManifestSchema.SCHEDULE_JITTER);
        boolean catchUp = fields.value(ManifestSchema.SCHEDULE_CATCH_UP);
        if (fields.has(ManifestSchema.SCHEDULE_EVERY) == fields.has(ManifestSchema.SCHEDULE_CRON)) {
            fields.unfitSection("schedule", "must have either every or cron");
        }
        if (fields.has(ManifestSchema.SCHEDULE_TIME_ZONE) && !fields.has(ManifestSchema.SCHEDULE_CRON)) {
            fields.unfit(ManifestSchema.SCHEDULE_TIME_ZONE, "must come with schedule.cron");
        }
        if (every.isPresent() && jitter.compareTo(every.get()) > 0) {
            fields.unfit(ManifestSchema.SCHEDULE_JITTER, "must not be longer than schedule.every");
        }
        Optional<Schedule> due = every.<Schedule>map(Schedule.Every::new).or(() -> cron);
        return due.map(schedule -> new Manifest.ScheduleRule(schedule, jitter, catchUp));
    }

    /** A oneshot that says nothing else is healthy as long as it runs. */
    private Optional<Manifest.Health> health(boolean isOneshot) {
        Optional<HealthCheck> check = isOneshot && !fields.has(ManifestSchema.HEALTH_CHECK)
                ? Optional.of(new HealthCheck.Alive())
                : fields.find(ManifestSchema.HEALTH_CHECK);
        Duration interval = fields.value(ManifestSchema.HEALTH_INTERVAL);
        Duration timeout = fields.value(ManifestSchema.HEALTH_TIMEOUT);
        Duration startPeriod = fields.value(ManifestSchema.HEALTH_START_PERIOD);
        int failures = Math.toIntExact(fields.value(ManifestSchema.HEALTH_FAILURES));
        Manifest.OnUnhealthy onUnhealthy = fields.value(ManifestSchema.ON_UNHEALTHY);
        return check.map(way -> new Manifest.Health(way, interval, timeout, startPeriod, failures, onUnhealthy));
    }

    /** A oneshot that says nothing else is not tried again. */
    private Manifest.RestartRule restart(boolean isOneshot) {
        Duration delay = fields.value(ManifestSchema.RESTART_DELAY);
        return new Manifest.RestartRule(
                isOneshot && !fields.has(ManifestSchema.RESTART_POLICY)
                        ? Manifest.RestartRule.Policy.NEVER
                        : fields.value(ManifestSchema.RESTART_POLICY),
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
