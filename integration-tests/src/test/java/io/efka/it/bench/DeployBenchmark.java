package io.efka.it.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * How long a service is away while another release takes its place, beside a bare stop and start of the same script; and how
 * long until the one before is back where the new one does not work.
 */
final class DeployBenchmark implements Benchmark {
    private static final String SERVICE = "deployed";
    private static final int WARM_UP = 5;
    private static final long DEADLINE_MS = 1000;

    @Override
    public String name() {
        return "deploy";
    }

    @Override
    public List<Row> run(BenchSetup setup) throws Exception {
        try (RunningAgent agent = setup.agent();
                Stamps stamps = new Stamps(setup.folder())) {
            // Stamps when it runs, and again when it is told to end.
            String script =
                    stamps.script("trap '" + stamps.again() + "; kill $!; exit 0' TERM\nsleep 100000 &\nwait $!");
            return List.of(
                    good(agent.operator(), stamps, script, new BareProcess(setup.folder(), script), setup.rounds(100)),
                    bad(agent.operator(), stamps, setup.rounds(15)));
        }
    }

    private static Row good(Operator operator, Stamps stamps, String script, BareProcess process, int rounds)
            throws Exception {
        var away = new Measurements();
        var stop = new Measurements();
        var start = new Measurements();
        operator.service(SERVICE, "deploy", payload("first", script, "10s"));
        stamps.next();
        for (int i = -WARM_UP; i < rounds; i++) {
            String release = "good" + (i + WARM_UP);
            var replied = CompletableFuture.supplyAsync(
                    () -> operator.service(SERVICE, "deploy", payload(release, script, "10s")));
            long ends = stamps.next().at();
            long runs = stamps.next().at();
            replied.get();

            long begun = System.nanoTime();
            Process bare = process.start();
            long bareRuns = stamps.next().at();
            Thread.sleep(20); // until its trap is set, as that of a service that has proved itself
            bare.destroy();
            long bareEnds = stamps.next().at();
            bare.waitFor();
            long gone = System.nanoTime();
            if (i < 0) continue;
            away.addNanos(runs - ends);
            start.addNanos(bareRuns - begun);
            stop.addNanos(gone - bareEnds);
        }
        return Row.atMost(
                "service away while a good release takes its place p50, over a bare stop and start",
                away.median() - stop.median() - start.median(),
                50,
                " ms",
                "away p50 " + Row.number(away.median()) + ", p99 " + Row.number(away.p99()) + "; bare stop "
                        + Row.number(stop.median()) + ", start " + Row.number(start.median()),
                away.count());
    }

    private static Row bad(Operator operator, Stamps stamps, int rounds) throws Exception {
        var back = new Measurements();
        for (int i = 0; i < rounds; i++) {
            String release = "bad" + i;
            var replied = CompletableFuture.supplyAsync(() ->
                    operator.attempt(SERVICE, "deploy", payload(release, "#!/bin/sh\nexit 3\n", DEADLINE_MS + "ms")));
            long ends = stamps.next().at();
            long runs = stamps.next().at();
            replied.get();
            back.addNanos(runs - ends);
        }
        return Row.atMost(
                "a bad release: from the end of the one before until that runs again, beyond healthy_deadline of "
                        + DEADLINE_MS + " ms, max",
                back.max() - DEADLINE_MS,
                1000,
                " ms",
                back + "",
                back.count());
    }

    private static String payload(String release, String script, String deadline) {
        JsonObject payload = JsonParser.parseString(Script.of(SERVICE, script).installPayload())
                .getAsJsonObject();
        payload.getAsJsonObject("manifest").addProperty("release", release);
        payload.addProperty("min_healthy", "100ms");
        payload.addProperty("healthy_deadline", deadline);
        return payload.toString();
    }
}
