package io.efka.agent.supervision;

import io.efka.protocol.Desired;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is persisted of a service.
 *
 * @param workDir absolute; its {@code manifest.json} says the rest
 * @param autostart whether it is started at agent start when desired
 * @param run the recorded run while there is, or may be, a process
 */
public record ServiceRecord(
        ServiceId id,
        Path workDir,
        Desired desired,
        boolean autostart,
        Optional<RunRecord> run,
        History history,
        Optional<ServiceStatus.LastExit> lastExit) {

    /** A service that has never run. */
    public static ServiceRecord fresh(ServiceId id, Path workDir, Desired desired, boolean autostart) {
        return new ServiceRecord(id, workDir, desired, autostart, Optional.empty(), History.CLEAN, Optional.empty());
    }

    /** As it is while it is being removed: nobody wants it to run, whatever was asked for before. */
    ServiceRecord leaving() {
        return desired(Desired.STOPPED).run(run.map(RunRecord::withoutCommand));
    }

    /** Whether an agent that starts has it run, or keeps the run that there is. */
    boolean isWantedAtStart() {
        boolean isDesired = desired == Desired.RUNNING;
        return run.map(found -> isDesired || found.commanded()).orElse(isDesired && autostart);
    }

    // The same but for one part.

    ServiceRecord desired(Desired next) {
        return new ServiceRecord(id, workDir, next, autostart, run, history, lastExit);
    }

    ServiceRecord autostart(boolean next) {
        return new ServiceRecord(id, workDir, desired, next, run, history, lastExit);
    }

    ServiceRecord run(Optional<RunRecord> next) {
        return new ServiceRecord(id, workDir, desired, autostart, next, history, lastExit);
    }

    ServiceRecord history(History next) {
        return new ServiceRecord(id, workDir, desired, autostart, run, next, lastExit);
    }

    ServiceRecord lastExit(ServiceStatus.LastExit next) {
        return new ServiceRecord(id, workDir, desired, autostart, run, history, Optional.of(next));
    }
}
