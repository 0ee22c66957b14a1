package io.efka.agent.main;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.command.handler.AgentLog;
import java.util.ArrayDeque;
import java.util.List;

/** The log of this process, for commands. Thread-safe. */
final class ProcessLog implements AgentLog {
    private final RecentLines recent;
    private volatile Level configured = Level.INFO;

    ProcessLog(RecentLines recent) {
        this.recent = recent;
    }

    /** The settings have this level: it is in force from now on. */
    void configure(Level level) {
        configured = level;
        Logging.level(level);
    }

    @Override
    public Level configured() {
        return configured;
    }

    @Override
    public Level level() {
        return Logging.level();
    }

    @Override
    public void level(Level level) {
        Logging.level(level);
    }

    @Override
    public List<Line> recent() {
        return recent.all();
    }

    /** The last lines that were logged, whether stderr took them or not. Thread-safe. */
    static final class RecentLines {
        private final int maxCharacters;

        @GuardedBy("this") private final ArrayDeque<Line> lines = new ArrayDeque<>();

        @GuardedBy("this") private int characters;

        /** @param maxCharacters of all lines together; a longer line is not kept */
        RecentLines(int maxCharacters) {
            this.maxCharacters = maxCharacters;
        }

        synchronized void add(Line line) {
            if (line.text().length() > maxCharacters) return;
            lines.addLast(line);
            characters += line.text().length();
            while (characters > maxCharacters) {
                characters -= lines.removeFirst().text().length();
            }
        }

        synchronized List<Line> all() {
            return List.copyOf(lines);
        }
    }
}
