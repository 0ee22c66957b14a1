package io.efka.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.it.Brokers;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kernel lets the agent watch no folder, as where other programs of its user have used up all watches. */
class NoWatchIT {
    /** The limit is that of a user namespace: nobody else notices it. */
    private static final String LIMIT = "/proc/sys/user/max_inotify_instances";

    private static final List<String> WITHOUT =
            List.of("unshare", "-Ur", "sh", "-c", "echo 0 > " + LIMIT + "; exec \"$@\"", "sh");

    @Test
    void outputIsPolledAndTheLogSaysSoInOneLine() {
        boolean isPossible =
                Shell.run("unshare", "-Ur", "sh", "-c", "echo 0 > " + LIMIT).code() == 0;
        if (!isPossible) System.out.println("[faults] NOT TRIED: no user namespace may be made here");
        assumeTrue(isPossible, "user namespaces");
        try (TestBroker broker = Brokers.start();
                var device = new DisturbedDevice(broker, "unwatched", WITHOUT)) {
            device.run("talker", "echo hello; exec sleep 600");
            device.awaitText("talker", "hello\n");

            List<String> lines = device.agent().log().lines().toList();
            assertThat(lines).allMatch(line -> line.matches("\\S+Z (INFO |WARN |ERROR) .*"));
            assertThat(lines)
                    .filteredOn(line -> line.contains("output cannot be watched, and is polled instead: "
                            + "user limit of inotify instances reached"))
                    .hasSize(1);
        }
    }
}
