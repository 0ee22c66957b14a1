package io.efka.fleet.cli;

import io.efka.fleet.desired.DocumentId;
import io.efka.fleet.rollout.RolloutClaim;
import io.efka.fleet.session.FleetException;
import io.efka.threads.ExitCode;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** What the commands for one document have in common. */
abstract class DesiredCommand extends FleetCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "DEVICE/DOCUMENT, or @GROUP/DOCUMENT")
    private String name = "";

    DesiredCommand(Surroundings surroundings) {
        super(surroundings);
    }

    final DocumentId id() {
        try {
            return DocumentId.parse(name);
        } catch (IllegalArgumentException e) {
            throw wrong("NAME", String.valueOf(e.getMessage()), name);
        }
    }

    @Override
    void check() throws FleetException {
        id();
    }

    /** A rollout that goes on writes the document anew: what somebody else changes is lost, or breaks it. */
    final Optional<RolloutClaim> requireFree(byte[] present) throws FleetException {
        Optional<RolloutClaim> claim = RolloutClaim.of(present);
        if (claim.filter(one -> !one.isOver()).isEmpty()) return claim;
        throw new FleetException(
                ExitCode.BUSY,
                "nothing was changed: " + claim.get().sentence() + ". End it first: efka rollout promote, or abort");
    }

    final FleetException none() {
        return new FleetException(ExitCode.NOTHING_MATCHED, "there is no document " + id());
    }
}
