package io.efka.agent.desired;

import io.efka.agent.telemetry.Events;
import io.efka.threads.Timers;

/** What documents use to act outside themselves. */
public record DesiredPorts(
        DocumentStore store,
        ServiceActions actions,
        ServiceFacts facts,
        Reports reports,
        Events events,
        Timers timers) {}
