package io.efka.agent.telemetry;

import java.time.Instant;

/**
 * Which start of which agent this is.
 *
 * @param session grows with every start on the same data folder
 * @param instance random, of this start alone: tells two agents apart that use the same device id
 */
public record AgentInstance(long session, String instance, Version version, Instant startedAt) {}
