package io.efka.it.bench;

import java.util.List;

/** Starts of one service while another one writes as fast as it can. */
final class NeighbourBenchmark implements Benchmark {
    private static final String SERVICE = "quiet";
    private static final String CHATTY = "chatty";
    private static final int WARM_UP = 10;

    @Override
    public String name() {
        return "neighbour";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        try (RunningAgent agent = setup.agent();
                Stamps stamps = new Stamps(setup.folder())) {
            Operator operator = agent.operator();
            operator.install(Script.of(SERVICE, stamps.script()));
            String line = "a line of a chatty neighbour ".repeat(3);
            operator.install(Script.of(CHATTY, "#!/bin/sh\nexec yes '" + line + "'\n"));
            measure(operator, stamps, WARM_UP);
            Measurements alone = measure(operator, stamps, setup.rounds(100));
            operator.start(CHATTY);
            Measurements noisy = measure(operator, stamps, setup.rounds(100));
            operator.stop(CHATTY);
            String madeOf = "p50 " + Row.number(noisy.median()) + "; alone p50 " + Row.number(alone.median()) + ", p99 "
                    + Row.number(alone.p99());
            return List.of(Row.atMost(
                    "start command to process running p99 beside a chatty neighbour",
                    noisy.p99(),
                    25,
                    " ms",
                    madeOf,
                    noisy.count()));
        }
    }

    private static Measurements measure(Operator operator, Stamps stamps, int rounds) throws InterruptedException {
        var samples = new Measurements();
        for (int i = 0; i < rounds; i++) {
            long begun = System.nanoTime();
            operator.start(SERVICE);
            samples.addNanos(stamps.next().at() - begun);
            operator.stop(SERVICE);
        }
        return samples;
    }
}
