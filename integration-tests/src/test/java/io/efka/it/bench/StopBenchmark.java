package io.efka.it.bench;

import java.util.List;

/** From the {@code stop} of a process that is willing to end to the reply, over the round trip. */
final class StopBenchmark implements Benchmark {
    private static final String SERVICE = "stopper";
    private static final int WARM_UP = 20;

    @Override
    public String name() {
        return "stop";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var stop = new Measurements();
        var trip = new Measurements();
        try (RunningAgent agent = setup.agent();
                BareResponder responder = BareResponder.start(setup.broker())) {
            Operator operator = agent.operator();
            operator.install(Script.of(SERVICE, "#!/bin/sh\nexec sleep 100000\n"));
            int rounds = setup.rounds(150);
            for (int i = -WARM_UP; i < rounds; i++) {
                operator.start(SERVICE);
                long roundTrip = responder.ask(operator);
                long toReply = operator.stop(SERVICE);
                if (i < 0) continue;
                stop.addNanos(toReply);
                trip.addNanos(roundTrip);
            }
        }
        String madeOf = "stop to reply p50 " + Row.number(stop.median()) + ", p99 " + Row.number(stop.p99())
                + "; round trip " + Row.number(trip.median());
        return List.of(Row.atMost(
                "stop of a willing process to its reply p50, over the round trip",
                stop.median() - trip.median(),
                5,
                " ms",
                madeOf,
                stop.count()));
    }
}
