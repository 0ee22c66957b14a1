package io.efka.agent.command.handler;

import java.util.List;

/** The agent's own log: how much it says, and what it said last. Thread-safe; never blocks. */
public interface AgentLog {
    /** How much is logged; each level includes the graver ones before it. */
    enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /** @param text as it was written, with its line feed; a stack trace is part of it */
    record Line(Level level, String text) {}

    /** The level in force. */
    Level level();

    /** The level of the settings. */
    Level configured();

    /** Logs what is at least as grave as {@code level}, from now on. */
    void level(Level level);

    /** The last lines, oldest first; older ones are forgotten. */
    List<Line> recent();
}
