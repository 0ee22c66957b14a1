package io.efka.agent.supervision;

import io.efka.protocol.RunId;
import io.efka.threads.Timers;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What a supervisor reaches the world through; shared by all supervisors of a device. */
public record SupervisorPorts(
        Launcher launcher,
        Prober prober,
        ServiceStore store,
        ManifestReader manifests,
        Timers timers,
        StatusListener listener,
        StopNotifier stopNotifier,
        Supplier<RunId> runIds,
        RandomGenerator random) {}
