package io.efka.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.command.handler.AgentLog.Level;
import io.efka.agent.command.handler.AgentLog.Line;
import io.efka.agent.main.ProcessLog.RecentLines;
import org.junit.jupiter.api.Test;

final class RecentLinesTest {
    private final RecentLines recent = new RecentLines(10);

    @Test
    void forgetsTheOldestBeyondItsBound() {
        for (int i = 0; i < 100; i++) recent.add(line("line" + i % 10));
        assertThat(recent.all()).containsExactly(line("line8"), line("line9"));
    }

    @Test
    void keepsNoLineThatIsLongerThanAllOfIt() {
        recent.add(line("short"));
        recent.add(line("much too long"));
        assertThat(recent.all()).containsExactly(line("short"));
    }

    private static Line line(String text) {
        return new Line(Level.INFO, text);
    }
}
