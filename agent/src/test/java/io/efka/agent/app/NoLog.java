package io.efka.agent.app;

import io.efka.agent.command.handler.AgentLog;
import java.util.List;

/** For agents whose log is of no interest. */
final class NoLog implements AgentLog {
    @Override
    public Level level() {
        return Level.INFO;
    }

    @Override
    public Level configured() {
        return Level.INFO;
    }

    @Override
    public void level(Level level) {}

    @Override
    public List<Line> recent() {
        return List.of();
    }
}
