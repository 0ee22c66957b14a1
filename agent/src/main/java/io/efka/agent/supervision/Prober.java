package io.efka.agent.supervision;

import java.util.function.Consumer;

/** Runs health checks. Never blocks; answers once, from any thread, within the check's timeout. */
public interface Prober {

    /** Runs the health check of {@code launch}'s manifest; {@code answer} gets the verdict. */
    void probe(Launcher.Launch launch, Consumer<Verdict> answer);

    /**
     * The result of a health check.
     *
     * @param detail one line: the status, or what went wrong
     */
    record Verdict(boolean healthy, String detail) {}
}
