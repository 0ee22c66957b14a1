package io.efka.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Launcher.Launch;
import io.efka.agent.supervision.OutputFiles;
import io.efka.fixtures.Await;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.Timers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Launches that hang: in a disk that is gone, in a name service that is silent. */
final class LaunchLimitTest {
    @TempDir
    Path folder;

    private final CountDownLatch disk = new CountDownLatch(1);
    private Machine machine;

    @BeforeEach
    void open() throws IOException {
        machine = new Machine(folder, Cgroups.none());
    }

    @AfterEach
    void close() {
        disk.countDown();
        machine.close();
    }

    @Test
    void aLaunchThatNeverAnswersHasFailedAndWhatItStartsLaterIsEnded() {
        try (var launcher = new ProcessLauncher(
                machine.environment(), new HangingDisk(), machine.cgroups, soon(machine.timers), executors())) {
            Launch launch = machine.shell("exec sleep 600").launch();
            var events = new Recorder();
            launcher.launch(launch, events);

            assertThat(events.await(Event.LaunchFailed.class).why()).contains("not launched within 60 s");
            disk.countDown();
            Await.until("the launch is over", () -> machine.executor.getActiveCount() == 0);
            Await.until("what it started is gone", () -> launcher.isOver(launch.run()));

            assertThat(events.all()).hasSize(1);
            assertThat(launcher.members(launch.run())).isEmpty();
        }
    }

    @Test
    void aKillDoesNotWaitForLaunchesThatHang() {
        Machine.Started running = machine.start(machine.shell("exec sleep 600"));
        try (var launcher = new ProcessLauncher(
                machine.environment(), new HangingDisk(), machine.cgroups, machine.timers, executors())) {
            for (int i = 0; i < 10; i++) {
                launcher.launch(machine.shell("exec sleep 600").launch(), new Recorder());
            }

            machine.launcher.killTree(running.run());

            running.exited();
            assertThat(disk.getCount()).isEqualTo(1);
            machine.executor.getQueue().clear();
        }
    }

    private ProcessLauncher.Executors executors() {
        return new ProcessLauncher.Executors(machine.executor, machine.processes);
    }

    /** The limit of a launch is over at once. */
    private static Timers soon(Timers timers) {
        return new Timers() {
            @Override
            public Instant now() {
                return timers.now();
            }

            @Override
            public Timer schedule(Duration delay, Runnable task) {
                return timers.schedule(
                        delay.equals(ProcessLauncher.LAUNCH_LIMIT) ? Duration.ofMillis(50) : delay, task);
            }
        };
    }

    private final class HangingDisk implements OutputFiles {
        @Override
        public void register(ServiceId id, Manifest.OutputRule rule) {}

        @Override
        public Paths begin(ServiceId id, RunId run) throws IOException {
            try {
                disk.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            throw new IOException("no disk");
        }

        @Override
        public Paths current(ServiceId id) throws IOException {
            throw new IOException("no disk");
        }

        @Override
        public boolean forget(ServiceId id) {
            return true;
        }
    }
}
