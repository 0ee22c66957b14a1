package io.efka.agent.main;

import io.efka.agent.main.SettingsReader.SettingsReading;
import io.efka.fleet.cli.BrokerOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * How a command for the fleet reaches the broker: by the same settings as an agent, from flags, the environment and a
 * context, but with a client id of its own.
 */
final class FleetBroker implements BrokerOptions {
    private static final List<Setting> SETTINGS = List.of(
            Setting.BROKER,
            Setting.PREFIX,
            Setting.USERNAME,
            Setting.PASSWORD_FILE,
            Setting.CA,
            Setting.CERT,
            Setting.KEY);

    private static final String CONTEXT = "--context";
    private static final String CONTEXT_VARIABLE = "EFKA_CONTEXT";

    private final MachineDefaults machine;

    FleetBroker(MachineDefaults machine) {
        this.machine = machine;
    }

    @Override
    public void addTo(CommandSpec spec) {
        SETTINGS.forEach(setting -> add(spec, setting, setting.placeholder(), setting.help()));
        addContext(spec);
    }

    @Override
    public void addAddressTo(CommandSpec spec, String meaning) {
        add(spec, Setting.BROKER, "URI", meaning);
        add(spec, Setting.PREFIX, Setting.PREFIX.placeholder(), Setting.PREFIX.help());
        addContext(spec);
    }

    private static void add(CommandSpec spec, Setting setting, String placeholder, String meaning) {
        spec.addOption(OptionSpec.builder(setting.flag())
                .type(String.class)
                .paramLabel(placeholder)
                .description(meaning)
                .build());
    }

    private static void addContext(CommandSpec spec) {
        spec.addOption(OptionSpec.builder(CONTEXT)
                .type(String.class)
                .paramLabel("NAME")
                .description("Broker options kept by \"efka context add\". Default: the one in use")
                .build());
    }

    @Override
    public Optional<Access> read(ParseResult given, String clientId, PrintWriter err) {
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
        Optional<String> named = Optional.ofNullable(given.matchedOptionValue(CONTEXT, (String) null))
                .or(() -> Optional.ofNullable(machine.environment().get(CONTEXT_VARIABLE))
                        .filter(name -> !name.isEmpty()));
        try {
            Path file = Contexts.file(machine);
            ConfigFile context = Contexts.read(file).config(named);
            return settings(flags, context, file, environment, err);
        } catch (Contexts.UnusableException e) {
            err.println("efka: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Access> settings(
            Map<Setting, String> flags,
            ConfigFile context,
            Path file,
            Map<String, String> environment,
            PrintWriter err) {
        var here = new MachineDefaults(
                machine.hostName(), machine.root(), machine.home(), machine.container(), environment);
        SettingsReading reading = SettingsReader.read(flags, Optional.of(file), context, here);
        if (reading instanceof SettingsReading.Usable usable) {
            return Optional.of(
                    new Access(usable.settings().broker(), usable.settings().prefix()));
        }
        ((SettingsReading.Unusable) reading).faults().forEach(fault -> err.println("efka: " + fault));
        return Optional.empty();
    }

    /** The settings that a context may have, by their keys. */
    static List<String> keys() {
        return SETTINGS.stream().map(Setting::key).toList();
    }
}
