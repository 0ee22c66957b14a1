package io.efka.agent.main;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.efka.agent.command.handler.AgentLog;
import io.efka.agent.main.ProcessLog.RecentLines;
import io.efka.protocol.json.JsonWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.LoggerFactory;

/**
 * Configures the log: one line for each event, on stderr, times in UTC. Logging never waits for stderr. Logback finds
 * this class through {@code ServiceLoader}. It is code rather than {@code logback.xml} because reading XML and parsing a
 * pattern costs 75 ms of every start (90 ms to the first line instead of 165).
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {
    // Some thousand lines, or a few dozen stack traces: at most 1 MiB of memory.
    private static final RecentLines RECENT = new RecentLines(512 * 1024);

    private static final ProcessLog PROCESS = new ProcessLog(RECENT);

    // The process has one stderr. Not through System.err, whose lock would be held while a write hangs.
    private static final LogWriter WRITER = new LogWriter(new FileOutputStream(FileDescriptor.err)).start();

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(stderr(context));
        quiet(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Logs what is at least as grave as {@code level}, from now on; takes effect on every logger there is. */
    static void level(AgentLog.Level level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.valueOf(level.name()));
        }
    }

    /** The level in force. */
    static AgentLog.Level level() {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) return AgentLog.Level.INFO;
        return levelOf(context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getEffectiveLevel());
    }

    private static AgentLog.Level levelOf(Level level) {
        return AgentLog.Level.valueOf(level.toString());
    }

    /** The process's log as commands see it. */
    static ProcessLog processLog() {
        return PROCESS;
    }

    private static Appender<ILoggingEvent> stderr(LoggerContext context) {
        var line = new LogLine();
        line.setContext(context);
        line.start();
        var appender = new UnsynchronizedAppenderBase<ILoggingEvent>() {
            @Override
            protected void append(ILoggingEvent event) {
                String text = line.doLayout(event);
                RECENT.add(new AgentLog.Line(levelOf(event.getLevel()), text));
                WRITER.write(text);
            }
        };
        appender.setContext(context);
        appender.setName("stderr");
        appender.start();
        return appender;
    }

    /** Waits until what was logged is written, no longer than {@code limit}: before the process ends. */
    static void flush(Duration limit) {
        WRITER.flush(limit);
    }

    /** The demo's broker logs its lifecycle at INFO, and Netty its set-up at DEBUG; neither helps an operator. */
    private static void quiet(LoggerContext context) {
        context.getLogger("org.apache.activemq").setLevel(Level.ERROR);
        context.getLogger("org.apache.activemq.audit").setLevel(Level.OFF);
        context.getLogger("io.netty").setLevel(Level.ERROR); // WARN: a machine without network interfaces
        context.getLogger("io.micrometer").setLevel(Level.WARN);
    }

    /** The shape of a log line: {@code 2026-11-22T20:50:24.303Z INFO  Agent - started}, a stack trace below it. */
    static final class LogLine extends LayoutBase<ILoggingEvent> {
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
}
