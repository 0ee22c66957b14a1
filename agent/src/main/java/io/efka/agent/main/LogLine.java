package io.efka.agent.main;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import io.efka.protocol.json.JsonWriter;
import java.time.Instant;

/** The shape of a log line: {@code 2026-11-22T20:50:24.303Z INFO  Agent - started}, a stack trace below it. */
final class LogLine extends LayoutBase<ILoggingEvent> {
    @Override
    public String doLayout(ILoggingEvent event) {
        String name = event.getLoggerName();
        var line = new StringBuilder(128);
        line.append(JsonWriter.timestamp(Instant.ofEpochMilli(event.getTimeStamp())));
        line.append(' ').append(event.getLevel());
        if (event.getLevel().toString().length() == 4) line.append(' ');
        line.append(' ').append(name, name.lastIndexOf('.') + 1, name.length());
        line.append(" - ").append(oneLine(event.getFormattedMessage())).append('\n');
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) line.append(ThrowableProxyUtil.asString(thrown));
        return line.toString();
    }

    /** What a client sent may be part of a message; it must not be able to forge a line. */
    private static String oneLine(String message) {
        return message.replace("\r", "\\r").replace("\n", "\\n");
    }
}
