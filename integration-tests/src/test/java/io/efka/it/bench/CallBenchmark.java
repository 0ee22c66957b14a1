package io.efka.it.bench;

import io.efka.fixtures.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The round trip of a {@code call} that a service answers at once, over that of a bare responder. */
final class CallBenchmark implements Benchmark {
    private static final String SERVICE = "talker";
    private static final int WARM_UP = 500;

    @Override
    public String name() {
        return "call";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var call = new Measurements();
        var bare = new Measurements();
        Path data = setup.data();
        BootBenchmark.write(data, Talker.script(SERVICE));
        try (RunningAgent agent = setup.agent(data);
                BareResponder responder = BareResponder.start(setup.broker())) {
            Operator operator = agent.operator();
            Await.until("the service is ready", Duration.ofSeconds(30), () -> operator.ready() == 1);
            for (int i = -WARM_UP; i < setup.rounds(3000); i++) {
                long asked = operator.service(SERVICE, "call/hello", "");
                long roundTrip = responder.ask(operator);
                if (i < 0) continue;
                call.addNanos(asked);
                bare.addNanos(roundTrip);
            }
        }
        String madeOf = "call p50 " + Row.number(call.median()) + ", p99 " + Row.number(call.p99()) + "; bare "
                + Row.number(bare.median()) + ", p99 " + Row.number(bare.p99());
        return List.of(Row.atMost(
                "call round trip p50, over a bare MQTT round trip",
                call.median() - bare.median(),
                2,
                " ms",
                madeOf,
                call.count()));
    }
}
