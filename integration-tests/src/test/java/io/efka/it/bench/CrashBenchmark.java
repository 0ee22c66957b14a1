package io.efka.it.bench;

import io.efka.it.bench.Stamps.Stamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** From kill -9 of a stable service to its next process, against a bare {@code onExit} loop. */
final class CrashBenchmark implements Benchmark {
    private static final String SERVICE = "crasher";
    private static final long STABLE_MILLIS = 100;
    private static final int WARM_UP = 5;

    @Override
    public String name() {
        return "crash";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var agent = new Measurements();
        var bare = new Measurements();
        try (RunningAgent running = setup.agent();
                Stamps stamps = new Stamps(setup.folder());
                Stamps bareStamps = new Stamps(setup.folder())) {
            Script script = Script.of(SERVICE, stamps.script()).with("restart", "stable", STABLE_MILLIS + "ms");
            running.operator().install(script);
            running.operator().start(SERVICE);
            var again = new AtomicBoolean(true);
            restart(new BareProcess(setup.folder(), bareStamps.script()), again);
            long pid = stamps.next().pid();
            long barePid = bareStamps.next().pid();
            int rounds = setup.rounds(80);
            for (int i = -WARM_UP; i < rounds; i++) {
                LockSupport.parkNanos(3 * STABLE_MILLIS * 1_000_000); // both are stable by now
                long killed = kill(pid);
                Stamp next = stamps.next();
                long bareKilled = kill(barePid);
                Stamp bareNext = bareStamps.next();
                pid = next.pid();
                barePid = bareNext.pid();
                if (i < 0) continue;
                agent.addNanos(next.at() - killed);
                bare.addNanos(bareNext.at() - bareKilled);
            }
            again.set(false);
            kill(barePid);
        }
        String madeOf = "agent " + Row.number(agent.median()) + " ms, bare " + Row.number(bare.median()) + " ms; p99 "
                + Row.number(agent.p99()) + " and " + Row.number(bare.p99());
        return List.of(Row.atMost(
                "kill -9 of a service to its next process p50 / bare onExit and start",
                agent.median() / bare.median(),
                1.6,
                "x",
                madeOf,
                agent.count()));
    }

    private static void restart(BareProcess process, AtomicBoolean again) throws IOException {
        process.start().onExit().thenRun(() -> {
            if (!again.get()) return;
            try {
                restart(process, again);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static long kill(long pid) {
        ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
        long begun = System.nanoTime();
        handle.destroyForcibly();
        return begun;
    }
}
