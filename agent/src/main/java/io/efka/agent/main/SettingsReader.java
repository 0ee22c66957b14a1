package io.efka.agent.main;

import io.efka.agent.app.Settings;
import io.efka.mqtt.BrokerSettings;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Fault;
import io.efka.threads.ExitCode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Makes settings of what was written, the machine's word where nothing was, and names every fault by its place. */
final class SettingsReader {

    private final Map<Setting, RawSetting> written;
    private final MachineDefaults machine;
    private final List<Fault> faults = new ArrayList<>();

    private SettingsReader(Map<Setting, RawSetting> written, MachineDefaults machine) {
        this.written = written;
        this.machine = machine;
    }

    static SettingsReading read(Map<Setting, RawSetting> written, MachineDefaults machine) {
        return new SettingsReader(written, machine).read();
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
                ledger(),
                value(Setting.METRICS_INTERVAL, "30s", SettingValues::metricsInterval),
                value(Setting.STOP_TIMEOUT, "30s", SettingValues::stopTimeout),
                value(Setting.SELF_CHECK_TIMEOUT, "60s", SettingValues::selfCheckTimeout),
                value(Setting.HOME_ASSISTANT, "", SettingValues::homeAssistant));
        LogLevel level = value(Setting.LOG_LEVEL, "info", SettingValues::logLevel);
        if (!faults.isEmpty()) return new SettingsReading.Unusable(faults, exitCode());
        return new SettingsReading.Usable(settings, level, SettingsAdvice.on(settings));
    }

    private DeviceId device() {
        if (written.containsKey(Setting.DEVICE)) return value(Setting.DEVICE, "device", SettingValues::deviceId);
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
                Optional.ofNullable(written.get(Setting.USERNAME)).map(RawSetting::text);
        return new BrokerSettings(uris, clientId, username, file(Setting.PASSWORD_FILE), file(Setting.CA), cert, key);
    }

    private Settings.Folders folders() {
        Path data = value(Setting.DATA_DIR, machine.dataFolder().toString(), SettingValues::path);
        Path logs = value(Setting.LOG_DIR, data.resolve("logs").toString(), SettingValues::path);
        return new Settings.Folders(data, logs, value(Setting.WORK_DIR_ROOTS, "", SettingValues::absolutePaths));
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
        RawSetting one = written.get(setting);
        if (one == null) return parser.apply(fallback);
        try {
            return parser.apply(one.text());
        } catch (IllegalArgumentException e) {
            faults.add(new Fault(one.where(), shown(setting, one.text()), String.valueOf(e.getMessage())));
            return parser.apply(fallback);
        }
    }

    private String place(Setting setting) {
        RawSetting one = written.get(setting);
        return one == null ? setting.flag() : one.where();
    }

    /** A wrong flag is the caller's mistake, all else the machine's set-up. */
    private ExitCode exitCode() {
        boolean flagsOnly = faults.stream().allMatch(fault -> fault.key().startsWith("--"));
        return flagsOnly ? ExitCode.USAGE : ExitCode.BAD_CONFIG;
    }

    /** A broker with {@code @} may hold a password, which belongs in no log. */
    private static String shown(Setting setting, String text) {
        return setting == Setting.BROKER && text.contains("@") ? "a value not shown here" : quoted(text);
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
