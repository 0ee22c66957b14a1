package io.efka.agent;

import io.efka.agent.threads.TaskPool;
import java.util.concurrent.ExecutorService;

/**
 * The agent's pools. Mailboxes and commands run on {@code agent-worker}, where a disk sync may hold a thread;
 * launches run on {@code agent-launch}, so that a slow one delays no decision. What bounds their queues are the lanes and
 * mailboxes in front of them.
 */
final class Workers implements AutoCloseable {
    /** Four: a disk sync holds a thread, and committers share one sync. */
    private static final int SIZE = 4;

    private final TaskPool workers = TaskPool.lasting("agent-worker", SIZE);
    private final TaskPool launchers = TaskPool.lasting("agent-launch", SIZE);

    ExecutorService workers() {
        return workers;
    }

    ExecutorService launchers() {
        return launchers;
    }

    /** Lets what runs finish, for two seconds at most a pool. */
    @Override
    public void close() {
        launchers.close();
        workers.close();
    }
}
