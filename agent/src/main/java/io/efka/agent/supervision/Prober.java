package io.efka.agent.supervision;

import java.util.function.Consumer;

/** Asks a service whether it is well. Never blocks; answers once, from any thread, within the check's timeout. */
public interface Prober {

    /** Probes as {@code launch}'s manifest says; {@code answer} gets the verdict. */
    void probe(Launcher.Launch launch, Consumer<Verdict> answer);

    /**
     * One answer to a health check.
     *
     * @param detail one line: the status, or what went wrong
     */
    record Verdict(boolean healthy, String detail) {}
}
