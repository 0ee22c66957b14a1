package io.efka.agent.process.proc;

import io.efka.protocol.EfkaVariables;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What of the agent's own environment is for its services, and what is not. */
public final class InheritedEnvironment {
    /** Names that a shell passes on; dash drops all others. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /**
     * What systemd (systemd.exec(5), sd_listen_fds(3), sd_notify(3)) and an operator tell this one process: a service that
     * takes it for its own speaks to systemd in the agent's name, or runs with the agent's JVM flags.
     */
    private static final Set<String> OF_THE_AGENT = Set.of(
            "NOTIFY_SOCKET",
            "WATCHDOG_PID",
            "WATCHDOG_USEC",
            "LISTEN_FDS",
            "LISTEN_PID",
            "LISTEN_PIDFDID",
            "LISTEN_FDNAMES",
            "FDSTORE",
            "MAINPID",
            "MANAGERPID",
            "MANAGERPIDFDID",
            "SYSTEMD_EXEC_PID",
            "SYSTEMD_UNIT_PATH",
            "INVOCATION_ID",
            "JOURNAL_STREAM",
            "MEMORY_PRESSURE_WATCH",
            "MEMORY_PRESSURE_WRITE",
            "CREDENTIALS_DIRECTORY",
            "RUNTIME_DIRECTORY",
            "STATE_DIRECTORY",
            "CACHE_DIRECTORY",
            "LOGS_DIRECTORY",
            "CONFIGURATION_DIRECTORY",
            "TRIGGER_UNIT",
            "TRIGGER_PATH",
            "TRIGGER_TIMER_REALTIME_USEC",
            "TRIGGER_TIMER_MONOTONIC_USEC",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "_JAVA_OPTIONS");

    private InheritedEnvironment() {}

    /** Takes out what is the agent's alone, its settings and secrets among it. */
    public static void clean(Map<String, String> environment) {
        environment.keySet().removeIf(InheritedEnvironment::isOfTheAgent);
    }

    private static boolean isOfTheAgent(String name) {
        return EfkaVariables.isReserved(name) || OF_THE_AGENT.contains(name);
    }

    /** This agent's variables that the shell before a program would drop, as one with a dot in its name. */
    public static Map<String, String> unnameable() {
        return unnameable(ProcFiles.read(Path.of("/proc/self/environ")).orElse(""));
    }

    /**
     * @param environ as the kernel has it, byte for character: the JVM's own view of it has lost all that is not in the
     *     agent's locale
     */
    public static Map<String, String> unnameable(String environ) {
        var found = new TreeMap<String, String>();
        for (String variable : environ.split("\0")) {
            int end = variable.indexOf('=');
            if (end < 1 || NAME.matcher(variable.substring(0, end)).matches()) continue;
            text(variable.substring(0, end))
                    .ifPresent(name -> text(variable.substring(end + 1)).ifPresent(value -> found.put(name, value)));
        }
        clean(found);
        return found;
    }

    /** Empty for what is no UTF-8, in which the script of a launch is written. */
    private static Optional<String> text(String bytes) {
        byte[] raw = bytes.getBytes(StandardCharsets.ISO_8859_1);
        String text = new String(raw, StandardCharsets.UTF_8);
        return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), raw) ? Optional.of(text) : Optional.empty();
    }
}
