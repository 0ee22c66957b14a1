package io.efka.agent.main;

import io.efka.protocol.EfkaVariables;
import io.efka.protocol.Fault;
import io.efka.protocol.Spelling;
import io.efka.threads.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lays flags over the environment over the config file. */
final class SettingsSources {
    private SettingsSources() {}

    /**
     * Reads the settings.
     *
     * @param flags as given on the command line
     * @param fileName how the config file was named, for messages
     */
    static SettingsReading read(
            Map<Setting, String> flags, Optional<Path> fileName, ConfigFile file, MachineDefaults machine) {
        String where = fileName.map(path -> path + ": ").orElse("");
        var written = new EnumMap<Setting, RawSetting>(Setting.class);
        for (Setting setting : Setting.values()) {
            Optional.ofNullable(flags.get(setting))
                    .map(text -> new RawSetting(text, setting.flag()))
                    .or(() -> fromEnvironment(setting, machine))
                    .or(() -> Optional.ofNullable(file.values().get(setting))
                            .map(text -> new RawSetting(text, where + setting.key())))
                    .ifPresent(one -> written.put(setting, one));
        }
        return withFaults(SettingsReader.read(written, machine), file.faults(), where);
    }

    /** Variables that look like a setting misspelled; one sentence each. */
    static List<String> strayVariables(MachineDefaults machine) {
        List<String> known =
                Arrays.stream(Setting.values()).map(Setting::environment).toList();
        var stray = new ArrayList<String>();
        for (String name : machine.environment().keySet()) {
            if (!EfkaVariables.isReserved(name) || known.contains(name) || isNoSetting(name)) continue;
            Spelling.closest(name, known)
                    .ifPresent(
                            close -> stray.add("the variable " + name + " means nothing; did you mean " + close + "?"));
        }
        return stray;
    }

    private static boolean isNoSetting(String name) {
        return EfkaVariables.OF_SCRIPT.contains(name) || EfkaVariables.OF_SERVICES.contains(name);
    }

    /** A variable that is set but empty counts as not set: compose files cannot leave one out. */
    private static Optional<RawSetting> fromEnvironment(Setting setting, MachineDefaults machine) {
        return Optional.ofNullable(machine.environment().get(setting.environment()))
                .filter(text -> !text.isEmpty())
                .map(text -> new RawSetting(text, setting.environment()));
    }

    private static SettingsReading withFaults(SettingsReading reading, List<Fault> inFile, String where) {
        if (inFile.isEmpty()) return reading;
        var all = new ArrayList<Fault>();
        inFile.forEach(fault -> all.add(new Fault(where + fault.key(), fault.value(), fault.expected())));
        if (reading instanceof SettingsReading.Unusable unusable) all.addAll(unusable.faults());
        return new SettingsReading.Unusable(all, ExitCode.BAD_CONFIG);
    }
}
