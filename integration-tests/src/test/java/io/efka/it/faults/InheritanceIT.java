package io.efka.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What services have of the agent that starts them: what is meant for them, and nothing that is the agent's alone. */
final class InheritanceIT {
    private static final Path SCRIPT =
            Path.of("../agent/src/main/dist/efka").toAbsolutePath().normalize();

    /** Starts the agent by its script, which knows the limit, in place of the JVM and its arguments, which end with the jar. */
    private static final List<String> BY_SCRIPT = List.of(
            "sh",
            "-c",
            "ulimit -S -n 777; EFKA_JAVA=$1 EFKA_JAR=$0; while [ \"$1\" != -jar ]; do shift; done; shift 2;"
                    + " export EFKA_JAVA EFKA_JAR; exec " + SCRIPT + " \"$@\"",
            AgentProcess.JAR.toAbsolutePath().toString());

    /** A process namespace. unshare(1) does not hand on the signal that ends the agent. */
    private static final List<String> CONTAINER = List.of(
            "sh",
            "-c",
            "unshare --pid --fork --mount-proc \"$@\" & outer=$!;"
                    + " trap 'kill -TERM $(cat /proc/$outer/task/$outer/children)' TERM; wait; wait",
            "sh");

    private static final List<String> UNDER_SYSTEMD = List.of(
            "env",
            "LC_ALL=C",
            "INVOCATION_ID=c0ffee",
            "JOURNAL_STREAM=8:1",
            "CREDENTIALS_DIRECTORY=/run/credentials/efka.service",
            "LISTEN_FDNAMES=a",
            "JAVA_TOOL_OPTIONS=-Defka.nothing=1",
            "EFKA_LEDGER_AGE=25h",
            "KEPT=yes",
            "my.var=grün, with a dot");

    @Test
    void theEnvironmentIsTheAgentsWithoutWhatIsItsOwnAlone() {
        try (TestBroker broker = Brokers.start();
                var device = new DisturbedDevice(broker, "heir", UNDER_SYSTEMD)) {
            // Not as env(1) shows it: the service is a shell itself, and drops what it cannot name.
            device.run("shown", "tr '\\0' '\\n' </proc/$$/environ; echo end; exec sleep 600");
            device.awaitText("shown", "\nend\n");

            assertThat(device.text("shown"))
                    .contains("KEPT=yes\n", "my.var=grün, with a dot\n", "EFKA_SERVICE=shown\n")
                    .doesNotContain("c0ffee", "8:1", "credentials", "LISTEN_", "JAVA_TOOL_OPTIONS", "25h");
        }
    }

    @Test
    void theLimitOfOpenFilesIsTheOneThatTheAgentWasGiven() {
        try (TestBroker broker = Brokers.start();
                var device = new DisturbedDevice(broker, "given", BY_SCRIPT)) {
            device.run("limited", "echo soft $(ulimit -S -n), hard $(ulimit -H -n); exec sleep 600");
            device.awaitText("limited", "\n");

            String hard = Shell.run("sh", "-c", "ulimit -H -n").out().strip();
            assertThat(device.text("limited")).isEqualTo("soft 777, hard " + hard + "\n");
        }
    }

    @Test
    void anAgentThatIsProcessOneSaysWhatThatMeans() {
        boolean isPossible =
                Shell.run("unshare", "--pid", "--fork", "--mount-proc", "true").code() == 0;
        if (!isPossible) System.out.println("[faults] NOT TRIED: no process namespace is to be had");
        assumeTrue(isPossible, "unshare --pid");
        try (TestBroker broker = Brokers.start();
                var device = new DisturbedDevice(broker, "first", CONTAINER)) {
            assertThat(device.agent().log()).contains("process 1 of its container", "--init");
            device.run("works", "echo here; exec sleep 600");
            device.awaitText("works", "here\n");
        }
    }
}
