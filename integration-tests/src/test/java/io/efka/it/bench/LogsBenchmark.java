package io.efka.it.bench;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** {@code ping} while {@code logs} is searched with expressions that are meant to take for ever, and how long they take. */
final class LogsBenchmark implements Benchmark {
    private static final String LONG_LINES = "long-lines";
    private static final String MUCH = "much";
    private static final int WARM_UP = 300;
    /** So that the pings themselves leave the processors to the searches. */
    private static final long PAUSE_NANOS = 5_000_000;

    private static final int ASKERS = 2;
    private static final List<String> HOSTILE =
            List.of(".*.*=", "(.*a){20}$", "(x+x+)+y|(a?){500}=", "(?:[a-z0]+,){900}");

    @Override
    public String name() {
        return "logs";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        var rows = new ArrayList<Row>();
        try (RunningAgent running = setup.agent()) {
            Operator operator = running.operator();
            operator.install(Script.of(
                    LONG_LINES,
                    "#!/bin/sh\nhead -c 320 /dev/zero | tr '\\0' a >line\necho >>line\ni=0\n"
                            + "while [ $i -lt 750 ]; do cat line; i=$((i+1)); done\necho end\nexec sleep 100000\n"));
            operator.install(
                    Script.of(MUCH, "#!/bin/sh\n" + Lines.command(16 * 10_485) + "\necho end\nexec sleep 100000\n"));
            for (String service : List.of(LONG_LINES, MUCH)) {
                operator.start(service);
                Await.until(
                        "it wrote all",
                        Duration.ofSeconds(30),
                        () -> logs(running, service, "{\"lines\":1}").toString().contains("end\\n"));
            }
            for (int i = 0; i < WARM_UP; i++) operator.device("ping", "");
            Measurements quiet = pings(operator, setup.rounds(2000));
            for (String service : List.of(LONG_LINES, MUCH)) rows.addAll(under(setup, running, service, quiet));
        }
        return rows;
    }

    private static List<Row> under(BenchSetup setup, RunningAgent running, String service, Measurements quiet)
            throws Exception {
        var took = new Measurements();
        var isOver = new AtomicBoolean();
        var askers = new ArrayList<Thread>();
        for (int asker = 0; asker < ASKERS; asker++) {
            int first = asker;
            var thread = new Thread(
                    () -> {
                        try (Operator other = new Operator(setup.broker(), running.device())) {
                            for (int i = first; !isOver.get(); i++) {
                                String match = HOSTILE.get(i % HOSTILE.size());
                                long nanos = other.attempt(service, "logs", "{\"from\":0,\"match\":\"" + match + "\"}");
                                synchronized (took) {
                                    took.addNanos(nanos);
                                }
                            }
                        }
                    },
                    "bench-asker-" + asker);
            thread.start();
            askers.add(thread);
        }
        Measurements pings = pings(running.operator(), setup.rounds(4000));
        isOver.set(true);
        for (Thread thread : askers) thread.join();
        String madeOf = spread(pings) + "; without queries " + spread(quiet);
        return List.of(
                Row.atMost(
                        "ping p99 while " + service + " is searched by " + ASKERS + ", above without",
                        pings.p99() - quiet.p99(),
                        50,
                        " ms",
                        madeOf,
                        pings.count()),
                Row.atMost(
                        "a hostile logs query of " + service + ", slowest",
                        took.max(),
                        2000,
                        " ms",
                        took.toString(),
                        took.count()));
    }

    private static Measurements pings(Operator operator, int count) {
        var samples = new Measurements();
        for (int i = 0; i < count; i++) {
            samples.addNanos(operator.device("ping", ""));
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return samples;
    }

    private static String spread(Measurements samples) {
        return "p50 " + Row.number(samples.median()) + ", p99 " + Row.number(samples.p99()) + ", max "
                + Row.number(samples.max());
    }

    private static JsonObject logs(RunningAgent running, String service, String payload) {
        return running.operator()
                .send(running.topic(service, "cmd/logs"), payload)
                .body();
    }
}
