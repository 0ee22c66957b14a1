package io.efka.agent.health;

import io.efka.agent.process.ProcessLauncher;
import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.LaunchSpec;
import io.efka.agent.process.tree.LaunchSpec.AgentEnvironment;
import io.efka.agent.process.tree.ProcessTrees;
import io.efka.agent.process.tree.RunOutput;
import io.efka.agent.process.tree.ShellPool;
import io.efka.agent.process.tree.SideProcess;
import io.efka.agent.process.tree.Signaller;
import io.efka.agent.process.tree.Spawner;
import io.efka.agent.supervision.Launcher.Launch;
import io.efka.agent.supervision.Prober;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import io.efka.threads.TaskPool;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Checks the health of services: by HTTP, by connecting, or by a command. At most 32 probes run at a time, on threads
 * that exist only while they are needed; another one waits, and answers "unhealthy" if its time is over before it can
 * run. Each probe answers once and in time, whatever the other side does. Thread-safe; after closing there are no more
 * answers.
 */
public final class Probes implements Prober, AutoCloseable {
    private static final int MAX_RUNNING = 32;
    /** 128 KiB: a probe needs little, and there may be 32 of them on a small device. */
    private static final long STACK = 128 * 1024;

    private final LaunchSpec.Factory specs;
    private final Timers timers;
    private final ProcessTrees trees;
    private final ShellPool shells;
    private final Spawner spawner;
    private final Signaller signaller = new Signaller();
    private final RetryingExecutor socketProbes;
    private final RetryingExecutor commands;
    private final RetryingExecutor processes;
    private final TaskPool threads;
    private final AtomicLong number = new AtomicLong();

    /** @param executors start and end commands; not the launcher's */
    public Probes(AgentEnvironment environment, Timers timers, ProcessLauncher.Executors executors) {
        ProcessTable table = new ProcessTable();
        this.specs = new LaunchSpec.Factory(environment);
        this.timers = timers;
        this.trees = new ProcessTrees(table, signaller);
        this.threads =
                TaskPool.onDemand("efka-probe", MAX_RUNNING, Duration.ofSeconds(15), new SynchronousQueue<>(), STACK);
        this.socketProbes = new RetryingExecutor(threads, timers);
        this.commands = new RetryingExecutor(executors.launches(), timers);
        this.processes = new RetryingExecutor(executors.processes(), timers);
        this.shells = new ShellPool(table, Cgroups.none(), commands);
        this.spawner = new Spawner(table, commands, shells);
    }

    @Override
    public void probe(Launch launch, Consumer<Verdict> answer) {
        HealthCheck check = launch.manifest().health().check();
        Duration timeout = launch.manifest().health().timeout();
        if (check instanceof HealthCheck.Alive) {
            answer.accept(new Verdict(true, "alive"));
            return;
        }
        PendingProbe pending = new PendingProbe(answer);
        pending.startTimer(timers, timeout);
        if (check instanceof HealthCheck.Http http) {
            socketProbes.run(() -> SocketProbe.http(http.uri(), timeout, pending));
        } else if (check instanceof HealthCheck.Tcp tcp) {
            socketProbes.run(() -> SocketProbe.tcp(tcp.host(), tcp.port(), timeout, pending));
        } else if (check instanceof HealthCheck.Exec exec) {
            commands.run(() -> command(launch, exec, pending));
        }
    }

    private void command(Launch launch, HealthCheck.Exec exec, PendingProbe pending) {
        if (pending.isAnswered()) return;
        var side = new LaunchSpec.Factory.Side(
                launch.run() + "-probe-" + number.incrementAndGet(), OptionalInt.empty(), RunOutput.NONE);
        try {
            LaunchSpec spec = specs.side(launch, exec.path(), List.of(), side);
            var limit = new SideProcess.Limit(
                    launch.manifest().health().timeout(),
                    code -> code.ifPresent(exit -> pending.answer(exit == 0, "exit code " + exit)));
            SideProcess command = SideProcess.start(spawner, spec, trees, processes, limit);
            pending.whenLate(command::kill);
        } catch (LaunchRefused refused) {
            pending.answer(false, refused.reason());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        shells.close();
        signaller.close();
    }
}
