package io.efka.it.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the packaged agent and prints a table: bar, measured, pass or SHORT.
 *
 * <pre>
 * mvn -q -DskipTests package
 * integration-tests/bench                  everything, about eleven minutes
 * integration-tests/bench quick            everything with a fifth of the rounds
 * integration-tests/bench ping start       only these
 * </pre>
 *
 * <p>Each figure is a ratio to, or a difference from, the bare thing measured in the same run, in turns with it, so that
 * a busy machine slows both. The agent is started by its own start script with an archive made by {@code --make-cds}, as
 * it is on a device; the broker is the {@code mosquitto} on the PATH with the settings of {@code docker/mosquitto}.
 * Needs {@code mosquitto} with its clients, Python 3 and {@code jcmd}.
 */
public final class Bench {
    private static final String QUICK = "quick";
    private static final List<Benchmark> ALL = List.of(
            new PingBenchmark(),
            new StartBenchmark(),
            new CrashBenchmark(),
            new StopBenchmark(),
            new DeployBenchmark(),
            new NeighbourBenchmark(),
            new BootBenchmark(),
            new FootprintBenchmark(),
            new RequestBenchmark(),
            new WriterBenchmark(),
            new ThroughputBenchmark(),
            new LineBenchmark(),
            new FairnessBenchmark(),
            new LogsBenchmark(),
            new DataBenchmark(),
            new CallBenchmark(),
            new ChannelsBenchmark(),
            new ArtifactBenchmark(),
            new FleetBenchmark(),
            new ExporterBenchmark(),
            new PageBenchmark());

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        var wanted = new ArrayList<>(Arrays.asList(arguments));
        boolean quick = wanted.remove(QUICK);
        Map<String, Benchmark> known = new LinkedHashMap<>();
        for (Benchmark benchmark : ALL) known.put(benchmark.name(), benchmark);
        if (!known.keySet().containsAll(wanted)) {
            System.err.println("usage: bench [quick] [" + String.join("] [", known.keySet()) + "]");
            System.exit(64);
        }
        var rows = new ArrayList<Row>();
        try (BenchSetup setup = BenchSetup.build(quick)) {
            System.out.println(setup.describe());
            for (Benchmark benchmark : ALL) {
                if (wanted.isEmpty() || wanted.contains(benchmark.name())) rows.addAll(run(benchmark, setup));
            }
        }
        System.out.println();
        System.out.print(Table.of(rows));
        System.exit(0); // a client's thread that hangs must not keep this alive
    }

    /** The top of one benchmark: if it breaks, the others still run. */
    private static List<Row> run(Benchmark benchmark, BenchSetup setup) {
        System.out.println("... " + benchmark.name());
        try {
            List<Row> rows = benchmark.run(setup);
            System.out.print(Table.of(rows));
            return rows;
        } catch (Exception | AssertionError broken) {
            broken.printStackTrace();
            return List.of(new Row(benchmark.name(), "-", "broken: " + broken.getMessage(), "BROKEN", 0));
        }
    }
}
