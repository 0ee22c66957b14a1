package io.efka.agent.app;

import io.efka.agent.process.ProcessLauncher;
import io.efka.threads.TaskPool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;

/**
 * The agent's thread pools. They do not wait for each other: a task that hangs on a dead disk delays only tasks of its kind.
 *
 * <ul>
 *   <li>{@code agent-worker}: mailboxes and commands, where a disk sync may hold a thread.
 *   <li>{@code agent-process}: signals, kills and the search for processes, which nothing may delay.
 *   <li>{@code agent-launch}: programs are started.
 *   <li>{@code agent-check}: commands that are health checks are started.
 *   <li>{@code agent-folder}: commands that read services' folders, where a dead mount may hold a thread for seconds.
 * </ul>
 *
 * <p>Their own queues have no bound: the command queues and mailboxes in front of them do.
 */
final class ThreadPools implements AutoCloseable {
    /** Four: a disk sync holds a thread, and committers share one sync. */
    private static final int SIZE = 4;

    /** Two: a kill does not wait for a search through all processes. */
    private static final int PROCESSES = 2;

    /** Eight: some may hang in a dead disk. */
    private static final int LAUNCHES = 8;

    private static final int CHECKS = 4;

    /** Eight: some may wait for a dead mount. */
    private static final int FOLDERS = 8;

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final TaskPool workers = TaskPool.fixed("agent-worker", SIZE);
    private final TaskPool processes = TaskPool.fixed("agent-process", PROCESSES);
    private final TaskPool launchers = onDemand("agent-launch", LAUNCHES);
    private final TaskPool checks = onDemand("agent-check", CHECKS);
    private final TaskPool folders = onDemand("agent-folder", FOLDERS);

    private static TaskPool onDemand(String name, int size) {
        return TaskPool.onDemand(name, size, IDLE, new LinkedBlockingQueue<>(), 0);
    }

    /** Those that must never stand still. */
    List<TaskPool> watched() {
        return List.of(workers, processes);
    }

    ExecutorService workers() {
        return workers;
    }

    /** For commands that read folders. Where it finds no thread, the workers do it. */
    Executor folders() {
        return task -> {
            try {
                folders.execute(task);
            } catch (RejectedExecutionException noThread) {
                workers.execute(task);
            }
        };
    }

    /** For the launcher. */
    ProcessLauncher.Executors launchers() {
        return new ProcessLauncher.Executors(launchers, processes);
    }

    /** For the health checks. */
    ProcessLauncher.Executors checks() {
        return new ProcessLauncher.Executors(checks, processes);
    }

    /** Lets what runs finish, for two seconds at most a pool. */
    @Override
    public void close() {
        List.of(folders, checks, launchers, processes, workers).forEach(TaskPool::close);
    }
}
