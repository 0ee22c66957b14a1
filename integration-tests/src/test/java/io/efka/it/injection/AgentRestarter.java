package io.efka.it.injection;

import io.efka.it.AgentProcess;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Starts the agent again whenever it ends, as an init system does. */
final class AgentRestarter implements AutoCloseable {
    /** Exit codes that a restart cannot help against: the agent was started with something wrong. */
    private static final Set<Integer> HOPELESS = Set.of(64, 73, 78);

    private final Supplier<AgentProcess> starter;
    private final List<Integer> ends = new CopyOnWriteArrayList<>();
    private AgentProcess agent;
    private boolean closed;

    AgentRestarter(Supplier<AgentProcess> starter) {
        this.starter = starter;
        this.agent = starter.get();
        follow(agent);
    }

    private void follow(AgentProcess started) {
        started.onExit().thenAccept(this::ended);
    }

    private synchronized void ended(int code) {
        ends.add(code);
        if (closed || HOPELESS.contains(code)) return;
        agent = starter.get();
        follow(agent);
    }

    synchronized AgentProcess agent() {
        return agent;
    }

    /** Exit codes so far. */
    List<Integer> ends() {
        return List.copyOf(ends);
    }

    /** From now on the agent is not started again. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}
