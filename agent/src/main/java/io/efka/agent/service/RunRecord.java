package io.efka.agent.service;

import java.time.Instant;
import java.util.Optional;

/**
 * What is written down of a run, before and after its launch, so that the next agent finds the process again.
 *
 * @param process empty between the decision to launch and the launch's outcome
 */
public record RunRecord(RunId run, Instant since, Optional<ProcessIdentity> process) {}
