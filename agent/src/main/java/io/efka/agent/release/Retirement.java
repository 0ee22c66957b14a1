package io.efka.agent.release;

import io.efka.protocol.ServiceId;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Has what is known of a service be forgotten that never came to be: its first deploy was refused, failed or was cancelled.
 * Confined to the deployer's mailbox.
 */
final class Retirement {
    /** By then the command has its outcome in the ledger, so nobody repeats it any more. */
    static final Duration DELAY = Duration.ofMinutes(1);

    private final ServiceId id;
    private final DeployPorts ports;
    private final Executor mailbox;
    private final BooleanSupplier isIdle;
    private final Runnable forget;
    private boolean isSet;

    /**
     * @param isIdle whether no deploy is under way, waits or was promised
     * @param forget called on the mailbox
     */
    Retirement(ServiceId id, DeployPorts ports, Executor mailbox, BooleanSupplier isIdle, Runnable forget) {
        this.id = id;
        this.ports = ports;
        this.mailbox = mailbox;
        this.isIdle = isIdle;
        this.forget = forget;
    }

    /** To be called when a deploy is over, or was refused. */
    void consider() {
        if (isSet || !isDue()) return;
        isSet = true;
        ports.timers().schedule(DELAY, () -> mailbox.execute(this::decide));
    }

    /** Whether there is nothing to keep. */
    boolean isDue() {
        return isIdle.getAsBoolean() && ports.services().find(id).isEmpty();
    }

    private void decide() {
        isSet = false;
        if (isDue()) forget.run();
    }
}
