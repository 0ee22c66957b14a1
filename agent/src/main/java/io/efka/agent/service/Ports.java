package io.efka.agent.service;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What a supervisor reaches the world through; shared by all supervisors of a device. */
public record Ports(
        Launcher launcher,
        Prober prober,
        ServiceStore store,
        ManifestReader manifests,
        Timers timers,
        StatusListener listener,
        Farewells farewells,
        Supplier<RunId> runIds,
        RandomGenerator random) {}
