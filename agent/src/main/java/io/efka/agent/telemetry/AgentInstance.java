package io.efka.agent.telemetry;

import java.time.Instant;

/**
 * Identifies this start of the agent.
 *
 * @param session number that grows with every start on the same data folder
 * @param instance random for each start: tells apart two agents with the same device id
 */
public record AgentInstance(long session, String instance, Version version, Instant startedAt) {}
