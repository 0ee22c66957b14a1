package io.efka.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.telemetry.Meters;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinuxMetersTest {
    @TempDir
    Path folder;

    private Machine machine;
    private LinuxMeters meters;

    @BeforeEach
    void open() throws IOException {
        machine = new Machine(folder, Cgroups.none());
        meters = new LinuxMeters(machine.launcher, folder);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void theMachineIsMeasured() {
        Meters.Host host = meters.host();
        assertThat(host.cpuTicks().busy())
                .isPositive()
                .isLessThan(host.cpuTicks().total());
        assertThat(host.memory().available())
                .isPositive()
                .isLessThan(host.memory().total());
        assertThat(host.disk().available())
                .isPositive()
                .isLessThanOrEqualTo(host.disk().total());
        assertThat(meters.inodes())
                .hasValueSatisfying(inodes -> assertThat(inodes.available()).isBetween(0L, inodes.total()));
        assertThat(host.uptimeSeconds()).isPositive();
        assertThat(host.interfaces()).doesNotContainKey("lo");
    }

    @Test
    void aTreeIsMeasuredAsAWhole() {
        Machine.Started started = machine.start(
                machine.shell("sleep 100 & i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo ok >done; wait"));
        machine.awaitFile("done");
        Meters.Tree tree = meters.tree(started.run()).orElseThrow();
        assertThat(tree.processes()).isEqualTo(2);
        assertThat(tree.threads()).isEqualTo(2);
        assertThat(tree.cpuMillis()).isPositive();
        assertThat(tree.rss()).isBetween(500_000L, 50_000_000L);
        assertThat(tree.fds().orElseThrow()).isBetween(6L, 8L);
    }

    @Test
    void aRunThatIsOverHasNoMeasures() {
        Machine.Started started = machine.start(machine.shell("true"));
        started.exited();
        assertThat(meters.tree(started.run())).isEmpty();
    }
}
