package io.efka.agent.process.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is asked of the systemd that started the agent. Every method blocks, for ten seconds at most. */
public interface Systemd {

    /**
     * Whether systemd starts the main process of the unit in this group below the unit's own
     * ({@code DelegateSubgroup=}). Only then may the unit's own group have controllers enabled.
     *
     * @return false as well where systemd did not answer
     */
    boolean startsIn(SystemdUnit unit, String subgroup);

    /**
     * Makes a scope in the slice of the unit, to be stopped after the unit when the machine shuts down. It lasts as long
     * as any process is in it.
     *
     * @param scope its name, such as {@code efka-cam7.scope}
     * @return its first process
     * @throws IOException with systemd's own words if it refuses, or does not answer in time
     */
    PauseProcess openScope(SystemdUnit unit, String scope) throws IOException;

    /** The systemd of this machine or container; empty where another program is the first process. */
    static Optional<Systemd> detect() {
        return Files.isDirectory(Path.of("/run/systemd/system"))
                ? Optional.of(new SystemdCommands())
                : Optional.empty();
    }
}
