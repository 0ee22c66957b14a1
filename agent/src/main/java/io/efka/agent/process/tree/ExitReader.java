package io.efka.agent.process.tree;

import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.RunRegistry.ActiveRun;
import io.efka.protocol.Exit;
import io.efka.protocol.Signal;
import io.efka.threads.FatalErrors;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/** Finds out how a process ended. */
public final class ExitReader {
    /** As on all Linux machines but MIPS, Alpha, SPARC and PA-RISC (signal(7)). */
    private static final Map<Integer, Signal> SIGNALS = Map.ofEntries(
            Map.entry(1, Signal.HUP),
            Map.entry(2, Signal.INT),
            Map.entry(3, Signal.QUIT),
            Map.entry(4, Signal.ILL),
            Map.entry(5, Signal.TRAP),
            Map.entry(6, Signal.ABRT),
            Map.entry(7, Signal.BUS),
            Map.entry(8, Signal.FPE),
            Map.entry(9, Signal.KILL),
            Map.entry(10, Signal.USR1),
            Map.entry(11, Signal.SEGV),
            Map.entry(12, Signal.USR2),
            Map.entry(13, Signal.PIPE),
            Map.entry(14, Signal.ALRM),
            Map.entry(15, Signal.TERM),
            Map.entry(24, Signal.XCPU),
            Map.entry(25, Signal.XFSZ),
            Map.entry(31, Signal.SYS));

    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

    private ExitReader() {}

    /**
     * The exit that the JDK reports as {@code value}. Like a shell, the JDK reports a signal as 128 plus its number, so
     * a program's own {@code exit 143} cannot be distinguished from an end by TERM. Both count as the signal.
     */
    public static Exit of(int value, Instant at, ActiveRun run) {
        Optional<Signal> signal = Optional.ofNullable(SIGNALS.get(value - 128));
        OptionalInt code = signal.isPresent() ? OptionalInt.empty() : OptionalInt.of(value);
        return new Exit(code, signal, ranOutOfMemory(run), at, run.output().tail());
    }

    /** The exit of a process that was not the agent's child: how it ended is unknown. */
    static Exit unknown(Instant at, ActiveRun run) {
        return new Exit(
                OptionalInt.empty(),
                Optional.empty(),
                ranOutOfMemory(run),
                at,
                run.output().tail());
    }

    /**
     * Reports the exit code of a child once, after its end, on any thread. The JDK needs a new thread for each; if the
     * machine has none, the code is reported on the executor.
     */
    public static void whenEnded(Process process, RetryingExecutor work, IntConsumer ended) {
        try {
            process.onExit().whenComplete(FatalErrors.top((done, noThread) -> {
                if (noThread == null) ended.accept(process.exitValue());
                else work.run(() -> ended.accept(code(process)));
            }));
        } catch (OutOfMemoryError noThread) {
            work.after(RETRY_PAUSE, () -> whenEnded(process, work, ended));
        }
    }

    private static int code(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return process.exitValue();
        }
    }

    private static boolean ranOutOfMemory(ActiveRun run) {
        return run.treeId().group().filter(RunGroup::ranOutOfMemory).isPresent();
    }
}
