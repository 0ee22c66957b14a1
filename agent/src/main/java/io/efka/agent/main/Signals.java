package io.efka.agent.main;

import java.util.function.IntConsumer;

/** The signals that come to this process. */
interface Signals {

    /**
     * Hands a signal to {@code heard} from now on, with its number, instead of ending the process by it.
     *
     * @param name without SIG: {@code TERM}
     * @param heard called on a thread of the signal's own, also while an earlier call still runs
     */
    void take(String name, IntConsumer heard);
}
