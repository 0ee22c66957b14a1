package io.efka.agent.app;

import io.efka.threads.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd that the agent has started, is alive and is stopping, if the unit asks for that ({@code NOTIFY_SOCKET}).
 * Java 17 cannot send datagrams over Unix sockets, so {@code systemd-notify} does it, a process of some milliseconds; the
 * unit needs {@code NotifyAccess=all}. For the watchdog it runs three times in {@code WatchdogSec}.
 */
final class SystemdNotifier {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);
    private static final String PROGRAM = "systemd-notify";
    private static final int PINGS = 3;
    private static final long LIMIT_SECONDS = 10;

    private final boolean isAsked;
    private final long pingNanos;
    private long pinged = System.nanoTime();
    private boolean failed;

    /**
     * @param environment of this process
     * @param pid of this process: a watchdog may be another's
     */
    SystemdNotifier(Map<String, String> environment, long pid) {
        isAsked = environment.containsKey("NOTIFY_SOCKET");
        String owner = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
        long micros = isAsked && owner.equals(Long.toString(pid)) ? micros(environment.get("WATCHDOG_USEC")) : 0;
        pingNanos = TimeUnit.MICROSECONDS.toNanos(micros) / PINGS;
    }

    private static long micros(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,15}") ? Long.parseLong(text) : 0;
    }

    /** How often {@link #alive} must be called at least; zero: never. */
    Duration period() {
        return Duration.ofNanos(pingNanos);
    }

    void ready() {
        if (isAsked) send("READY=1");
    }

    void stopping() {
        if (isAsked) send("STOPPING=1");
    }

    /** Feeds the watchdog, when it is time. Called by one thread. */
    void alive() {
        if (pingNanos == 0 || System.nanoTime() - pinged < pingNanos) return;
        pinged = System.nanoTime();
        send("WATCHDOG=1");
    }

    private void send(String message) {
        try {
            Process process = ChildProcess.start(new ProcessBuilder(List.of(PROGRAM, message))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD));
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly();
            else if (process.exitValue() != 0) throw new IOException("exit code " + process.exitValue());
        } catch (IOException e) {
            if (!failed) LOG.warn("systemd was not told {}: {} {}", message, PROGRAM, e.getMessage());
            failed = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
