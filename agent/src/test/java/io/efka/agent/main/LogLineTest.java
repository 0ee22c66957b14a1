package io.efka.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.efka.agent.main.Logging.LogLine;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class LogLineTest {
    private final LogLine line = new LogLine();

    @Test
    void hasTimeInUtcLevelShortNameAndMessage() {
        assertThat(line.doLayout(event("started", Level.INFO)))
                .isEqualTo("2026-11-22T20:50:24.303Z INFO  Agent - started\n");
        assertThat(line.doLayout(event("failed", Level.ERROR)))
                .isEqualTo("2026-11-22T20:50:24.303Z ERROR Agent - failed\n");
    }

    @Test
    void cannotBeForgedByAMessage() {
        assertThat(line.doLayout(event("topic a\n2026 ERROR fake\r", Level.WARN)))
                .hasLineCount(1)
                .contains("a\\n2026");
    }

    @Test
    void isFollowedByTheStackOfWhatWasThrown() {
        LoggingEvent event = new LoggingEvent(
                "caller", logger(), Level.WARN, "failed", new IllegalStateException("inner"), new Object[0]);

        assertThat(line.doLayout(event))
                .contains("failed\njava.lang.IllegalStateException: inner")
                .contains("\tat ");
    }

    private static LoggingEvent event(String message, Level level) {
        var event = new LoggingEvent("caller", logger(), level, message, null, new Object[0]);
        event.setInstant(Instant.parse("2026-11-22T20:50:24.303Z"));
        return event;
    }

    private static ch.qos.logback.classic.Logger logger() {
        return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("io.efka.agent.app.Agent");
    }
}
