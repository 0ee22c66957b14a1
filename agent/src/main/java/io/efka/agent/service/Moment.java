package io.efka.agent.service;

import java.time.Instant;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The time, chance and ids that a decision may use: all that is not in the service itself. */
record Moment(Instant now, RandomGenerator random, Supplier<RunId> runIds) {}
