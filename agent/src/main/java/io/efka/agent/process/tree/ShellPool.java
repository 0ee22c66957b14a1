package io.efka.agent.process.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.IgnoredSignals;
import io.efka.agent.process.proc.InheritedEnvironment;
import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.proc.SystemTools;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.threads.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Shells that wait for their script. Each leads its own session and is in its own control group, if there are groups.
 * After a launch, the pool starts one in reserve. That saves the next launch, such as the restart of a crashed service,
 * a fork, two execs, and above all joining the group, which takes the kernel 10 ms (it waits for all cores, unless
 * another process joined a group just before). If the agent is killed, the shell reads the end of its stdin and ends.
 * Thread-safe.
 */
public final class ShellPool implements AutoCloseable {
    /** A pause after a launch, so that starting the reserve does not slow down the new program. */
    private static final Duration RESERVE_DELAY = Duration.ofMillis(20);

    private final ProcessTable table;
    private final Cgroups cgroups;
    private final RetryingExecutor work;
    private final Optional<Path> setsid = SystemTools.find("setsid");
    private final List<String> reset = IgnoredSignals.reset();
    private final AtomicBoolean preparing = new AtomicBoolean();

    @GuardedBy("this") private Optional<Shell> reserve = Optional.empty();

    @GuardedBy("this") private boolean closed;

    public ShellPool(ProcessTable table, Cgroups cgroups, RetryingExecutor work) {
        this.table = table;
        this.cgroups = cgroups;
        this.work = work;
    }

    /**
     * A shell that has read nothing yet.
     *
     * @param identity empty if it had ended before it could be identified
     * @param group that it is in
     */
    public record Shell(Process process, Optional<ProcessIdentity> identity, Optional<RunGroup> group) {
        void end(RetryingExecutor work) {
            process.destroyForcibly();
            removeGroup(work);
        }

        void removeGroup(RetryingExecutor work) {
            group.ifPresent(made -> made.removeSoon(work));
        }
    }

    /** The reserve shell, or a new one. Blocks for some milliseconds. */
    public Shell take() throws LaunchRefused {
        Optional<Shell> ready = takeReserve();
        if (preparing.compareAndSet(false, true)) work.after(RESERVE_DELAY, this::prepare);
        return ready.isPresent() ? ready.get() : start();
    }

    private Optional<Shell> takeReserve() {
        Optional<Shell> taken = swapReserve(Optional.empty());
        Optional<Shell> ready = taken.filter(this::isAlive);
        if (ready.isEmpty()) taken.ifPresent(dead -> dead.removeGroup(work));
        return ready;
    }

    private synchronized Optional<Shell> swapReserve(Optional<Shell> next) {
        Optional<Shell> before = reserve;
        reserve = next;
        return before;
    }

    /** Asks the kernel: the JVM may not know yet that a waiting shell was killed. */
    private boolean isAlive(Shell shell) {
        return shell.identity().filter(table::isAlive).isPresent();
    }

    private void prepare() {
        preparing.set(false);
        try {
            keep(start());
        } catch (LaunchRefused refused) {
            // the next launch tries again and reports it
        }
    }

    private void keep(Shell shell) {
        if (!isKept(shell)) shell.end(work);
    }

    private synchronized boolean isKept(Shell shell) {
        if (closed || reserve.isPresent()) return false;
        reserve = Optional.of(shell);
        return true;
    }

    private Shell start() throws LaunchRefused {
        Process process = process();
        Optional<ProcessIdentity> identity = table.identify(process.pid());
        if (identity.isEmpty() && table.exists(process.pid()) && process.isAlive()) {
            process.destroyForcibly();
            throw new LaunchRefused("/proc/" + process.pid() + "/stat cannot be read: too many open files?");
        }
        return new Shell(process, identity, cgroups.create().filter(group -> group.add(process.pid())));
    }

    private Process process() throws LaunchRefused {
        Path leader = setsid.orElseThrow(
                () -> new LaunchRefused("setsid (util-linux) is needed to start programs and is missing"));
        // A child of the JVM never leads a process group, so setsid does not fork, and the pid stays the same.
        var words = new ArrayList<String>(List.of(leader.toString()));
        words.addAll(reset);
        words.add(SystemTools.SHELL.toString());
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        InheritedEnvironment.clean(builder.environment());
        try {
            return ChildProcess.start(builder);
        } catch (IOException refused) {
            throw new LaunchRefused("no process could be created: " + refused.getMessage());
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        swapReserve(Optional.empty()).ifPresent(shell -> shell.end(work));
    }
}
