package io.efka.it.bench;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** From a {@code start} command, its state saved first, to the process running. */
final class StartBenchmark implements Benchmark {
    private static final String SERVICE = "starter";
    private static final int WARM_UP = 20;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var running = new Measurements();
        var reply = new Measurements();
        var bare = new Measurements();
        var trip = new Measurements();
        try (RunningAgent agent = setup.agent();
                BareResponder responder = BareResponder.start(setup.broker());
                Stamps stamps = new Stamps(setup.folder())) {
            Operator operator = agent.operator();
            operator.install(Script.of(SERVICE, stamps.script()));
            var process = new BareProcess(setup.folder(), stamps.script());
            int rounds = setup.rounds(150);
            for (int i = -WARM_UP; i < rounds; i++) {
                long begun = System.nanoTime();
                CompletableFuture<Long> replied = CompletableFuture.supplyAsync(() -> operator.start(SERVICE));
                long toStamp = stamps.next().at() - begun;
                long toReply = replied.get();
                operator.stop(SERVICE);
                long bareStart = process.startToStamp(stamps);
                long roundTrip = responder.ask(operator);
                if (i < 0) continue;
                running.addNanos(toStamp);
                reply.addNanos(toReply);
                bare.addNanos(bareStart);
                trip.addNanos(roundTrip);
            }
        }
        double bar = 3 * bare.median() + trip.median();
        String madeOf = "p99 " + Row.number(running.p99()) + "; bare ProcessBuilder p50 " + Row.number(bare.median())
                + ", round trip " + Row.number(trip.median());
        return List.of(
                Row.atMost(
                        "start command to process running p50", running.median(), bar, " ms", madeOf, running.count()),
                Row.stated(
                        "start command to its reply, 30 ms of watching included",
                        "p50 " + Row.number(reply.median()) + " ms, p99 " + Row.number(reply.p99()) + " ms",
                        reply.count()));
    }
}
