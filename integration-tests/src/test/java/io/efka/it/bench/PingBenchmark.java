package io.efka.it.bench;

import java.util.List;

/** The round trip of {@code ping} against that of a bare responder. */
final class PingBenchmark implements Benchmark {
    private static final int WARM_UP = 500;

    @Override
    public String name() {
        return "ping";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var agent = new Measurements();
        var bare = new Measurements();
        try (RunningAgent running = setup.agent();
                BareResponder responder = BareResponder.start(setup.broker())) {
            Operator operator = running.operator();
            for (int i = 0; i < WARM_UP; i++) {
                operator.device("ping", "");
                responder.ask(operator);
            }
            for (int i = 0; i < setup.rounds(3000); i++) {
                agent.addNanos(operator.device("ping", ""));
                bare.addNanos(responder.ask(operator));
            }
        }
        String madeOf = "agent " + Row.number(agent.median()) + " ms, bare " + Row.number(bare.median()) + " ms; p99 "
                + Row.number(agent.p99()) + " and " + Row.number(bare.p99());
        return List.of(Row.atMost(
                "ping round trip p50 / bare Paho responder",
                agent.median() / bare.median(),
                1.5,
                "x",
                madeOf,
                agent.count()));
    }
}
