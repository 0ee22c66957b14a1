package io.efka.agent.release;

import io.efka.agent.release.DeployPorts.Turns;
import io.efka.protocol.ServiceId;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A deploy's turn in the queue of commands to its service: a switch never runs beside a command. Confined to the deployer's
 * mailbox.
 */
final class CommandTurn {
    private final ServiceId id;
    private final Turns turns;
    private final Executor mailbox;

    /** Ends the turn that has come; empty while there is none. */
    private Optional<Runnable> held = Optional.empty();

    private long number;

    CommandTurn(ServiceId id, Turns turns, Executor mailbox) {
        this.id = id;
        this.turns = turns;
        this.mailbox = mailbox;
    }

    /** @param came called on the mailbox when the turn is held; not after {@link #release} */
    void await(Runnable came) {
        long mine = ++number;
        turns.take(
                id,
                end -> mailbox.execute(() -> {
                    if (mine != number) {
                        end.run();
                        return;
                    }
                    held = Optional.of(end);
                    came.run();
                }));
    }

    /** Runs {@code work} in the turn that is held, or else when one comes; {@code work} runs its argument to end it. */
    void use(Consumer<Runnable> work) {
        Optional<Runnable> mine = held;
        held = Optional.empty();
        mine.ifPresentOrElse(work, () -> turns.take(id, work));
    }

    /** Ends the turn that is held, and waits for none. */
    void release() {
        number++;
        held.ifPresent(Runnable::run);
        held = Optional.empty();
    }
}
