package io.efka.agent.main;

import io.efka.agent.app.Lifecycle;
import io.efka.agent.main.SettingsReader.SettingsReading;
import io.efka.agent.main.SettingsReader.SettingsReading.Unusable;
import io.efka.agent.main.SettingsReader.SettingsReading.Usable;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SIGHUP does: reads the config file and the files that it names again. Of the settings, only the level of the log
 * changes while the agent runs. What cannot be used is logged and changes nothing. Runs on one thread at a time.
 */
final class SettingsReload implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsReload.class);

    private final Optional<Path> file;
    private final Source source;
    private final Lifecycle agent;
    private final ProcessLog log;
    private final Usable first;

    /** Reads all settings, from wherever they come. */
    interface Source {
        SettingsReading read() throws IOException;
    }

    /**
     * @param file that of the settings; empty: there is none to be read again
     * @param first what the agent was started with
     */
    SettingsReload(Optional<Path> file, Source source, Usable first, Lifecycle agent, ProcessLog log) {
        this.file = file;
        this.source = source;
        this.first = first;
        this.agent = agent;
        this.log = log;
    }

    @Override
    public void run() {
        var words = new ArrayList<String>();
        file.ifPresent(path -> words.add(settings(path)));
        words.addAll(agent.reread());
        LOG.info("SIGHUP: {}", words.isEmpty() ? "there is no file to be read again" : String.join("; ", words));
    }

    private String settings(Path path) {
        try {
            SettingsReading reading = source.read();
            if (reading instanceof Usable usable) return inForce(path, usable);
            warn(
                    path,
                    ((Unusable) reading).faults().stream().map(Object::toString).collect(Collectors.joining("; ")));
        } catch (IOException e) {
            warn(path, FileFailure.reason(e));
        }
        return "config file " + path + " cannot be used";
    }

    private static void warn(Path path, String why) {
        LOG.warn("config file {} cannot be used, the settings stay as they are: {}", path, why);
    }

    private String inForce(Path path, Usable usable) {
        boolean isOtherLevel = usable.logLevel() != log.configured();
        if (isOtherLevel) log.configure(usable.logLevel());
        var changes = new ArrayList<String>();
        if (isOtherLevel) changes.add("log_level is " + usable.logLevel().name().toLowerCase(Locale.ROOT));
        if (!usable.settings().equals(first.settings())) changes.add("other settings differ: they need a restart");
        return "config file " + path + ": " + (changes.isEmpty() ? "nothing has changed" : String.join(", ", changes));
    }
}
