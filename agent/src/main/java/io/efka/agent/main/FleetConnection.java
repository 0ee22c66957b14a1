package io.efka.agent.main;

import io.efka.agent.main.SettingsReader.SettingsReading;
import io.efka.mqtt.BrokerSettings;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * How a command for the fleet reaches the broker: by the same settings as an agent, from flags and the environment, but
 * with a client id of its own.
 */
record FleetConnection(BrokerSettings broker, String prefix) {
    private static final List<Setting> SETTINGS = List.of(
            Setting.BROKER,
            Setting.PREFIX,
            Setting.USERNAME,
            Setting.PASSWORD_FILE,
            Setting.CA,
            Setting.CERT,
            Setting.KEY);

    /** Adds the options. */
    static void addOptions(CommandSpec spec) {
        for (Setting setting : SETTINGS) {
            spec.addOption(OptionSpec.builder(setting.flag())
                    .type(String.class)
                    .paramLabel(setting.placeholder())
                    .description(setting.help())
                    .build());
        }
    }

    /**
     * Reads what was given; prints what is wrong.
     *
     * @param clientId that no other client has
     */
    static Optional<FleetConnection> read(
            ParseResult given, MachineDefaults machine, String clientId, PrintWriter err) {
        var flags = new EnumMap<Setting, String>(Setting.class);
        var environment = new HashMap<String, String>();
        for (Setting setting : SETTINGS) {
            if (given.hasMatchedOption(setting.flag())) {
                flags.put(setting, given.matchedOptionValue(setting.flag(), ""));
            }
            Optional.ofNullable(machine.environment().get(setting.environment()))
                    .ifPresent(value -> environment.put(setting.environment(), value));
        }
        flags.put(Setting.CLIENT_ID, clientId); // never that of an agent, which would lose its connection
        flags.put(Setting.DEVICE, "operator");
        return settings(flags, machine, environment, err);
    }

    private static Optional<FleetConnection> settings(
            Map<Setting, String> flags, MachineDefaults machine, Map<String, String> environment, PrintWriter err) {
        var here = new MachineDefaults(
                machine.hostName(), machine.root(), machine.home(), machine.container(), environment);
        SettingsReading reading = SettingsReader.read(flags, Optional.empty(), ConfigFile.NONE, here);
        if (reading instanceof SettingsReading.Usable usable) {
            return Optional.of(new FleetConnection(
                    usable.settings().broker(), usable.settings().prefix()));
        }
        ((SettingsReading.Unusable) reading).faults().forEach(fault -> err.println("efka: " + fault));
        return Optional.empty();
    }
}
