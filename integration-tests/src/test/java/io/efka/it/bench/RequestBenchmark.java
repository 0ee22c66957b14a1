package io.efka.it.bench;

import io.efka.it.TestBroker;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code mosquitto_rr} to {@code ping} over a broker with its package's settings, beyond the start of its process. */
final class RequestBenchmark implements Benchmark {
    @Override
    public String name() {
        return "request";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        try (TestBroker stock = setup.stockBroker();
                RunningAgent agent = setup.agent(setup.data(), stock, Map.of()).awaitOnline();
                BareResponder bare = BareResponder.start(stock)) {
            String ping = "efka/" + agent.device() + "/cmd/ping";
            var start = new Measurements();
            var usual = new Measurements();
            var acknowledged = new Measurements();
            var bareAcknowledged = new Measurements();
            int rounds = setup.rounds(100);
            for (int i = -10; i < rounds; i++) {
                long alone = run("mosquitto_rr", "--help");
                long asked = request(stock, ping, 0);
                long askedAtOne = request(stock, ping, 1);
                long bareAtOne = request(stock, bare.topic(), 1);
                if (i < 0) continue;
                start.addNanos(alone);
                usual.addNanos(asked);
                acknowledged.addNanos(askedAtOne);
                bareAcknowledged.addNanos(bareAtOne);
            }
            return List.of(
                    Row.atMost(
                            "mosquitto_rr to ping, stock Mosquitto, p50 beyond its process start",
                            usual.median() - start.median(),
                            10,
                            " ms",
                            "p50 " + Row.number(usual.median()) + ", p99 " + Row.number(usual.p99())
                                    + "; its process alone " + Row.number(start.median()),
                            usual.count()),
                    Row.stated(
                            "the same with mosquitto_rr -q 1",
                            "p50 " + Row.number(acknowledged.median()) + " ms; from a bare Paho responder "
                                    + Row.number(bareAcknowledged.median()) + " ms",
                            acknowledged.count()));
        }
    }

    private static long request(TestBroker broker, String topic, int qos) throws IOException, InterruptedException {
        String port = String.valueOf(broker.port());
        String replies = "replies/" + System.nanoTime();
        return run("mosquitto_rr", "-V", "5", "-q", String.valueOf(qos), "-p", port, "-t", topic, "-e", replies, "-n");
    }

    private static long run(String... command) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.waitFor();
        return System.nanoTime() - begun;
    }
}
