package io.efka.it.injection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.AgentProcess.World;
import io.efka.it.Brokers;
import io.efka.it.Device;
import io.efka.it.Jars;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;

/**
 * The packaged jar where something around it gives way: nobody reads its log, there are no more processes, its heap is too
 * small, its file is another one. Afterwards it works, or has ended with 70 and the next one has adopted everything.
 */
class SurroundingsIT {
    private static final int SELF_CHECK_SECONDS = 10;

    /** Exit codes. */
    private static final int INTERNAL = 70;

    private static final int LOST_FOLDER = 75;

    /** Nobody's in particular. */
    private static final String USER = "64123";

    private static final List<String> AS_USER =
            List.of("setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--");

    /** @param code of an agent that had to end, if it had to */
    private static void requireWorking(LoadedDevice loaded, String after, int code) {
        loaded.requireWorking(after);
        assertThat(loaded.ends()).as("%s\n%s", after, loaded.log()).allMatch(end -> end == code);
    }

    /** The load for a while: it is what fails, and there is no condition to wait for. */
    private static void suffer(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) LockSupport.parkNanos(end - System.nanoTime());
    }

    @Test
    void nobodyReadsItsLog() throws IOException {
        Path folder = Folders.create("unread");
        Path fifo = folder.resolve("stderr");
        Shell.run("mkfifo", fifo.toString()).ok();
        World unread = World.USUAL.under(List.of("sh", "-c", "exec \"$@\" 2<>\"$0\"", fifo.toString()));
        try (TestBroker broker = Brokers.start();
                var pipe = new RandomAccessFile(fifo.toFile(), "rw");
                var loaded = new LoadedDevice(broker, new Device(broker, "unread"), unread, "--log-level", "trace")) {
            // 64 KiB is what a pipe takes.
            Await.until("the pipe is full", LoadedDevice.TO_END, () -> waiting(pipe) >= 60_000);
            requireWorking(loaded, "the pipe of its log is full", INTERNAL);
            assertThat(loaded.ends()).isEmpty();
            loaded.restarter().close();
            assertThat(loaded.device().agent().terminate()).isZero();
        } finally {
            Folders.delete(folder);
        }
    }

    /** Bytes in a pipe. */
    private static long waiting(RandomAccessFile pipe) {
        try {
            return new FileInputStream(pipe.getFD()).available();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void thereAreNoMoreProcessesAndThreads() throws IOException {
        boolean isRoot = System.getProperty("user.name").equals("root");
        if (!isRoot) System.out.println("[surroundings] NOT TRIED: only root can run an agent as another user");
        assumeTrue(isRoot, "needs root");
        Path jar = Files.createTempFile("efka-jar", ".jar");
        try (TestBroker broker = Brokers.start()) {
            Files.write(jar, Files.readAllBytes(AgentProcess.JAR));
            Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
            World asUser = World.USUAL.of(jar).under(AS_USER);
            var device = new Device(broker, "crowded");
            Shell.run("chown", "-R", USER + ":" + USER, device.folder().toString())
                    .ok();
            try (var loaded = new LoadedDevice(broker, device, asUser)) {
                String agent = String.valueOf(loaded.restarter().agent().pid());
                limitProcesses(agent, "1").ok();
                suffer(Duration.ofSeconds(8));
                // It may have ended meanwhile; the next one has the usual limit.
                limitProcesses(agent, "2000");
                requireWorking(loaded, "no process and no thread could be made", INTERNAL);
            }
        } finally {
            Files.delete(jar);
        }
    }

    /** The soft limit, as the user: not every root may set those of others. */
    private static Shell.Result limitProcesses(String pid, String most) {
        var words = new ArrayList<String>(AS_USER);
        words.addAll(List.of("prlimit", "--pid", pid, "--nproc=" + most + ":"));
        return Shell.run(words);
    }

    @Test
    void itsHeapIsTooSmall() {
        try (TestBroker broker = Brokers.start();
                var loaded = new LoadedDevice(broker, new Device(broker, "small"), World.USUAL.with("-Xmx24m"))) {
            suffer(Duration.ofSeconds(10));
            requireWorking(loaded, "a heap of 24 MB", INTERNAL);
        }
    }

    @Test
    void itsLockFileIsDeleted() throws IOException {
        try (TestBroker broker = Brokers.start();
                var loaded = new LoadedDevice(broker, new Device(broker, "unlocked"), World.USUAL)) {
            Files.delete(loaded.device().data().resolve("lock"));
            Await.until(
                    "it leaves the folder to others",
                    LoadedDevice.TO_END,
                    () -> loaded.ends().contains(LOST_FOLDER));
            requireWorking(loaded, "its lock file was deleted", LOST_FOLDER);
            assertThat(loaded.log()).contains("the lock file of", "was deleted or replaced");
        }
    }

    /** As {@code cp} does it. Classes that were not loaded yet cannot be found, or are others. */
    @Test
    void itsJarIsOverwritten() throws IOException {
        Path jar = Files.createTempFile("efka-jar", ".jar");
        Path other = Files.createTempFile("efka-other", ".jar");
        try (TestBroker broker = Brokers.start()) {
            Files.write(jar, Files.readAllBytes(AgentProcess.JAR));
            packAnew(other);
            try (var loaded = new LoadedDevice(broker, new Device(broker, "overwritten"), World.USUAL.of(jar))) {
                Files.write(jar, Files.readAllBytes(other));
                loaded.device().watcher().publish(loaded.device().topic("cmd/metrics"), "{}");
                suffer(Duration.ofSeconds(2));
                requireWorking(loaded, "its jar was overwritten", INTERNAL);
            }
        } finally {
            Files.delete(jar);
            Files.delete(other);
        }
    }

    /** The same classes at other places of the file. */
    private static void packAnew(Path to) throws IOException {
        try (var from = new JarFile(AgentProcess.JAR.toFile());
                var out = new JarOutputStream(Files.newOutputStream(to))) {
            out.setLevel(1);
            for (var entry : from.stream().toList()) Jars.write(out, entry.getName(), Jars.read(from, entry));
        }
    }

    /** What the self-check is there for: a thread that stands still, whatever the reason. */
    @Test
    void oneOfItsThreadsStandsStill() throws IOException {
        List<HandOver> places = List.of(
                HandOver.of(
                        "io.efka.agent.output.ship.OutputPublisher.publish", "agent-output", HandOver.When.UNDER_LOAD),
                HandOver.of("io.efka.mqtt.paho.Outgoing.settle", "agent-mqtt", HandOver.When.UNDER_LOAD),
                HandOver.of("io.efka.agent.supervision.Supervisor.handle", "agent-worker", HandOver.When.UNDER_LOAD));
        Path orders = Folders.create("orders");
        try (TestBroker broker = Brokers.start()) {
            Path jar = orders.resolve("injection.jar");
            InjectionJar.write(jar, places);
            World injected = World.USUAL.with("-javaagent:" + jar + "=" + orders);
            try (var loaded = new LoadedDevice(
                    broker, new Device(broker, "still"), injected, "--self-check-timeout", SELF_CHECK_SECONDS + "s")) {
                int ends = 0;
                for (HandOver place : places) {
                    Injection.order(orders, String.valueOf(++ends), place.place(), place.thread(), Injection.Kind.PARK);
                    int expected = ends;
                    Await.until(
                            () -> place + " is noticed\n" + loaded.log(),
                            Duration.ofSeconds(2 * SELF_CHECK_SECONDS + 10),
                            () -> loaded.ends().size() == expected);
                    Injection.withdraw(orders);
                    requireWorking(loaded, place + " stood still", INTERNAL);
                }
                assertThat(loaded.log())
                        .contains(
                                "self-check: agent-output has work and has not moved for " + SELF_CHECK_SECONDS + " s");
                assertThat(loaded.device().data().resolve("thread-dump.txt")).isNotEmptyFile();
            }
        } finally {
            Folders.delete(orders);
        }
    }
}
