package io.efka.it.injection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.it.AgentProcess;
import io.efka.it.AgentProcess.World;
import io.efka.it.Await;
import io.efka.it.Brokers;
import io.efka.it.Device;
import io.efka.it.Folders;
import io.efka.it.Shell;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
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
    private static final Duration TO_END = Duration.ofSeconds(20);

    /** Nobody's in particular. */
    private static final int USER = 64_123;

    /** A device under load, whose agent is started again when it ends. */
    private static final class Rig implements AutoCloseable {
        private final Path keys = Folders.create("keys");
        private final Device device;
        private final Keeper keeper;
        private final Examiner examiner;
        private final Load load;

        Rig(TestBroker broker, Device device, World world, String... flags) {
            this.device = device;
            keeper = new Keeper(() -> device.launchIn(world, flags));
            device.awaitOnline();
            examiner = new Examiner(broker, device, () -> device.agent().log());
            examiner.prepare();
            load = new Load(broker, device, keys).start();
        }

        void requireWorking(String after) {
            requireWorking(after, 70);
        }

        /** @param code of an agent that had to end, if it had to */
        void requireWorking(String after, int code) {
            examiner.requireWorking(after);
            assertThat(keeper.ends()).as("%s\n%s", after, device.agent().log()).allMatch(end -> end == code);
        }

        @Override
        public void close() {
            load.close();
            keeper.close();
            examiner.close();
            device.agent().terminate();
            device.processes().forEach(ProcessHandle::destroyForcibly);
            Await.until("nothing is left", TO_END, () -> device.processes().isEmpty());
            device.close();
            Folders.delete(keys);
        }
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
        World unread = World.USUAL.under("sh", "-c", "exec \"$@\" 2<>\"$0\"", fifo.toString());
        try (TestBroker broker = Brokers.start();
                var pipe = new RandomAccessFile(fifo.toFile(), "rw");
                var rig = new Rig(broker, new Device(broker, "unread"), unread, "--log-level", "trace")) {
            // 64 KiB is what a pipe takes.
            Await.until("the pipe is full", TO_END, () -> waiting(pipe) >= 60_000);
            rig.requireWorking("the pipe of its log is full");
            assertThat(rig.keeper.ends()).isEmpty();
            rig.keeper.close();
            assertThat(rig.device.agent().terminate()).isZero();
        } finally {
            Folders.delete(folder);
        }
    }

    /** Bytes in a pipe. */
    private static long waiting(RandomAccessFile pipe) {
        try {
            return new java.io.FileInputStream(pipe.getFD()).available();
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
            String user = String.valueOf(USER);
            World asUser =
                    World.USUAL.of(jar).under("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--");
            var device = new Device(broker, "crowded");
            Shell.run("chown", "-R", user + ":" + user, device.folder().toString())
                    .ok();
            try (var rig = new Rig(broker, device, asUser)) {
                String agent = String.valueOf(rig.keeper.agent().pid());
                limitProcesses(agent, "1").ok();
                suffer(Duration.ofSeconds(8));
                // It may have ended meanwhile; the next one has the usual limit.
                limitProcesses(agent, "2000");
                rig.requireWorking("no process and no thread could be made");
            }
        } finally {
            Files.delete(jar);
        }
    }

    /** The soft limit, as the user: not every root may set those of others. */
    private static Shell.Result limitProcesses(String pid, String most) {
        String user = String.valueOf(USER);
        return Shell.run(
                "setpriv",
                "--reuid",
                user,
                "--regid",
                user,
                "--clear-groups",
                "--",
                "prlimit",
                "--pid",
                pid,
                "--nproc=" + most + ":");
    }

    @Test
    void itsHeapIsTooSmall() {
        try (TestBroker broker = Brokers.start();
                var rig = new Rig(broker, new Device(broker, "small"), World.USUAL.with("-Xmx24m"))) {
            suffer(Duration.ofSeconds(10));
            rig.requireWorking("a heap of 24 MB");
        }
    }

    @Test
    void itsLockFileIsDeleted() throws IOException {
        try (TestBroker broker = Brokers.start();
                var rig = new Rig(broker, new Device(broker, "unlocked"), World.USUAL)) {
            Files.delete(rig.device.data().resolve("lock"));
            Await.until(
                    "it leaves the folder to others",
                    TO_END,
                    () -> rig.keeper.ends().contains(75));
            rig.requireWorking("its lock file was deleted", 75);
            assertThat(rig.device.agent().log()).contains("the lock file of", "was deleted or replaced");
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
            try (var rig = new Rig(broker, new Device(broker, "overwritten"), World.USUAL.of(jar))) {
                Files.write(jar, Files.readAllBytes(other));
                rig.device.watcher().publish(rig.device.topic("cmd/metrics"), "{}");
                suffer(Duration.ofSeconds(2));
                rig.requireWorking("its jar was overwritten");
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
            for (var entry : from.stream().toList()) {
                out.putNextEntry(new java.util.zip.ZipEntry(entry.getName()));
                from.getInputStream(entry).transferTo(out);
                out.closeEntry();
            }
        }
    }

    /** What the self-check is there for: a thread that stands still, whatever the reason. */
    @Test
    void oneOfItsThreadsStandsStill() throws IOException {
        List<HandOver> places = List.of(
                HandOver.of("output.Publisher.publish", "agent-output", HandOver.When.UNDER_LOAD),
                HandOver.of("paho.Outgoing.settle", "agent-mqtt", HandOver.When.UNDER_LOAD),
                HandOver.of("service.Supervisor.handle", "agent-worker", HandOver.When.UNDER_LOAD));
        Path orders = Folders.create("orders");
        try (TestBroker broker = Brokers.start()) {
            Path jar = orders.resolve("injection.jar");
            InjectionJar.write(jar, places);
            World injected = World.USUAL.with("-javaagent:" + jar + "=" + orders);
            try (var rig = new Rig(
                    broker, new Device(broker, "still"), injected, "--self-check-timeout", SELF_CHECK_SECONDS + "s")) {
                int ends = 0;
                for (HandOver place : places) {
                    Injection.order(orders, String.valueOf(++ends), place.place(), place.thread(), Injection.Kind.PARK);
                    int expected = ends;
                    Await.until(
                            () -> place + " is noticed\n" + rig.device.agent().log(),
                            Duration.ofSeconds(2 * SELF_CHECK_SECONDS + 10),
                            () -> rig.keeper.ends().size() == expected);
                    Injection.withdraw(orders);
                    rig.requireWorking(place + " stood still");
                }
                assertThat(rig.device.agent().log())
                        .contains(
                                "self-check: agent-output has work and has not moved for " + SELF_CHECK_SECONDS + " s");
                assertThat(rig.device.data().resolve("thread-dump.txt")).isNotEmptyFile();
            }
        } finally {
            Folders.delete(orders);
        }
    }
}
