package io.efka.protocol.manifest;

import static io.efka.protocol.manifest.ManifestSchema.ManifestKey.optional;
import static io.efka.protocol.manifest.ManifestSchema.ManifestKey.required;
import static io.efka.protocol.manifest.ManifestSchema.ManifestKey.standard;
import static io.efka.protocol.manifest.ValueRules.DURATION;
import static io.efka.protocol.manifest.ValueRules.DURATION_OR_ZERO;
import static io.efka.protocol.manifest.ValueRules.whole;

import com.google.gson.JsonPrimitive;
import io.efka.protocol.Durations;
import io.efka.protocol.EfkaVariables;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Every key a manifest may have, with its rule and its default. */
public final class ManifestSchema {
    /** The kernel's PATH_MAX. */
    private static final int MAX_PATH = 4096;

    /** A counter no device reaches; keeps what is handed to the kernel within an int. */
    private static final long MAX_COUNT = 1_000_000_000;

    /** A file system's block: less cannot be freed from a file. */
    private static final long MIN_KEEP = 4096;

    /** A job that is due more often than this is a service. */
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

    /** Every list of minutes, hours, days and months, written out. */
    private static final int MAX_CRON = 500;

    private static final int MAX_BATCH = 65_536;
    private static final int MAX_CPU = 1024;
    private static final int MAX_HEALTH_FAILURES = 1000;
    private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}\\$?");
    private static final Pattern PLATFORM_NAME = Pattern.compile("[a-z0-9]{1,32}/[a-z0-9_]{1,32}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    /** The next one is -1 to the kernel, which takes it for "leave it as it is": the agent's own, root perhaps. */
    private static final long MAX_ACCOUNT = 4_294_967_294L;

    private static final Pattern OCTAL = Pattern.compile("0?[0-7]{3}");

    private static final ValueRules.Rule<String> PROGRAM =
            ValueRules.text("must be a program without spaces, relative or absolute", ManifestSchema::isProgram);
    private static final ValueRules.Rule<ServiceId> ID = ValueRules.parsed(
            "must be 1-64 of A-Z a-z 0-9 . _ -, not starting with . or -",
            text -> Names.isLegal(text) ? Optional.of(new ServiceId(text)) : Optional.empty());
    private static final ValueRules.Rule<List<String>> TEXTS =
            ValueRules.listOf(ValueRules.TEXT, "must be a list of strings");
    private static final ValueRules.Rule<String> NAME_OF_ACCOUNT = ValueRules.text(
            "must be a string: a name or number as in /etc/passwd or /etc/group, up to " + MAX_ACCOUNT,
            ManifestSchema::isAccount);
    private static final ValueRules.Rule<Integer> UMASK = ValueRules.parsed(
            "must be an octal string from \"000\" to \"0777\", such as \"0022\"",
            text -> OCTAL.matcher(text).matches() ? Optional.of(Integer.parseInt(text, 8)) : Optional.empty());
    private static final ValueRules.Rule<Signal> SIGNAL =
            ValueRules.parsed("must be the name of a signal: " + List.of(Signal.values()), Signal::named);

    public static final ManifestKey<ServiceId> SERVICE_ID = required("service_id", ID);
    /** The first agent's manifests spell it so. */
    static final ManifestKey<ServiceId> SERIVCE_ID = optional("serivce_id", ID);

    static final ManifestKey<Manifest.Type> TYPE =
            standard("type", ValueRules.oneOf(Manifest.Type.class), of("service"));

    static final ManifestKey<String> EXEC = required("exec", PROGRAM);
    public static final ManifestKey<List<String>> ARGS = optional("args", TEXTS);
    static final ManifestKey<Map<String, String>> ENV = optional(
            "env",
            ValueRules.mapOfText(
                    ManifestSchema::isVariable,
                    "must have a name without = and NUL, and none that begins with " + EfkaVariables.PREFIX
                            + ", which the agent sets",
                    "must be an object of strings"));
    static final ManifestKey<String> USER = optional("user", NAME_OF_ACCOUNT);
    public static final ManifestKey<String> GROUP = optional("group", NAME_OF_ACCOUNT);
    static final ManifestKey<Integer> UMASK_BITS = optional("umask", UMASK);

    static final ManifestKey<HealthCheck> HEALTH_CHECK = required("health_check", new HealthCheckRule());
    static final ManifestKey<Duration> HEALTH_INTERVAL = standard("health.interval", DURATION, of("10s"));
    static final ManifestKey<Duration> HEALTH_TIMEOUT = standard("health.timeout", DURATION, of("2s"));
    static final ManifestKey<Duration> HEALTH_START_PERIOD =
            standard("health.start_period", DURATION_OR_ZERO, of("30s"));
    static final ManifestKey<Long> HEALTH_FAILURES = standard("health.failures", whole(1, MAX_HEALTH_FAILURES), of(3));
    static final ManifestKey<Manifest.OnUnhealthy> ON_UNHEALTHY =
            standard("health.on_unhealthy", ValueRules.oneOf(Manifest.OnUnhealthy.class), of("restart"));

    static final ManifestKey<Manifest.Readiness.Kind> READY =
            standard("ready", ValueRules.oneOf(Manifest.Readiness.Kind.class), of("spawn"));
    static final ManifestKey<Duration> READY_TIMEOUT = standard("ready_timeout", DURATION, of("30s"));
    static final ManifestKey<Duration> WATCHDOG = optional("watchdog", DURATION);

    static final ManifestKey<Duration> RUN_TIMEOUT = optional("run_timeout", DURATION);
    static final ManifestKey<Duration> SCHEDULE_EVERY = optional(
            "schedule.every",
            ValueRules.parsed(
                    "must be a duration from \"1s\" to \"365d\", " + Durations.EXAMPLES,
                    text -> Durations.parse(text).filter(every -> every.compareTo(SHORTEST_INTERVAL) >= 0)));
    static final ManifestKey<Schedule.Cron> SCHEDULE_CRON = optional(
            "schedule.cron",
            ValueRules.parsed(
                    "must have five fields (minute, hour, day of month, month, day of week) and name a date that comes,"
                            + " as in \"30 2 * * 1-5\"",
                    text -> text.length() <= MAX_CRON ? Schedule.Cron.parse(text, ZoneOffset.UTC) : Optional.empty()));
    static final ManifestKey<ZoneId> SCHEDULE_TIME_ZONE = optional(
            "schedule.time_zone",
            ValueRules.parsed("must be a time zone, as in \"Europe/Berlin\" or \"UTC\"", ManifestSchema::zone));
    static final ManifestKey<Duration> SCHEDULE_JITTER = standard("schedule.jitter", DURATION_OR_ZERO, of("0s"));
    static final ManifestKey<Boolean> SCHEDULE_CATCH_UP =
            standard("schedule.catch_up", ValueRules.FLAG, new JsonPrimitive(false));

    static final ManifestKey<Manifest.RestartRule.Policy> RESTART_POLICY =
            standard("restart.policy", ValueRules.oneOf(Manifest.RestartRule.Policy.class), of("always"));
    static final ManifestKey<Duration> RESTART_STABLE = standard("restart.stable", DURATION, of("10s"));
    static final ManifestKey<Duration> RESTART_DELAY = standard("restart.delay", DURATION, of("1s"));
    static final ManifestKey<Duration> RESTART_MAX_DELAY = standard("restart.max_delay", DURATION, of("60s"));
    static final ManifestKey<Long> RESTART_LIMIT =
            standard("restart.limit", whole(0, Manifest.MAX_RESTART_LIMIT), of(0));
    static final ManifestKey<Duration> RESTART_WINDOW = standard("restart.window", DURATION, of("10m"));

    static final ManifestKey<String> STOP_EXEC = optional("stop.exec", PROGRAM);
    public static final ManifestKey<List<String>> STOP_ARGS = optional("stop.args", TEXTS);
    static final ManifestKey<Signal> STOP_SIGNAL = standard("stop.signal", SIGNAL, of("TERM"));
    static final ManifestKey<Duration> STOP_GRACE = standard("stop.grace", DURATION, of("10s"));

    static final ManifestKey<Long> LIMIT_MEMORY = optional("limits.memory", ValueRules.size(1, ValueRules.LARGEST));
    static final ManifestKey<Double> LIMIT_CPU = optional("limits.cpu", ValueRules.positive(MAX_CPU));
    static final ManifestKey<Long> LIMIT_PIDS = optional("limits.pids", whole(1, MAX_COUNT));
    static final ManifestKey<Long> LIMIT_NOFILE = optional("limits.nofile", whole(1, MAX_COUNT));
    static final ManifestKey<Long> LIMIT_CORE = optional("limits.core", ValueRules.size(0, ValueRules.LARGEST));

    static final ManifestKey<List<ServiceId>> AFTER =
            optional("after", ValueRules.listOf(ID, "must be a list of service ids"));

    static final ManifestKey<Long> OUTPUT_KEEP =
            standard("output.keep", ValueRules.size(MIN_KEEP, ValueRules.LARGEST), of("16MiB"));
    static final ManifestKey<Long> OUTPUT_BACKLOG =
            standard("output.backlog", ValueRules.size(MIN_KEEP, ValueRules.LARGEST), of("256MiB"));
    static final ManifestKey<Long> OUTPUT_RATE = standard("output.rate", ValueRules.size(0, ValueRules.LARGEST), of(0));
    static final ManifestKey<Duration> OUTPUT_LINGER = standard("output.linger", DURATION_OR_ZERO, of("50ms"));
    static final ManifestKey<Long> OUTPUT_BATCH = standard("output.batch", ValueRules.size(1, MAX_BATCH), of("64KiB"));
    static final ManifestKey<Manifest.OutputRule.Stderr> OUTPUT_STDERR =
            standard("output.stderr", ValueRules.oneOf(Manifest.OutputRule.Stderr.class), of("separate"));

    static final ManifestKey<Manifest.OnAgentExit> ON_AGENT_EXIT =
            standard("on_agent_exit", ValueRules.oneOf(Manifest.OnAgentExit.class), of("stop"));
    static final ManifestKey<String> RELEASE = optional(
            "release",
            ValueRules.text("must be 1-64 of A-Z a-z 0-9 . _ + -, not starting with . or -", Names::isLegalRelease));
    static final ManifestKey<List<String>> PLATFORM = optional(
            "platform",
            ValueRules.oneOrMore(
                    ValueRules.text(
                            "must be a system and a processor, as in \"linux/arm64\"",
                            text -> PLATFORM_NAME.matcher(text).matches()),
                    "must be a string as in \"linux/arm64\", or a list of them"));
    static final ManifestKey<Boolean> AUTOSTART = standard("autostart", ValueRules.FLAG, new JsonPrimitive(true));

    /** In the order of the protocol document. */
    static final List<ManifestKey<?>> ALL = List.of(
            SERVICE_ID,
            SERIVCE_ID,
            RELEASE,
            PLATFORM,
            TYPE,
            EXEC,
            ARGS,
            HEALTH_CHECK,
            HEALTH_INTERVAL,
            HEALTH_TIMEOUT,
            HEALTH_START_PERIOD,
            HEALTH_FAILURES,
            ON_UNHEALTHY,
            READY,
            READY_TIMEOUT,
            WATCHDOG,
            RUN_TIMEOUT,
            SCHEDULE_EVERY,
            SCHEDULE_CRON,
            SCHEDULE_TIME_ZONE,
            SCHEDULE_JITTER,
            SCHEDULE_CATCH_UP,
            RESTART_POLICY,
            RESTART_STABLE,
            RESTART_DELAY,
            RESTART_MAX_DELAY,
            RESTART_LIMIT,
            RESTART_WINDOW,
            STOP_EXEC,
            STOP_ARGS,
            STOP_SIGNAL,
            STOP_GRACE,
            ENV,
            USER,
            GROUP,
            UMASK_BITS,
            LIMIT_MEMORY,
            LIMIT_CPU,
            LIMIT_PIDS,
            LIMIT_NOFILE,
            LIMIT_CORE,
            AFTER,
            OUTPUT_KEEP,
            OUTPUT_BACKLOG,
            OUTPUT_RATE,
            OUTPUT_LINGER,
            OUTPUT_BATCH,
            OUTPUT_STDERR,
            ON_AGENT_EXIT,
            AUTOSTART);

    private ManifestSchema() {}

    /** Whether {@code text} can name a program: the seed's rule that arguments do not belong into it. */
    static boolean isProgram(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_PATH
                && text.chars().noneMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c));
    }

    private static boolean isAccount(String text) {
        if (!ACCOUNT.matcher(text).matches()) return false;
        if (!NUMBER.matcher(text).matches()) return true;
        return text.length() <= 10 && Long.parseLong(text) <= MAX_ACCOUNT;
    }

    private static Optional<ZoneId> zone(String text) {
        try {
            return Optional.of(ZoneId.of(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static boolean isVariable(String name) {
        return !name.isEmpty()
                && name.indexOf('=') < 0
                && ValueRules.isPassable(name)
                && !EfkaVariables.isReserved(name);
    }

    private static JsonPrimitive of(String text) {
        return new JsonPrimitive(text);
    }

    private static JsonPrimitive of(int number) {
        return new JsonPrimitive(number);
    }

    /**
     * One key of the manifest.
     *
     * @param path with its section: {@code restart.delay}
     * @param isRequired whether its absence is a fault
     * @param standard the default as a manifest would have it; empty where absence itself means something
     */
    public record ManifestKey<T>(
            String path, ValueRules.Rule<T> rule, boolean isRequired, Optional<JsonPrimitive> standard) {

        static <T> ManifestKey<T> required(String path, ValueRules.Rule<T> rule) {
            return new ManifestKey<>(path, rule, true, Optional.empty());
        }

        static <T> ManifestKey<T> optional(String path, ValueRules.Rule<T> rule) {
            return new ManifestKey<>(path, rule, false, Optional.empty());
        }

        static <T> ManifestKey<T> standard(String path, ValueRules.Rule<T> rule, JsonPrimitive value) {
            return new ManifestKey<>(path, rule, false, Optional.of(value));
        }

        /** The section it is in; empty for the top. */
        String section() {
            return path.substring(0, Math.max(path.indexOf('.'), 0));
        }

        /** Its name within the section. */
        String name() {
            return path.substring(path.indexOf('.') + 1);
        }

        /** The default's value, read by the same rule as a manifest's. */
        T fallback() {
            return standard.flatMap(value -> rule.read(value, new Diagnostics(false).at(path)))
                    .orElseThrow(() -> new IllegalStateException("no usable default for " + path + ": " + standard));
        }
    }
}
