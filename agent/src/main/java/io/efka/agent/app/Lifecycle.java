package io.efka.agent.app;

/**
 * What a person starts and ends: the agent, or the demo around it. It is started once; {@link #close()} may come at any
 * time and from any thread, also during {@link #start()} or without it.
 */
public interface Lifecycle extends AutoCloseable {

    /**
     * Starts everything and returns when it runs. What was begun before a failure is ended by {@link #close()}.
     *
     * @throws StartException if it cannot run here; the message says what to do about it
     */
    void start() throws StartException;

    /** Waits until it has ended completely, by {@link #close()} or by itself (the {@code shutdown} command). */
    void awaitEnd() throws InterruptedException;

    /** Ends everything gracefully and returns when it has ended, within the time its settings grant. Idempotent. */
    @Override
    void close();
}
