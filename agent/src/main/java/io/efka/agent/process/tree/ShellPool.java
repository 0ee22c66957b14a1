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
 * Shells that wait for their script, each leading a session of its own, in a control group of its own where there are
 * some. After a launch one is started in reserve: the next launch then saves the time of a fork and two execs, and above
 * all of joining the group, for which the kernel takes 10 ms (it waits for all its cores, unless somebody else joined a
 * group just before). So a crashed service is back the sooner. A shell whose agent was killed reads the end of its stdin,
 * and ends. Thread-safe.
 */
public final class ShellPool implements AutoCloseable {
    /** After a launch, so that making the reserve does not slow down the program that has just begun. */
    private static final Duration AFTER_LAUNCH = Duration.ofMillis(20);

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
     * @param identity empty if it was gone already when it was looked at
     * @param group that holds it
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

    public Shell take() throws LaunchRefused {
        Optional<Shell> ready = takeReserve();
        if (preparing.compareAndSet(false, true)) work.after(AFTER_LAUNCH, this::prepare);
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

    /** As the kernel has it: of a shell that was killed while it waited, the JVM may not have heard yet. */
    private boolean isAlive(Shell shell) {
        return shell.identity().filter(table::isAlive).isPresent();
    }

    private void prepare() {
        preparing.set(false);
        try {
            keep(start());
        } catch (LaunchRefused refused) {
            // the next launch tries again and tells
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
        // setsid does not fork here: a child of the JVM never leads a process group. So the pid stays the same.
        var words = new ArrayList<String>(List.of(leader.toString()));
        words.addAll(reset);
        words.add(SystemTools.SHELL.toString());
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        InheritedEnvironment.clean(builder.environment());
        try {
            return ChildProcess.start(builder);
        } catch (IOException refused) {
            throw new LaunchRefused("no process could be made: " + refused.getMessage());
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
