package io.efka.agent.supervision;

import io.efka.protocol.RunId;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The time, chance and ids that a decision may use: all that is not in the service itself. */
record DecisionContext(Instant now, RandomGenerator random, Supplier<RunId> runIds) {}
