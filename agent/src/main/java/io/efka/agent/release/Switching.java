package io.efka.agent.release;

import io.efka.agent.release.DeployResult.Problem;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Switches a service to a release in its turn. A switch that returns later carries a number; one that is not the newest is
 * ignored. Confined to the deployer's mailbox.
 */
final class Switching {
    private final ServiceId id;
    private final DeployPorts ports;
    private final CommandTurn turn;
    private final ReleaseRecord record;
    private final Executor mailbox;
    private final Consumer<DeployEvent> tell;
    private long newest;

    /** @param tell called on the mailbox with what came of the newest switch; not if the agent ends meanwhile */
    Switching(
            ServiceId id,
            DeployPorts ports,
            CommandTurn turn,
            ReleaseRecord record,
            Executor mailbox,
            Consumer<DeployEvent> tell) {
        this.id = id;
        this.ports = ports;
        this.turn = turn;
        this.record = record;
        this.mailbox = mailbox;
        this.tell = tell;
    }

    void begin(ReleaseId to, boolean isWanted) {
        long number = ++newest;
        Release release = record.now()
                .find(to)
                .orElseGet(() -> Release.of(to, ports.timers().now()));
        var change = new ReleaseSwitch(id, release.folder(id, ports.folders()), isWanted, cause(), ports);
        turn.use(end -> change.run()
                .whenComplete((problem, bug) -> mailbox.execute(() -> {
                    try {
                        if (number != newest) return;
                        over(
                                to,
                                bug == null
                                        ? problem
                                        : Optional.of(new Problem(ErrorCode.INTERNAL, "internal error: " + bug)));
                    } finally {
                        end.run(); // only now: the next command is to see which release is current
                    }
                })));
    }

    /** Stops the service for good. */
    void stop() {
        ReleaseSwitch.stop(id, cause(), ports.services());
    }

    private Cause cause() {
        return record.now().deploy().map(Deploy::cause).orElseGet(() -> Cause.command(Optional.empty()));
    }

    private void over(ReleaseId to, Optional<Problem> problem) {
        if (problem.filter(found -> found.code() == ErrorCode.INTERRUPTED).isPresent()) return;
        if (problem.isPresent()) {
            tell.accept(new DeployEvent.SwitchFailed(problem.get()));
            return;
        }
        record.change(known -> known.current(to));
        tell.accept(new DeployEvent.Switched());
    }

    /** Nothing is told of what is under way. */
    void forget() {
        newest++;
    }
}
