package io.efka.it.bench;

import io.efka.it.LocalMosquitto;
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
    public List<Row> run(Rig rig) throws Exception {
        var request = new Samples();
        var start = new Samples();
        try (LocalMosquitto stock = rig.stockBroker();
                RunningAgent agent = rig.agent(rig.data(), stock, Map.of()).awaitOnline()) {
            String port = String.valueOf(stock.port());
            String topic = "efka/" + agent.device() + "/cmd/ping";
            int rounds = rig.rounds(150);
            for (int i = -10; i < rounds; i++) {
                long asked = run("mosquitto_rr", "-V", "5", "-q", "1", "-p", port, "-t", topic, "-e", "r/" + i, "-n");
                long started = run("mosquitto_rr", "--help");
                if (i < 0) continue;
                request.addNanos(asked);
                start.addNanos(started);
            }
        }
        String madeOf = "mosquitto_rr p50 " + Row.number(request.median()) + ", p99 " + Row.number(request.p99())
                + "; its process alone " + Row.number(start.median());
        return List.of(Row.atMost(
                "mosquitto_rr to ping, stock Mosquitto, p50 beyond its process start",
                request.median() - start.median(),
                10,
                " ms",
                madeOf,
                request.count()));
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
