package io.efka.agent.main;

import io.efka.agent.app.Settings;
import io.efka.protocol.Fault;
import io.efka.threads.ExitCode;
import java.util.List;

/** The result of reading the settings. */
sealed interface SettingsReading {

    /** They can be used; each warning is one sentence. */
    record Usable(Settings settings, LogLevel logLevel, List<String> warnings) implements SettingsReading {
        public Usable {
            warnings = List.copyOf(warnings);
        }
    }

    /** They cannot be used; all faults at once, each named by where it was written. */
    record Unusable(List<Fault> faults, ExitCode exitCode) implements SettingsReading {
        public Unusable {
            faults = List.copyOf(faults);
        }
    }
}
