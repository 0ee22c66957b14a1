package io.efka.agent.process;

import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.ProcessTable.ProcessStat;
import io.efka.agent.process.tree.LaunchSpec.AgentEnvironment;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Launcher.Launch;
import io.efka.agent.supervision.OutputFiles;
import io.efka.fixtures.Await;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.Timers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A launcher on this machine, with all it needs. Closing it ends every run that it began. */
public final class Machine implements AutoCloseable {
    final Path folder;
    public final Path workDir;
    final Cgroups cgroups;
    public final Timers timers;
    public final ThreadPoolExecutor executor;
    public final ThreadPoolExecutor processes;
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
    private final List<ProcessLauncher> launchers = new ArrayList<>();
    private final List<RunId> runs = new ArrayList<>();
    ProcessLauncher launcher;

    public Machine(Path folder, Cgroups cgroups) throws IOException {
        this.folder = folder;
        this.workDir = Files.createDirectories(folder.resolve("work"));
        this.cgroups = cgroups;
        this.executor = new ThreadPoolExecutor(2, 2, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(256));
        this.processes = new ThreadPoolExecutor(2, 2, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(256));
        clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.timers = new Timers() {
            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public Timer schedule(Duration delay, Runnable task) {
                var future = clock.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                return () -> future.cancel(false);
            }
        };
        this.launcher = restarted();
    }

    /** A second launcher that knows nothing of the first, as after an agent's end. */
    ProcessLauncher restarted() {
        launcher = new ProcessLauncher(
                environment(), output(), cgroups, timers, new ProcessLauncher.Executors(executor, processes));
        launchers.add(launcher);
        return launcher;
    }

    public AgentEnvironment environment() {
        return new AgentEnvironment("dev1", folder.resolve("run"), launch -> Map.of("EFKA_TOKEN", "t-" + launch.run()));
    }

    public TestService shell(String script) {
        return TestService.shell(workDir, script);
    }

    /** Launches and waits for the outcome. */
    public Started start(TestService service) {
        Launch launch = service.launch();
        Recorder events = new Recorder();
        runs.add(launch.run());
        launcher.prepare(launch);
        launcher.launch(launch, events);
        Await.until(
                "launched or failed", () -> events.has(Event.Launched.class) || events.has(Event.LaunchFailed.class));
        return new Started(launch, events);
    }

    public record Started(Launch launch, Recorder events) {
        RunId run() {
            return launch.run();
        }

        public Event.Launched launched() {
            return events.await(Event.Launched.class);
        }

        long pid() {
            return launched().process().pid();
        }

        public Event.Exited exited() {
            return events.await(Event.Exited.class);
        }

        String refusal() {
            return events.await(Event.LaunchFailed.class).why();
        }
    }

    String stdout(Started started) {
        return text(folder.resolve("log").resolve(started.run() + ".out"));
    }

    public String stderr(Started started) {
        return text(folder.resolve("log").resolve(started.run() + ".err"));
    }

    /** Runs a service to its end and returns what it wrote to stdout. */
    String outputOf(TestService service) {
        Started started = start(service);
        started.exited();
        return stdout(started);
    }

    static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for a file that a service writes, and returns what is in it. */
    public String awaitFile(String name) {
        Path file = workDir.resolve(name);
        Await.until("a whole line in " + file, () -> text(file).endsWith("\n"));
        return text(file).strip();
    }

    static boolean isAlive(long pid) {
        return new ProcessTable().find(pid).filter(ProcessStat::isAlive).isPresent();
    }

    public static void awaitEnd(long pid) {
        Await.until("pid " + pid + " is gone", () -> !isAlive(pid));
    }

    private OutputFiles output() {
        return new OutputFiles() {
            @Override
            public void register(ServiceId id, Manifest.OutputRule rule) {}

            @Override
            public Paths begin(ServiceId id, RunId run) throws IOException {
                Path log = Files.createDirectories(folder.resolve("log"));
                Path out = Files.createFile(log.resolve(run + ".out"));
                Path err = Files.createFile(log.resolve(run + ".err"));
                Files.writeString(log.resolve(id + ".current"), run.value());
                return new Paths(out, err);
            }

            @Override
            public Paths current(ServiceId id) throws IOException {
                Path log = folder.resolve("log");
                String run = Files.readString(log.resolve(id + ".current"));
                return new Paths(log.resolve(run + ".out"), log.resolve(run + ".err"));
            }

            @Override
            public boolean forget(ServiceId id) {
                return true;
            }
        };
    }

    private static void end(ExecutorService service) {
        service.shutdown();
        try {
            if (!service.awaitTermination(2, TimeUnit.SECONDS)) service.shutdownNow();
        } catch (InterruptedException interrupted) {
            service.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        for (ProcessLauncher any : launchers) {
            for (RunId run : runs) {
                any.killTree(run);
                Await.until(run + " is over", () -> any.isOver(run));
            }
            any.close();
        }
        Await.until("no control group is left", () -> cgroups.groups().isEmpty());
        cgroups.close();
        end(executor);
        end(processes);
        end(clock);
    }
}
