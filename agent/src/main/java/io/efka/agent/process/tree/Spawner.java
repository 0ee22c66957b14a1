package io.efka.agent.process.tree;

import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.proc.SystemTools;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.threads.Timers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Starts a process in its own session and waits until it executes its program. Blocks for milliseconds. */
public final class Spawner {
    /** Only opening a file or executing a program on a dead network disk takes so long. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final String SHELL_PREFIX = SystemTools.SHELL + ": ";

    private final ProcessTable table;
    private final RetryingExecutor work;
    private final ShellPool shells;

    public Spawner(ProcessTable table, RetryingExecutor work, ShellPool shells) {
        this.table = table;
        this.work = work;
        this.shells = shells;
    }

    /**
     * A process that executes its program, or has already ended.
     *
     * @param group that it is in, if there are groups
     */
    public record Spawned(Process process, ProcessIdentity identity, Optional<RunGroup> group, List<String> warnings) {}

    /** Starts a process in a shell from the pool. */
    public Spawned spawn(LaunchSpec spec) throws LaunchRefused {
        return spawn(shells.take(), spec);
    }

    /** Turns a shell into the program. If that fails, ends the shell. */
    public Spawned spawn(ShellPool.Shell shell, LaunchSpec spec) throws LaunchRefused {
        Timers.Timer timeout = work.timers().schedule(TIMEOUT, shell.process()::destroyForcibly);
        try {
            return execute(shell, spec);
        } catch (LaunchRefused refused) {
            shell.end(work);
            throw refused;
        } finally {
            timeout.cancel();
        }
    }

    private Spawned execute(ShellPool.Shell shell, LaunchSpec spec) throws LaunchRefused {
        String script = LaunchScript.of(spec);
        Process process = shell.process();
        List<String> report = exchange(process, script);
        Optional<ProcessIdentity> identity = shell.identity();
        if (identity.isEmpty()) throw new LaunchRefused(failure(spec, process, report));
        if (!table.isExecuting(process.pid())) requireProgramEnded(spec, process, report);
        return new Spawned(process, identity.get(), shell.group(), report);
    }

    /** Sends the script and reads the report, which ends when the program begins or the process ends. */
    private static List<String> exchange(Process process, String script) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(script.getBytes(StandardCharsets.UTF_8));
        } catch (IOException shellGone) {
            // its report and exit code explain it
        }
        try (var in = process.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException gone) {
            return List.of();
        }
    }

    /** The process has ended: an error unless the program had begun. */
    private static void requireProgramEnded(LaunchSpec spec, Process process, List<String> report)
            throws LaunchRefused {
        int code = exitCode(process);
        boolean hasShellError = report.stream().anyMatch(line -> line.startsWith(SHELL_PREFIX));
        if (hasShellError || launcherFailed(spec, code)) throw new LaunchRefused(failure(spec, process, report));
    }

    /**
     * Shells and env exit with 126 or 127 if they cannot execute, setpriv also with 1. A program may use the same
     * codes.
     */
    private static boolean launcherFailed(LaunchSpec spec, int code) {
        boolean conventional = code == 126 || code == 127;
        if (spec.stdio().stderr().equals(LaunchSpec.Stdio.NOTHING)) return conventional;
        String message = lastError(spec).orElse("");
        return (conventional && (message.startsWith(SHELL_PREFIX) || message.contains("env: ")))
                || (code != 0 && message.startsWith("setpriv: "));
    }

    private static Optional<String> lastError(LaunchSpec spec) {
        return RunOutput.lastLines(spec.stdio().stderr()).lines().reduce((first, second) -> second);
    }

    private static String failure(LaunchSpec spec, Process process, List<String> report) {
        String detail = report.isEmpty()
                ? lastError(spec).orElse("exit code " + exitCode(process))
                : report.get(report.size() - 1);
        // Of "/bin/sh: 7: exec: /srv/x: Exec format error" only the end helps the operator.
        return spec.program() + " could not be executed: "
                + detail.replaceFirst("^/bin/sh: (line )?[0-9]+: (exec: )?", "");
    }

    private static int exitCode(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
