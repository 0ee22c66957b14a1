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

/** Which of the agent's own environment variables services inherit. */
public final class InheritedEnvironment {
    /** Names that every shell passes on; dash drops all others. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /**
     * Variables that systemd (systemd.exec(5), sd_listen_fds(3), sd_notify(3)) and the operator set for the agent
     * alone. A service that used them would send notifications to systemd in the agent's name, or run with the agent's
     * JVM flags.
     */
    private static final Set<String> AGENT_ONLY = Set.of(
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

    /** Removes the variables that are for the agent alone, such as its settings and secrets. */
    public static void clean(Map<String, String> environment) {
        environment.keySet().removeIf(InheritedEnvironment::isAgentOnly);
    }

    private static boolean isAgentOnly(String name) {
        return EfkaVariables.isReserved(name) || AGENT_ONLY.contains(name);
    }

    /** Variables that services inherit but that the launching shell would drop, such as one with a dot in its name. */
    public static Map<String, String> unnameable() {
        return unnameable(ProcFiles.read(Path.of("/proc/self/environ")).orElse(""));
    }

    /**
     * Finds them.
     *
     * @param environ as the kernel has it, one character per byte: the JVM's own view has lost everything that the
     *     agent's locale cannot represent
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

    /** Empty if it is not UTF-8, the encoding of the launch script. */
    private static Optional<String> text(String bytes) {
        byte[] raw = bytes.getBytes(StandardCharsets.ISO_8859_1);
        String text = new String(raw, StandardCharsets.UTF_8);
        return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), raw) ? Optional.of(text) : Optional.empty();
    }
}
