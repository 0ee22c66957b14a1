package io.efka.agent.service;

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
        Optional<ServiceStatus.LastExit> lastExit) {}
