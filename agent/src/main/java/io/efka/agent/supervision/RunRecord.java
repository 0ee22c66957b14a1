package io.efka.agent.supervision;

import io.efka.protocol.RunId;
import java.time.Instant;
import java.util.Optional;

/**
 * What is written down of a run, before and after its launch, so that the next agent finds the process again.
 *
 * @param process empty between the decision to launch and the launch's outcome
 * @param ready whether it became ready by a rule that a later agent cannot see fulfilled again: it may not say so twice
 * @param commanded whether a command asked for it and its success has not made the service desired yet: an agent that finds
 *     it alive finishes that command, where it would end any other run that is not desired
 * @param group names its control group, where it has one
 */
public record RunRecord(
        RunId run,
        Instant since,
        Optional<ProcessIdentity> process,
        boolean ready,
        boolean commanded,
        Optional<String> group) {

    /** A run that is not known to be ready, and that no command waits for. */
    public RunRecord(RunId run, Instant since, Optional<ProcessIdentity> process) {
        this(run, since, process, false, false, Optional.empty());
    }

    /** The same run, its process known. */
    RunRecord with(ProcessIdentity known, Optional<String> itsGroup) {
        return new RunRecord(run, since, Optional.of(known), ready, commanded, itsGroup);
    }

    RunRecord asReady() {
        return new RunRecord(run, since, process, true, commanded, group);
    }

    RunRecord asCommanded() {
        return new RunRecord(run, since, process, ready, true, group);
    }

    /** The command has been fulfilled, or another one has taken its place. */
    RunRecord withoutCommand() {
        return new RunRecord(run, since, process, ready, false, group);
    }
}
