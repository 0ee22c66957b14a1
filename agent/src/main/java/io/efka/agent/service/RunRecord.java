package io.efka.agent.service;

import java.time.Instant;
import java.util.Optional;

/**
 * What is written down of a run, before and after its launch, so that the next agent finds the process again.
 *
 * @param process empty between the decision to launch and the launch's outcome
 * @param ready whether it became ready by a rule that a later agent cannot see fulfilled again: it may not say so twice
 */
public record RunRecord(RunId run, Instant since, Optional<ProcessIdentity> process, boolean ready) {

    /** A run that is not known to be ready. */
    public RunRecord(RunId run, Instant since, Optional<ProcessIdentity> process) {
        this(run, since, process, false);
    }

    /** The same run, its process known. */
    RunRecord with(ProcessIdentity known) {
        return new RunRecord(run, since, Optional.of(known), ready);
    }

    RunRecord asReady() {
        return new RunRecord(run, since, process, true);
    }
}
