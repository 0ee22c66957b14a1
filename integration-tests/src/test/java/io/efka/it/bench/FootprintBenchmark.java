package io.efka.it.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Memory, threads and idle CPU with services that do nothing. */
final class FootprintBenchmark implements Benchmark {
    /** 15 s after the first metrics: the pools keep a thread that has nothing to do for 10. */
    private static final long SETTLE_NANOS = 45_000_000_000L;

    /** CPU time is known to 10 ms, which is 0.01 % of a core in this time. */
    private static final long IDLE_NANOS = 120_000_000_000L;

    private static final Script IDLE = Script.of("idle", "#!/bin/sh\nexec sleep 100000\n");

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var rows = new ArrayList<Row>();
        long ten = threads(setup, 10, rows);
        long hundred = threads(setup, 100, rows);
        rows.add(Row.atMost(
                "threads a service", (hundred - ten) / 90.0, 1, "", hundred + " at 100, " + ten + " at 10", 1));
        return rows;
    }

    private static long threads(BenchSetup setup, int services, List<Row> rows) throws Exception {
        Path data = setup.data();
        for (int i = 0; i < services; i++) {
            BootBenchmark.write(data, new Script("idle-" + i, IDLE.text(), IDLE.more()));
        }
        try (RunningAgent agent = setup.agent(data)) {
            LockSupport.parkNanos(SETTLE_NANOS);
            long threads = agent.threads();
            double before = agent.cpuMillis();
            LockSupport.parkNanos(IDLE_NANOS);
            double cpu = 100 * (agent.cpuMillis() - before) * 1e6 / IDLE_NANOS;
            double limit = services <= 10 ? 75 : 95;
            rows.add(Row.atMost("PSS at " + services + " idle services", agent.pssMegabytes(), limit, " MB", "", 1));
            rows.add(Row.atMost("CPU at " + services + " idle services", cpu, 0.2, " % of a core", "", 1));
            return threads;
        }
    }
}
