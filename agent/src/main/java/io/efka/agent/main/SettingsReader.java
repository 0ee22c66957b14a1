package io.efka.agent.main;

import io.efka.agent.app.Settings;
import io.efka.agent.command.handler.AgentLog;
import io.efka.mqtt.BrokerSettings;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Fault;
import io.efka.threads.ExitCode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the settings. A flag takes precedence over the environment, that over the config file, and that over the default.
 * Every fault names the place where the value was written.
 */
final class SettingsReader {
    /**
     * A setting's value as somebody wrote it.
     *
     * @param where how to find it again: {@code --broker}, {@code EFKA_BROKER}, {@code efka.json: broker}
     */
    private record Raw(String text, String where) {}

    private final Map<Setting, Raw> written;
    private final MachineDefaults machine;
    private final List<Fault> faults = new ArrayList<>();

    private SettingsReader(Map<Setting, Raw> written, MachineDefaults machine) {
        this.written = written;
        this.machine = machine;
    }

    /**
     * Reads the settings.
     *
     * @param flags as given on the command line
     * @param fileName how the config file was named, for messages
     */
    static SettingsReading read(
            Map<Setting, String> flags, Optional<Path> fileName, ConfigFile file, MachineDefaults machine) {
        String where = fileName.map(path -> path + ": ").orElse("");
        var written = new EnumMap<Setting, Raw>(Setting.class);
        for (Setting setting : Setting.values()) {
            Optional.ofNullable(flags.get(setting))
                    .map(text -> new Raw(text, setting.flag()))
                    .or(() -> fromEnvironment(setting, machine))
                    .or(() -> Optional.ofNullable(file.values().get(setting))
                            .map(text -> new Raw(text, where + setting.key())))
                    .ifPresent(one -> written.put(setting, one));
        }
        return withFaults(new SettingsReader(written, machine).read(), file.faults(), where);
    }

    /** A variable that is set but empty counts as not set: compose files cannot leave one out. */
    private static Optional<Raw> fromEnvironment(Setting setting, MachineDefaults machine) {
        return Optional.ofNullable(machine.environment().get(setting.environment()))
                .filter(text -> !text.isEmpty())
                .map(text -> new Raw(text, setting.environment()));
    }

    private static SettingsReading withFaults(SettingsReading reading, List<Fault> inFile, String where) {
        if (inFile.isEmpty()) return reading;
        var all = new ArrayList<Fault>();
        inFile.forEach(fault -> all.add(new Fault(where + fault.key(), fault.value(), fault.expected())));
        if (reading instanceof SettingsReading.Unusable unusable) all.addAll(unusable.faults());
        return new SettingsReading.Unusable(all, ExitCode.BAD_CONFIG);
    }

    private SettingsReading read() {
        DeviceId device = device();
        BrokerSettings broker = broker(device);
        Settings settings = new Settings(
                broker,
                device,
                value(Setting.PREFIX, "efka", SettingValues::prefix),
                value(Setting.GROUPS, "", SettingValues::groups),
                folders(),
                artifacts(),
                ledger(),
                value(Setting.METRICS_INTERVAL, "30s", SettingValues::metricsInterval),
                value(Setting.MAX_HOLD, "24h", SettingValues::maxHold),
                value(Setting.STOP_TIMEOUT, "30s", SettingValues::stopTimeout),
                value(Setting.SELF_CHECK_TIMEOUT, "60s", SettingValues::selfCheckTimeout),
                value(Setting.HOME_ASSISTANT, "", SettingValues::homeAssistant));
        AgentLog.Level level = value(Setting.LOG_LEVEL, "info", SettingValues::logLevel);
        if (!faults.isEmpty()) return new SettingsReading.Unusable(faults, exitCode());
        return new SettingsReading.Usable(settings, level, SettingsAdvice.on(settings));
    }

    private DeviceId device() {
        if (written.containsKey(Setting.DEVICE)) return value(Setting.DEVICE, "device", SettingValues::deviceId);
        if (machine.isHostNameMadeUp()) {
            faults.add(
                    new Fault(
                            "host name",
                            quoted(machine.hostName()),
                            "must stay the same when this container is made anew: name the device with EFKA_DEVICE or --device"));
            return new DeviceId("device");
        }
        try {
            return SettingValues.deviceId(machine.hostName());
        } catch (IllegalArgumentException e) {
            faults.add(new Fault(
                    "host name", quoted(machine.hostName()), e.getMessage() + "; or name the device with --device"));
            return new DeviceId("device");
        }
    }

    private BrokerSettings broker(DeviceId device) {
        List<URI> uris = value(Setting.BROKER, "tcp://localhost:1883", BrokerUris::parse);
        String clientId = value(Setting.CLIENT_ID, "efka-" + device, SettingValues::clientId);
        Optional<Path> cert = file(Setting.CERT);
        Optional<Path> key = file(Setting.KEY);
        if (cert.isPresent() != key.isPresent()) {
            Setting there = cert.isPresent() ? Setting.CERT : Setting.KEY;
            Setting missing = cert.isPresent() ? Setting.KEY : Setting.CERT;
            faults.add(new Fault(
                    place(there), "alone", "a client certificate needs both: name " + missing.flag() + " as well"));
            return new BrokerSettings(
                    uris,
                    clientId,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
        Optional<String> username =
                Optional.ofNullable(written.get(Setting.USERNAME)).map(Raw::text);
        return new BrokerSettings(uris, clientId, username, file(Setting.PASSWORD_FILE), file(Setting.CA), cert, key);
    }

    private Settings.Folders folders() {
        Path data = value(Setting.DATA_DIR, machine.dataFolder().toString(), SettingValues::path);
        Path logs = value(Setting.LOG_DIR, data.resolve("logs").toString(), SettingValues::path);
        return new Settings.Folders(
                data,
                logs,
                value(Setting.WORK_DIR_ROOTS, "", SettingValues::absolutePaths),
                file(Setting.HEARTBEAT_FILE));
    }

    private Settings.Artifacts artifacts() {
        return new Settings.Artifacts(
                value(Setting.ARTIFACT_CACHE, "1GiB", SettingValues::artifactSize),
                value(Setting.ARTIFACT_ROOTS, "", SettingValues::absolutePaths),
                file(Setting.ARTIFACT_CA),
                file(Setting.ARTIFACT_CREDENTIALS),
                value(Setting.ALLOW_HTTP, "false", SettingValues::flag),
                value(Setting.DOWNLOAD_RATE, "0", SettingValues::downloadRate),
                value(Setting.MAX_UNPACKED, "2GiB", SettingValues::artifactSize),
                value(Setting.SERVE_ARTIFACTS, "false", SettingValues::flag));
    }

    private Settings.LedgerBounds ledger() {
        int entries = value(Setting.LEDGER_ENTRIES, "1000", SettingValues::ledgerEntries);
        Duration age = value(Setting.LEDGER_AGE, "24h", SettingValues::ledgerAge);
        return new Settings.LedgerBounds(entries, age);
    }

    private Optional<Path> file(Setting setting) {
        if (!written.containsKey(setting)) return Optional.empty();
        return Optional.of(value(setting, "unused", SettingValues::path));
    }

    /** What was written, or else the default; after a fault the default too, since the settings are not used then. */
    private <T> T value(Setting setting, String fallback, Function<String, T> parser) {
        Raw one = written.get(setting);
        if (one == null) return parser.apply(fallback);
        try {
            return parser.apply(one.text());
        } catch (IllegalArgumentException e) {
            faults.add(new Fault(one.where(), shown(setting, one.text()), String.valueOf(e.getMessage())));
            return parser.apply(fallback);
        }
    }

    private String place(Setting setting) {
        Raw one = written.get(setting);
        return one == null ? setting.flag() : one.where();
    }

    /** A wrong flag is the caller's mistake; anything else is a mistake in the machine's configuration. */
    private ExitCode exitCode() {
        boolean flagsOnly = faults.stream().allMatch(fault -> fault.key().startsWith("--"));
        return flagsOnly ? ExitCode.USAGE : ExitCode.BAD_CONFIG;
    }

    /** A broker URI with {@code @} may hold a password, which must not be logged. */
    private static String shown(Setting setting, String text) {
        return setting == Setting.BROKER && text.contains("@") ? "a value not shown here" : quoted(text);
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    /** The result of reading the settings. */
    sealed interface SettingsReading {

        /** They can be used; each warning is one sentence. */
        record Usable(Settings settings, AgentLog.Level logLevel, List<String> warnings) implements SettingsReading {
            public Usable {
                warnings = List.copyOf(warnings);
            }
        }

        /** They cannot be used; all faults at once, each with the place where the value was written. */
        record Unusable(List<Fault> faults, ExitCode exitCode) implements SettingsReading {
            public Unusable {
                faults = List.copyOf(faults);
            }
        }
    }
}
